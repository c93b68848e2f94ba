/**
 * How a run's clusters come up, from the top: networks, clusters side by side, transit, routes, the proof,
 * load balancers.
 */
import { readFileSync } from '../../base/disk/disk.ts';
import { messageOf } from '../../base/errors.ts';
import { KubernetesClient } from '../../base/kubernetes-client.ts';
import type { ClusterName } from '../../model/names.ts';
import type { StartedPlatform } from '../platform.ts';
import { apiServers, watchAnswers } from '../watch-answers.ts';
import { createClusters } from './create-clusters.ts';
import { describeFailedStart } from './creation-logs.ts';
import { expectedImages, startImageCache } from './expected-images.ts';
import { joinNodes } from './join-nodes.ts';
import { startLoadBalancers } from './load-balancers.ts';
import { metalLbManifest } from './metallb.ts';
import { createNetworks } from './networks.ts';
import type { RunContext } from './options.ts';
import { loadArchives, pullImages } from './preload.ts';
import { prove } from './prove.ts';
import { prepareRegistryConfig } from './registry-config.ts';
import { setRoutes } from './routes.ts';
import { startedPlatform } from './started.ts';
import { watchNodes } from './watch-nodes.ts';

/** One attempt to bring a run's clusters up: it undoes itself if it fails, or when the run ends. */
export class BringUp {
  readonly #context: RunContext;
  readonly #clients = new Map<ClusterName, KubernetesClient>();
  readonly #stopped = new AbortController();
  readonly #told: string[] = [];
  #undone: Promise<string> | undefined;

  constructor(context: RunContext) {
    this.#context = {
      ...context,
      tell: message => {
        this.#told.push(message);
        context.tell(message);
      },
    };
  }

  async run(): Promise<StartedPlatform> {
    const { engine, topology, cleanUp, options, ledger, signal } = this.#context;
    const networks = await createNetworks(topology, this.#context);
    const manifest =
      options.loadBalancer === 'metallb' ? await metalLbManifest({ ...options, signal }) : undefined;
    const images = await expectedImages(this.#context, manifest);
    const registries = options.registryConfig && prepareRegistryConfig(options.registryConfig, ledger.folder);
    if (registries && registries.ignored.length > 0) {
      this.#context.tell(
        `No user and password for ${registries.ignored.join(', ')}: kubelets take no tokens`,
      );
    }
    const privateRegistries = registries ? registries.registries : new Set<string>();
    const cache = await startImageCache(this.#context, networks, images, privateRegistries);
    const kubeconfigs = await createClusters(this.#context, networks, {
      cache,
      registryConfig: registries ? registries.file : undefined,
    });
    for (const [name, file] of kubeconfigs)
      this.#clients.set(name, new KubernetesClient(readFileSync(file, 'utf8')));
    cleanUp.add('close the connections', () => this.#closeClients());
    const nodes = await joinNodes(this.#context, networks, this.#clients);
    await Promise.all([setRoutes(engine, nodes, topology.clusters), loadArchives(this.#context)]);
    await Promise.all([
      pullImages(engine, nodes, { images, privateRegistries, signal }),
      prove(this.#context, nodes, this.#clients, networks),
    ]);
    const balanced = { networks, nodes, clients: this.#clients, kubeconfigs, manifest };
    const unbalanced = await startLoadBalancers(this.#context, balanced, this.#stopped);
    const defect = AbortSignal.any([
      unbalanced,
      await watchNodes(engine, nodes, this.#stopped.signal),
      this.#watchAnswers(),
    ]);
    return startedPlatform(this.#context, {
      nodes,
      kubeconfigs,
      networks,
      defect,
      cache,
      told: this.#told,
      undo: () => this.undo(),
      letGo: () => this.#letGo(),
    });
  }

  #watchAnswers(): AbortSignal {
    const { engine, clock, options } = this.#context;
    const docker = { what: 'The Docker engine', ask: () => engine.ping(), hint: 'Does `docker info` work?' };
    return watchAnswers([docker, ...apiServers(this.#clients)], {
      clock,
      stop: this.#stopped.signal,
      ...(options.lostMs !== undefined && { lostMs: options.lostMs }),
    });
  }

  /**
   * Saves logs and descriptions before they are removed. Never throws: it must neither hide the failure nor
   * prevent the removal.
   */
  async describeFailure(folder: string): Promise<void> {
    try {
      await describeFailedStart(folder, this.#context, this.#told);
    } catch (error) {
      this.#context.tell(`What failed could not be described: ${messageOf(error)}`);
    }
  }

  /**
   * Removes all that was made, once.
   * @returns what is left, for a message; empty if everything is gone
   */
  undo(): Promise<string> {
    this.#undone ??= this.#undo();
    return this.#undone;
  }

  async #undo(): Promise<string> {
    const { ledger, cleanUp } = this.#context;
    this.#stopped.abort();
    try {
      await cleanUp[Symbol.asyncDispose]();
      ledger.remove();
      return '';
    } catch (error) {
      ledger.close();
      const failures = error instanceof AggregateError ? error.errors.map(messageOf) : [messageOf(error)];
      return ` Not everything was removed (mesh-harness clean tries again): ${failures.join('; ')}`;
    }
  }

  /** Ends what this process holds, and leaves the rest. */
  #letGo(): void {
    this.#undone ??= Promise.resolve('');
    this.#stopped.abort();
    this.#closeClients();
    this.#context.ledger.close();
  }

  #closeClients(): void {
    for (const client of this.#clients.values()) client.close();
  }
}
