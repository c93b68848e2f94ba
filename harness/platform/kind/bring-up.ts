/**
 * How a run's clusters come up, from the top: networks, clusters side by side, transit, images, load
 * balancers; and beside them nodes that get ready, routes and the proof.
 */
import { readFileSync } from '../../base/disk/disk.ts';
import { messageOf } from '../../base/errors.ts';
import { KubernetesClient } from '../../base/kubernetes-client.ts';
import type { ClusterName } from '../../model/names.ts';
import type { StartedPlatform } from '../platform.ts';
import { askVersions, foundPlatform } from '../told-versions.ts';
import { apiServers, watchAnswers } from '../watch-answers.ts';
import { createClusters } from './create-clusters.ts';
import { describeFailedStart } from './creation-logs.ts';
import { expectedImages, startImageCache } from './expected-images.ts';
import { joinNodes } from './join-nodes.ts';
import { startLoadBalancers } from './load-balancers.ts';
import { metalLbManifest } from './metallb.ts';
import { createNetworks } from './networks.ts';
import { withNoProxy } from './no-proxy.ts';
import { NodeImages } from './node-images.ts';
import type { RunContext } from './options.ts';
import { causeOf, type Joined, proveBeside } from './proof.ts';
import { prepareRegistryConfig } from './registry-config.ts';
import { startedPlatform } from './started.ts';
import { watchNodes } from './watch-nodes.ts';

/** One attempt to bring a run's clusters up: it undoes itself if it fails, or when the run ends. */
export class BringUp {
  readonly #context: RunContext;
  readonly #clients = new Map<ClusterName, KubernetesClient>();
  readonly #stopped = new AbortController();
  readonly #told: string[] = [];
  readonly #diagnosticsFolder: string | undefined;
  #undone: Promise<string> | undefined;
  #isDescribed = false;
  /** The proof, while it is being brought. */
  #proof: Promise<void> | undefined;
  #defect: AbortSignal | undefined;

  /** @param diagnosticsFolder - where what failed is described, before it is removed */
  constructor(context: RunContext, diagnosticsFolder?: string) {
    this.#diagnosticsFolder = diagnosticsFolder;
    this.#context = {
      ...context,
      tell: message => {
        this.#told.push(message);
        context.tell(message);
      },
    };
  }

  async run(): Promise<StartedPlatform> {
    const { engine, topology, cleanUp, options, ledger, signal, proxies } = this.#context;
    const manifest =
      options.loadBalancer === 'metallb' ? await metalLbManifest({ ...options, signal }) : undefined;
    const rendering = expectedImages(this.#context, manifest);
    rendering.catch(() => {}); // only a signal ends it, which all that follows sees too
    const networks = await createNetworks(topology, this.#context);
    // Whose registries they come from matters to caches and proxies alone; nodes want them when they are up.
    const images = options.noCache && !proxies ? [] : await rendering;
    const registries = options.registryConfig && prepareRegistryConfig(options.registryConfig, ledger.folder);
    if (registries && registries.ignored.length > 0) {
      this.#context.tell(
        `No user and password for ${registries.ignored.join(', ')}: kubelets take no tokens`,
      );
    }
    const privateRegistries = registries ? registries.registries : new Set<string>();
    const cache = await startImageCache(this.#context, networks, images, privateRegistries);
    const context = withNoProxy(this.#context, networks, images);
    const nodeImages = new NodeImages(this.#context, rendering, privateRegistries);
    const sources = { cache, registryConfig: registries ? registries.file : undefined };
    const kubeconfigs = await createClusters(context, networks, sources, name => nodeImages.begin(name));
    for (const [name, file] of kubeconfigs)
      this.#clients.set(name, new KubernetesClient(readFileSync(file, 'utf8')));
    cleanUp.add('close the connections', () => this.#closeClients());
    const nodes = await joinNodes(this.#context, networks);
    const joined = { networks, nodes, clients: this.#clients };
    const proven = this.#prove(joined);
    const telling = Promise.all([...this.#clients.values()].map(client => askVersions(client, signal)));
    telling.catch(() => {}); // it is waited for below
    // Steps may begin before the proof; pods may not before their images are there.
    await orSooner(proven, nodeImages.brought());
    const balanced = { ...joined, kubeconfigs, manifest };
    const unbalanced = await orSooner(proven, startLoadBalancers(this.#context, balanced, this.#stopped));
    this.#defect = AbortSignal.any([
      unbalanced,
      await watchNodes(engine, nodes, this.#stopped.signal),
      this.#watchAnswers(),
    ]);
    const told = await telling;
    return startedPlatform(context, {
      found: foundPlatform(told, this.#context.versions),
      nodes,
      kubeconfigs,
      networks,
      proven,
      defect: this.#defect,
      cache,
      told: this.#told,
      undo: () => this.undo(),
      letGo: () => this.#letGo(),
    });
  }

  /** Brings the proof while everything else goes on; what fails is described. */
  #prove(joined: Joined): Promise<void> {
    this.#proof = proveBeside(this.#context, joined, this.#stopped.signal).catch(async (error: unknown) => {
      const { signal } = this.#context;
      if (signal.aborted || this.#stopped.signal.aborted) throw error;
      const cause = await causeOf(error, this.#defect, this.#context);
      await this.describeFailure();
      throw cause;
    });
    this.#proof.catch(() => {}); // the run asks for it in its time
    return this.#proof;
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
   * Saves logs and descriptions before they are removed, once. Never throws: it must neither hide the failure
   * nor prevent the removal.
   */
  async describeFailure(): Promise<void> {
    const folder = this.#diagnosticsFolder;
    if (folder === undefined || this.#isDescribed) return;
    this.#isDescribed = true;
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
      await this.#proof?.catch(() => {}); // its questions end with the nodes
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

/** Waits for the work, but no longer than until the proof has failed. */
const orSooner = async <T>(proof: Promise<void>, work: Promise<T>): Promise<T> =>
  await Promise.race([work, proof.then(() => work)]);
