/** The parts of an istiod: what each of them is made with. */
import type { Authority } from '../../../base/authority.ts';
import type { KubernetesClient } from '../../../base/kubernetes-client.ts';
import type { ProcessContext } from '../../program.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { DEBUG_TYPE_URLS } from '../xds/ads/type-urls.ts';
import { MeshState } from './mesh/mesh-state.ts';
import type { PushContext } from './mesh/push-context.ts';
import { RemoteClusters, type RemoteClustersOptions } from './mesh/remote-clusters.ts';
import { readMeshConfig } from './model/mesh-config.ts';
import type { IstiodSettings } from './model/settings.ts';
import { Authenticator } from './serve/authenticate.ts';
import type { DebugSources } from './serve/debug-page.ts';
import { debugResources } from './serve/debug-types.ts';
import { DiscoveryServer } from './serve/discovery-server.ts';
import { Resources } from './serve/resources.ts';
import type { TrustBundle } from './serve/trust-bundle.ts';
import { ClusterRegistry, type ClusterRegistryOptions } from './watch/cluster-registry.ts';
import { ConfigStore } from './watch/config-store.ts';
import { Debouncer } from './watch/debouncer.ts';
import { dialThrough } from './watch/in-cluster.ts';

/** What istiod gets from its process. */
export interface ControlPlaneOptions {
  readonly context: ProcessContext;
  readonly settings: IstiodSettings;
  /** A client of istiod's own cluster, asked anew for each use, since its token changes. */
  readonly client: () => KubernetesClient;
  readonly authority: Authority;
  readonly log: Log;
}

/** @param run - pushes; called once for changes that come close together */
export function createDebouncer(
  { context, settings }: ControlPlaneOptions,
  run: () => Promise<void>,
): Debouncer {
  const { debounceAfterMs, debounceMaxMs } = settings;
  return new Debouncer({ clock: context.clock, afterMs: debounceAfterMs, maxMs: debounceMaxMs, run });
}

/** The mesh before anything is known of it. @param onDue - it is time to look at names again */
export function createState({ context, settings, log }: ControlPlaneOptions, onDue: () => void): MeshState {
  const { behaviour, domain, clusterId } = settings;
  return new MeshState({
    behaviour,
    domain,
    localClusterId: clusterId,
    revision: settings.revision,
    mesh: readMeshConfig({}),
    names: {
      clock: context.clock,
      resolve: host => context.network.resolve(host),
      warn: message => log.warn(message),
      onDue,
    },
  });
}

/** Starts to watch Istio's own resources in istiod's own cluster. */
export function watchConfig(options: ControlPlaneOptions, onChange: () => void): ConfigStore {
  const { context, settings, client, log } = options;
  const { clock, random, signal } = context;
  return new ConfigStore({
    client,
    domain: settings.domain,
    revision: settings.revision,
    edition: settings.behaviour.line,
    clock,
    random: random.stream('config'),
    signal,
    log,
    onChange,
  });
}

/** Warns of each thing that is not simulated once. */
export function createResources({ settings, log }: ControlPlaneOptions, first: PushContext): Resources {
  return new Resources(
    first,
    settings.domain,
    once(what => log.warn(what)),
  );
}

/** Starts to watch the services of istiod's own cluster. */
export function watchOwnCluster(
  { context, settings, client, log }: ControlPlaneOptions,
  onChange: ClusterRegistryOptions['onChange'],
  onPod: () => void,
): ClusterRegistry {
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
    onChange,
    onPod,
  });
}

/** Starts to watch remote secrets and the clusters that they lead to. */
export function watchRemoteClusters(
  { context, settings, client, log }: ControlPlaneOptions,
  handlers: Pick<RemoteClustersOptions, 'metrics' | 'onEvent' | 'onChange' | 'discoverySelectors'>,
): RemoteClusters {
  const { clock, random, signal, network } = context;
  return new RemoteClusters({
    settings,
    localClient: client,
    dial: dialThrough(network),
    readFile: path => (context.files.exists(path) ? context.files.read(path) : undefined),
    clock,
    random,
    signal,
    log,
    ...handlers,
  });
}

/** Verifies tokens at the API server of the cluster that a caller names. */
export function createAuthenticator(
  { settings, client }: ControlPlaneOptions,
  { remotes, state }: { readonly remotes: RemoteClusters; readonly state: MeshState },
): Authenticator {
  return new Authenticator({
    behaviour: settings.behaviour,
    localClusterId: settings.clusterId,
    localClient: client,
    remoteClient: id => remotes.client(id),
    remoteClusterIds: () => remotes.ids(),
    trustDomain: () => state.mesh.trustDomain,
  });
}

/** Serves proxies, none of which is connected yet. */
export function createDiscoveryServer(
  { context, settings, log }: ControlPlaneOptions,
  parts: {
    readonly metrics: Metrics;
    readonly authenticator: Authenticator;
    readonly resources: Resources;
    readonly debugSources: DebugSources;
    readonly trustBundle: TrustBundle | undefined;
  },
): DiscoveryServer {
  // pilot/pkg/xds/xdsgen.go, IstioControlPlaneInstance @1.30.3
  const instance = JSON.stringify({
    Component: 'istiod',
    ID: settings.podName,
    Info: buildInfo(settings.version),
  });
  return new DiscoveryServer({
    clock: context.clock,
    log,
    metrics: parts.metrics,
    authenticator: parts.authenticator,
    resources: parts.resources,
    trustBundle: parts.trustBundle,
    debug: question => debugResources(parts.debugSources, question),
    controlPlane: typeUrl => (typeUrl === DEBUG_TYPE_URLS.sync ? instance : undefined),
    checksIdentity: settings.behaviour.checksIdentity,
    ...(context.trace && { trace: context.trace }),
  });
}

/** What a build of istiod tells of itself (pkg/version/version.go). */
const buildInfo = (version: string) => ({
  version,
  revision: 'simulated',
  golang_version: '',
  status: 'Clean',
  tag: version,
});

/** Calls back for each text the first time only. */
function once(callback: (what: string) => void): (what: string) => void {
  const told = new Set<string>();
  return what => {
    if (told.has(what)) return;
    told.add(what);
    callback(what);
  };
}
