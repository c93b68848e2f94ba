/** One istiod at work: how changes in what it watches become pushes. */
import type { LabelSelector } from '../../../base/labels.ts';
import { Metrics } from '../metrics.ts';
import {
  type ControlPlaneOptions,
  createAuthenticator,
  createDebouncer,
  createDiscoveryServer,
  createResources,
  createState,
  watchConfig,
  watchOwnCluster,
  watchRemoteClusters,
} from './control-plane-parts.ts';
import type { InjectorConfig } from './injection/injector-config.ts';
import { leadRemoteCluster } from './lead/led-cluster.ts';
import { externalServices } from './mesh/external-services.ts';
import type { MeshState } from './mesh/mesh-state.ts';
import type { PushContext } from './mesh/push-context.ts';
import type { RemoteCluster, RemoteClusterEvent } from './mesh/remote-cluster.ts';
import type { RemoteClusters } from './mesh/remote-clusters.ts';
import type { MeshConfig } from './model/mesh-config.ts';
import type { Authenticator } from './serve/authenticate.ts';
import type { DebugSources } from './serve/debug-page.ts';
import type { DiscoveryServer } from './serve/discovery-server.ts';
import type { Resources } from './serve/resources.ts';
import { TrustBundle } from './serve/trust-bundle.ts';
import type { ClusterRegistry } from './watch/cluster-registry.ts';
import type { ConfigStore } from './watch/config-store.ts';
import type { Debouncer } from './watch/debouncer.ts';
import { WatchedConfigMaps } from './watched-config-maps.ts';

/** Watches, from construction on, until the process's signal aborts. */
export class ControlPlane {
  readonly metrics = new Metrics();
  readonly state: MeshState;
  readonly resources: Resources;
  readonly discovery: DiscoveryServer;
  readonly remotes: RemoteClusters;
  readonly authenticator: Authenticator;
  /** The roots that proxies are told; undefined where they are told none. */
  readonly trustBundle: TrustBundle | undefined;
  readonly #options: ControlPlaneOptions;
  readonly #config: ConfigStore;
  readonly #debouncer: Debouncer;
  readonly #local: ClusterRegistry;
  readonly #configMaps: WatchedConfigMaps;
  #isConfigChanged = true;
  #hasExternal = false;

  constructor(options: ControlPlaneOptions) {
    this.#options = options;
    this.#debouncer = createDebouncer(options, () => this.#push());
    this.state = createState(options, () => this.#debouncer.trigger());
    this.#config = watchConfig(options, () => this.#configChanged());
    this.resources = createResources(options, this.#snapshot());
    this.#configMaps = new WatchedConfigMaps({ ...options, onMesh: mesh => this.#setMesh(mesh) });
    this.#local = watchOwnCluster(options, this.#onRegistryChange, () => this.#onPod());
    this.state.addRegistry(this.#local);
    this.remotes = watchRemoteClusters(options, {
      metrics: this.metrics,
      onEvent: event => this.#onRemoteEvent(event),
      onChange: this.#onRegistryChange,
      discoverySelectors: () => this.#discoverySelectors,
    });
    this.authenticator = createAuthenticator(options, this);
    const { settings, authority, log } = options;
    if (settings.tellsRoots) this.trustBundle = new TrustBundle(authority.rootPem, log);
    this.discovery = createDiscoveryServer(options, this);
  }

  /** What debug pages are made from, now. */
  get debugSources(): DebugSources {
    const { state, remotes, discovery, resources } = this;
    const { settings } = this.#options;
    return {
      settings,
      state,
      remotes,
      discovery,
      resources,
      injectionTemplates: this.injector?.templates ?? {},
      configObjects: this.#config.objects,
    };
  }

  /** The injector's configuration; undefined as long as no readable one exists. */
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
    // The mesh's settings may have come after the rest.
    await this.#local.synced;
    this.metrics.set('istiod_managed_clusters', 1, { cluster_type: 'local' });
    await this.#push();
    this.#config.tellWithoutEffect();
  }

  /** Stops pushing, and closes every connection to proxies and remote clusters. */
  close(): void {
    this.#debouncer.stop();
    this.state.close();
    this.discovery.close();
    this.remotes.close();
  }

  #snapshot(): PushContext {
    const { behaviour, namespace } = this.#options.settings;
    return {
      behaviour,
      state: this.state,
      // It is asked for before anything is watched, too.
      config: this.#config.snapshot(each => this.state.registries[0]?.selects(each) ?? true),
      systemNamespace: this.state.mesh.rootNamespace || namespace,
    };
  }

  async #push(): Promise<void> {
    const isConfigChanged = this.#isConfigChanged;
    this.#isConfigChanged = false;
    this.#readExternal();
    const change = await this.state.update();
    this.metrics.set('pilot_services', this.state.services.length);
    if (change.hostnames.size === 0 && !change.everything && !isConfigChanged) return;
    this.resources.renew(this.#snapshot(), change, isConfigChanged);
    this.discovery.push();
  }

  /** Looks anew at what selects pods and addresses, if anything does. */
  #readExternal(): void {
    const hasAny = this.#config.hasEntries;
    if (!hasAny && !this.#hasExternal) return;
    this.#hasExternal = hasAny;
    const { serviceEntries, workloadEntries } = this.#snapshot().config;
    const { registries, mesh } = this.state;
    const localClusterId = this.#options.settings.clusterId;
    this.state.setExternal(
      externalServices({ serviceEntries, workloadEntries, registries, mesh, localClusterId }),
    );
  }

  #setMesh(mesh: MeshConfig): void {
    const before = this.#discoverySelectors;
    this.state.setMesh(mesh);
    this.trustBundle?.setMesh(mesh);
    if (mesh.caCertificates.some(({ pem }) => pem !== '') && !this.trustBundle) this.#tellNoRoots();
    const selectors = this.#discoverySelectors;
    if (before.length > 0 || selectors.length > 0)
      for (const registry of this.#allRegistries()) void registry.select(selectors);
    this.#configChanged();
  }

  /** Unlike Istio, which is silent. */
  #tellNoRoots(): void {
    this.#options.log.warn(
      'meshConfig.caCertificates: proxies are told no roots, since ISTIO_MULTIROOT_MESH is not true; those ' +
        'that are to trust them need PROXY_CONFIG_XDS_AGENT, too',
    );
  }

  /** None before the release that has them. */
  get #discoverySelectors(): readonly LabelSelector[] {
    return this.#options.settings.behaviour.selectsNamespaces ? this.state.mesh.discoverySelectors : [];
  }

  /** Those of the mesh, and of clusters that will join it. */
  #allRegistries(): readonly ClusterRegistry[] {
    const joining = [...this.remotes.list()].map(({ registry }) => registry);
    return [...new Set([this.#local, ...this.state.registries, ...joining])];
  }

  #configChanged(): void {
    this.#isConfigChanged = true;
    this.#debouncer.trigger();
  }

  readonly #onRegistryChange = (registry: ClusterRegistry, hostname: string | undefined): void => {
    this.metrics.add('pilot_k8s_reg_events');
    // A registry speaks for itself only once it has joined the mesh with all that it has.
    if (!this.state.registries.includes(registry)) return;
    // Other namespaces are other resources.
    if (this.#discoverySelectors.length > 0 && hostname === undefined) this.#isConfigChanged = true;
    this.state.markDirty(registry, hostname);
    this.#debouncer.trigger();
  };

  /** A ServiceEntry may select it, whatever Service it is of. */
  #onPod(): void {
    if (this.#hasExternal) this.#debouncer.trigger();
  }

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
