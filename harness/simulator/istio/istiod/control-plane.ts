/** One istiod put together: what it watches, what it computes from it, and how changes become pushes. */
import type { Authority } from '../../../base/authority.ts';
import type { KubernetesClient } from '../../../base/kubernetes-client.ts';
import type { ProcessContext } from '../../program.ts';
import type { Log } from '../log.ts';
import { Metrics } from '../metrics.ts';
import type { InjectorConfig } from './injection/injector-config.ts';
import { leadRemoteCluster } from './lead/led-cluster.ts';
import { MeshState } from './mesh/mesh-state.ts';
import type { PushContext } from './mesh/push-context.ts';
import type { RemoteCluster } from './mesh/remote-cluster.ts';
import { type RemoteClusterEvent, RemoteClusters } from './mesh/remote-clusters.ts';
import { type MeshConfig, readMeshConfig } from './model/mesh-config.ts';
import type { IstiodSettings } from './model/settings.ts';
import { Authenticator } from './serve/authenticate.ts';
import { DiscoveryServer } from './serve/discovery-server.ts';
import { Resources } from './serve/resources.ts';
import { ClusterRegistry } from './watch/cluster-registry.ts';
import { ConfigStore } from './watch/config-store.ts';
import { Debouncer } from './watch/debouncer.ts';
import { dialThrough } from './watch/in-cluster.ts';
import { WatchedConfigMaps } from './watched-config-maps.ts';

/** What an istiod is made of. */
export interface ControlPlaneOptions {
  readonly context: ProcessContext;
  readonly settings: IstiodSettings;
  /** A client of istiod's own cluster, asked anew for each use: its token is renewed. */
  readonly client: () => KubernetesClient;
  readonly authority: Authority;
  readonly log: Log;
}

/** Watches, from construction on, until the process's signal aborts. */
export class ControlPlane {
  readonly metrics = new Metrics();
  readonly state: MeshState;
  readonly resources: Resources;
  readonly discovery: DiscoveryServer;
  readonly remotes: RemoteClusters;
  readonly authenticator: Authenticator;
  readonly #options: ControlPlaneOptions;
  readonly #config: ConfigStore;
  readonly #debouncer: Debouncer;
  readonly #local: ClusterRegistry;
  readonly #configMaps: WatchedConfigMaps;
  #isConfigChanged = true;

  constructor(options: ControlPlaneOptions) {
    this.#options = options;
    const { settings, log } = options;
    this.#debouncer = this.#createDebouncer();
    this.state = this.#createState();
    this.#config = this.#watchConfig();
    this.resources = new Resources(
      this.#snapshot(),
      settings.domain,
      once(what => log.warn(what)),
    );
    this.#configMaps = new WatchedConfigMaps({ ...options, onMesh: mesh => this.#setMesh(mesh) });
    this.#local = this.#watchOwnCluster();
    this.state.addRegistry(this.#local);
    this.remotes = this.#watchRemoteClusters();
    this.authenticator = this.#createAuthenticator();
    this.discovery = this.#createDiscoveryServer();
  }

  /** The injector's configuration; undefined as long as there is none, or none that can be read. */
  get injector(): InjectorConfig | undefined {
    return this.#configMaps.injector;
  }

  /** Returns the version of the oldest kubelet of a cluster that istiod knows: `v1.32.0`. */
  kubeletVersion(clusterId: string): string {
    return (this.state.registry(clusterId) ?? this.#local).kubeletVersion;
  }

  /**
   * Resolves when everything that readiness depends on is there (pilot/pkg/bootstrap/server.go,
   * waitForCacheSync).
   */
  async ready(): Promise<void> {
    await Promise.all([
      this.#configMaps.synced,
      this.#local.synced,
      this.#config.synced,
      this.remotes.initialSync,
    ]);
    this.metrics.set('istiod_managed_clusters', 1, { cluster_type: 'local' });
    await this.#push();
    void this.#config.tellWithoutEffect();
  }

  /** Stops pushing, and closes every connection to proxies and remote clusters. */
  close(): void {
    this.#debouncer.stop();
    this.discovery.close();
    this.remotes.close();
  }

  #createDebouncer(): Debouncer {
    const { context, settings } = this.#options;
    return new Debouncer({
      clock: context.clock,
      afterMs: settings.debounceAfterMs,
      maxMs: settings.debounceMaxMs,
      run: () => this.#push(),
    });
  }

  #createState(): MeshState {
    const { behaviour, domain, clusterId } = this.#options.settings;
    const { network } = this.#options.context;
    return new MeshState({
      behaviour,
      domain,
      localClusterId: clusterId,
      mesh: readMeshConfig({}),
      resolve: host => network.resolve(host),
    });
  }

