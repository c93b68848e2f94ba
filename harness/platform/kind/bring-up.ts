/**
 * Bringing a run's clusters up, read from the top: networks, clusters side by side, transit, routes, the
 * proof, load balancers.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { KubernetesClient } from '../../base/kubernetes-client.ts';
import type { ClusterName } from '../../model/names.ts';
import { imagesOf, registryOf, renderImages } from '../image-list.ts';
import type { StartedPlatform } from '../platform.ts';
import { apiServers, watchAnswers } from '../watch-answers.ts';
import { createClusters } from './create-clusters.ts';
import { describeFailedStart } from './creation-logs.ts';
import { type ImageCache, startCache } from './image-cache.ts';
import { joinNodes } from './join-nodes.ts';
import { startLoadBalancers } from './load-balancers.ts';
import { metalLbManifest } from './metallb.ts';
import { createNetworks, type DockerNetworks } from './networks.ts';
import type { RunContext } from './options.ts';
import { loadArchives, pullImages } from './preload.ts';
import { prove } from './prove.ts';
import { prepareRegistryConfig } from './registry-config.ts';
import { setRoutes } from './routes.ts';
import { startedPlatform } from './started.ts';
import { watchNodes } from './watch-nodes.ts';

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
    const images = await this.#renderImages(manifest);
    const registries = options.registryConfig && prepareRegistryConfig(options.registryConfig, ledger.folder);
    if (registries && registries.ignored.length > 0) {
      this.#context.tell(
        `No user and password for ${registries.ignored.join(', ')}: kubelets take no tokens`,
      );
    }
    const privateRegistries = registries ? registries.registries : new Set<string>();
    const cache = await this.#startCache(networks, images, privateRegistries);
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
   * Writes what there is to read, while it is there. Never throws: it must neither hide the failure nor keep
   * anything from being removed.
   */
  async describeFailure(folder: string): Promise<void> {
    try {
      await describeFailedStart(folder, this.#context, this.#told);
    } catch (error) {
      this.#context.tell(`What failed could not be described: ${messageOf(error)}`);
    }
  }

  /** @returns what is left, for a message; empty if everything is gone */
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

  /**
   * A rendering that fails is told by the installation itself, whose fault it then is; only what could be had
   * before is not had before.
   */
  async #renderImages(manifest: string | undefined): Promise<readonly string[]> {
    const { programs, options, signal, tell } = this.#context;
    try {
      const more = manifest === undefined ? [] : imagesOf([readFileSync(manifest, 'utf8')]);
      return [...(await renderImages(programs, { ...options, signal })), ...more];
    } catch (error) {
      signal.throwIfAborted();
      tell(`Images are not looked for beforehand: ${messageOf(error)}`);
      return [];
    }
  }

  async #startCache(
    { ofTopology }: DockerNetworks,
    images: readonly string[],
    privateRegistries: ReadonlySet<string>,
  ): Promise<ImageCache | undefined> {
    const { engine, options, ledger, tell } = this.#context;
    // The cache has no credentials.
    const registries = [...new Set(images.map(registryOf))].filter(name => !privateRegistries.has(name));
    if (options.noCache || registries.length === 0) return undefined;
    const cache = await startCache(engine, {
      registries,
      folder: join(ledger.folder, 'certs.d'),
      offline: options.offline,
      onTrouble: tell,
      ...(options.cacheImage !== undefined && { image: options.cacheImage }),
    });
    for (const container of cache?.containers ?? []) {
      for (const { name } of ofTopology.values()) await engine.connect(name, container);
    }
    return cache;
  }

  #closeClients(): void {
    for (const client of this.#clients.values()) client.close();
  }
}
