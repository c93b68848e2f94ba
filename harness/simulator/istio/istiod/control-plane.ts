/** One istiod put together: what it watches, what it computes from it, and how changes become pushes. */
import type { Authority } from '../../../base/certificates.ts';
import { messageOf } from '../../../base/errors.ts';
import type { KubernetesClient } from '../../../base/kubernetes-client.ts';
import type { ProcessContext } from '../../program.ts';
import type { Log } from '../log.ts';
import { Metrics } from '../metrics.ts';
import { type InjectorConfig, readInjectorConfig } from './injection/injector.ts';
import { leadRemoteCluster } from './lead/led-cluster.ts';
import { MeshState } from './mesh/mesh-state.ts';
import type { PushContext } from './mesh/push-context.ts';
import { RemoteClusters } from './mesh/remote-clusters.ts';
import { readMeshConfig } from './model/mesh-config.ts';
import type { IstiodSettings } from './model/settings.ts';
import { Authenticator } from './serve/authenticate.ts';
import { DiscoveryServer } from './serve/discovery-server.ts';
import { Resources } from './serve/resources.ts';
import { ClusterRegistry } from './watch/cluster-registry.ts';
import { ConfigStore } from './watch/config-store.ts';
import { Debouncer } from './watch/debouncer.ts';
import { dialThrough } from './watch/in-cluster.ts';
import { Informer } from './watch/informer.ts';

const MESH_CONFIG_MAP = 'istio';
const INJECTOR_CONFIG_MAP = 'istio-sidecar-injector';

export interface ControlPlaneOptions {
  readonly context: ProcessContext;
  readonly settings: IstiodSettings;
  readonly client: () => KubernetesClient;
  readonly authority: Authority;
  readonly log: Log;
}

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
  readonly #configMaps: Informer<Readonly<Record<string, string>>>;
  #injector: InjectorConfig | undefined;
  #isConfigChanged = true;

  constructor(options: ControlPlaneOptions) {
    this.#options = options;
    const { context, settings, client, log } = options;
    const { clock, random, signal, network } = context;
    const { behaviour, clusterId, domain } = settings;
    this.#debouncer = new Debouncer({
      clock,
      afterMs: settings.debounceAfterMs,
      maxMs: settings.debounceMaxMs,
      run: () => this.#push(),
    });
    this.state = new MeshState({
      behaviour,
      domain,
      localClusterId: clusterId,
      mesh: readMeshConfig({}),
      resolve: host => network.resolve(host),
    });
    this.#config = new ConfigStore({
      client,
      domain,
      clock,
      random: random.stream('config'),
      signal,
      log,
      onChange: () => {
        this.#isConfigChanged = true;
        this.#debouncer.trigger();
      },
    });
    this.resources = new Resources(
      this.#snapshot(),
      domain,
      once(what => log.warn(what)),
    );
    this.#configMaps = this.#watchConfigMaps();
    this.#local = this.#createRegistry({ clusterId, client, signal });
    this.state.addRegistry(this.#local);
    this.remotes = new RemoteClusters({
      settings,
      localClient: client,
      dial: dialThrough(network),
      state: this.state,
      clock,
      random: random.stream('remote'),
      signal,
      log,
      metrics: this.metrics,
      createRegistry: registry => this.#createRegistry(registry),
      onChange: () => this.#debouncer.trigger(),
      onSynced: cluster => {
        void leadRemoteCluster({
          settings,
          clusterId: cluster.id,
          client: () => cluster.client,
          rootPem: options.authority.rootPem,
          clock,
          random: random.stream(`lead/${cluster.id}`),
          signal: cluster.signal,
          log,
        });
      },
    });
    this.authenticator = new Authenticator({
      behaviour,
      localClusterId: clusterId,
      localClient: client,
      remoteClient: id => this.remotes.client(id),
      remoteClusterIds: () => this.remotes.ids(),
      trustDomain: () => this.state.mesh.trustDomain,
    });
    this.discovery = new DiscoveryServer({
      clock,
      log,
      metrics: this.metrics,
      authenticator: this.authenticator,
      resources: this.resources,
      checksIdentity: behaviour.checksIdentity,
      ...(context.trace && { trace: context.trace }),
    });
  }

  /** The injector's configuration; undefined as long as there is none, or none that can be read. */
  get injector(): InjectorConfig | undefined {
    return this.#injector;
  }

  /** The oldest kubelet of a cluster that istiod knows: `v1.32.0`. */
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

  close(): void {
    this.#debouncer.stop();
    this.discovery.close();
    this.remotes.close();
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

  #createRegistry(options: {
    readonly clusterId: string;
    readonly client: () => KubernetesClient;
    readonly signal: AbortSignal;
  }): ClusterRegistry {
    const { context, settings, log } = this.#options;
    return new ClusterRegistry({
      ...options,
      behaviour: settings.behaviour,
      systemNamespace: settings.namespace,
      domain: settings.domain,
      clock: context.clock,
      random: context.random.stream(`registry/${options.clusterId}`),
      log,
      onChange: (registry, hostname) => {
        this.metrics.add('pilot_k8s_reg_events');
        // A registry speaks for itself only once it has joined the mesh with all that it has.
        if (!this.state.registries.includes(registry)) return;
        this.state.markDirty(registry, hostname);
        this.#debouncer.trigger();
      },
    });
  }

  /**
   * Unlike Istio 1.8, which looks at the files of its volumes, both releases watch the ConfigMaps themselves.
   */
  #watchConfigMaps(): Informer<Readonly<Record<string, string>>> {
    const { context, settings, client, log } = this.#options;
    return new Informer({
      client,
      path: { apiVersion: 'v1', plural: 'configmaps', namespace: settings.namespace },
      clock: context.clock,
      random: context.random.stream('configmaps'),
      signal: context.signal,
      keep: ({ metadata, ...object }) =>
        metadata.name === MESH_CONFIG_MAP || metadata.name === INJECTOR_CONFIG_MAP
          ? // Texts, as the API server validated them.
            ((object['data'] ?? {}) as Readonly<Record<string, string>>)
          : undefined,
      onChange: (key, data) => {
        try {
          if (key.endsWith(`/${MESH_CONFIG_MAP}`)) {
            this.state.setMesh(readMeshConfig(data ?? {}));
            this.#isConfigChanged = true;
            this.#debouncer.trigger();
          } else this.#injector = data && readInjectorConfig(data);
        } catch (error) {
          log.error(`failed to read ConfigMap ${key}: ${messageOf(error)}`);
        }
      },
      kind: 'ConfigMap',
      onFailure: message => log.error(message),
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