  #watchConfig(): ConfigStore {
    const { context, settings, client, log } = this.#options;
    const { clock, random, signal } = context;
    return new ConfigStore({
      client,
      domain: settings.domain,
      clock,
      random: random.stream('config'),
      signal,
      log,
      onChange: () => this.#configChanged(),
    });
  }

  #watchOwnCluster(): ClusterRegistry {
    const { context, settings, client, log } = this.#options;
    const { behaviour, clusterId, domain, namespace } = settings;
    return new ClusterRegistry({
      clusterId,
      client,
      signal: context.signal,
      behaviour,
      systemNamespace: namespace,
      domain,
      clock: context.clock,
      random: context.random.stream(`registry/${clusterId}`),
      log,
      onChange: this.#onRegistryChange,
    });
  }

  #watchRemoteClusters(): RemoteClusters {
    const { context, settings, client, log } = this.#options;
    const { clock, random, signal, network } = context;
    return new RemoteClusters({
      settings,
      localClient: client,
      dial: dialThrough(network),
      clock,
      random,
      signal,
      log,
      metrics: this.metrics,
      onEvent: event => this.#onRemoteEvent(event),
      onChange: this.#onRegistryChange,
    });
  }

  #createAuthenticator(): Authenticator {
    const { settings, client } = this.#options;
    return new Authenticator({
      behaviour: settings.behaviour,
      localClusterId: settings.clusterId,
      localClient: client,
      remoteClient: id => this.remotes.client(id),
      remoteClusterIds: () => this.remotes.ids(),
      trustDomain: () => this.state.mesh.trustDomain,
    });
  }

  #createDiscoveryServer(): DiscoveryServer {
    const { context, settings, log } = this.#options;
    return new DiscoveryServer({
      clock: context.clock,
      log,
      metrics: this.metrics,
      authenticator: this.authenticator,
      resources: this.resources,
      checksIdentity: settings.behaviour.checksIdentity,
      ...(context.trace && { trace: context.trace }),
    });
  }

  #snapshot(): PushContext {
    const { behaviour, namespace } = this.#options.settings;
    return { behaviour, state: this.state, config: this.#config.snapshot(), systemNamespace: namespace };
  }

  async #push(): Promise<void> {
    const isConfigChanged = this.#isConfigChanged;
    this.#isConfigChanged = false;
    const change = await this.state.update();
    this.metrics.set('pilot_services', this.state.services.length);
    if (change.hostnames.size === 0 && !change.everything && !isConfigChanged) return;
    this.resources.renew(this.#snapshot(), change, isConfigChanged);
    this.discovery.push();
  }

  #setMesh(mesh: MeshConfig): void {
    this.state.setMesh(mesh);
    this.#configChanged();
  }

  #configChanged(): void {
    this.#isConfigChanged = true;
    this.#debouncer.trigger();
  }

  readonly #onRegistryChange = (registry: ClusterRegistry, hostname: string | undefined): void => {
    this.metrics.add('pilot_k8s_reg_events');
    // A registry speaks for itself only once it has joined the mesh with all that it has.
    if (!this.state.registries.includes(registry)) return;
    this.state.markDirty(registry, hostname);
    this.#debouncer.trigger();
  };

  #onRemoteEvent(event: RemoteClusterEvent): void {
    switch (event.type) {
      case 'added':
        this.state.addRegistry(event.cluster.registry);
        break;
      case 'replaced':
        this.state.replaceRegistry(event.before, event.cluster.registry);
        break;
      case 'removed':
        for (const registry of event.registries) this.state.removeRegistry(registry);
    }
    this.#debouncer.trigger();
    if (event.type !== 'removed') this.#lead(event.cluster);
  }

  /** Does istiod's work in a cluster whose control plane it is. */
  #lead({ id, client, signal }: RemoteCluster): void {
    const { context, settings, authority, log } = this.#options;
    void leadRemoteCluster({
      settings,
      clusterId: id,
      client: () => client,
      rootPem: authority.rootPem,
      clock: context.clock,
      random: context.random.stream(`lead/${id}`),
      signal,
      log,
    });
  }
}

/** Calls back for each text the first time only. */
function once(callback: (what: string) => void): (what: string) => void {
  const told = new Set<string>();
  return what => {
    if (told.has(what)) return;
    told.add(what);
    callback(what);
  };
}
