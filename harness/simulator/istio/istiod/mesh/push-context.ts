/** One moment of the mesh and its configuration: what every resource of a push is generated from. */

import { includesLabels } from '../../../../base/labels.ts';
import type { IstioBehaviour } from '../../behaviour.ts';
import type {
  GatewayConfig,
  PeerAuthenticationConfig,
  PeerMode,
  VirtualServiceConfig,
} from '../model/istio-config.ts';
import type { Protocol, RegistryService, ServicePort } from '../model/mesh-model.ts';
import type { IstioConfig } from '../watch/config-store.ts';
import type { MeshService } from './mesh-service.ts';
import type { MeshState } from './mesh-state.ts';
import type { ProxyNode } from './proxy-node.ts';
import type { ProxyScope } from './scope.ts';

/** What generators read; nothing in it changes during a push. */
export interface PushContext {
  readonly behaviour: IstioBehaviour;
  readonly state: MeshState;
  readonly config: IstioConfig;
  readonly systemNamespace: string;
  /** Of proxies that do not see everything. */
  readonly scope?: ProxyScope;
}

/** Gateways that select a proxy; their namespace plays no part (PILOT_SCOPE_GATEWAY_TO_NAMESPACE is off). */
export const gatewaysOf = ({ config }: PushContext, proxy: ProxyNode): readonly GatewayConfig[] =>
  config.gateways.filter(({ selector }) => includesLabels(proxy.labels, selector));

/** Tells whether a gateway routes by SNI and so needs the clusters of I4. */
export function isSniRouter(context: PushContext, proxy: ProxyNode): boolean {
  if (proxy.role !== 'router') return false;
  if (context.behaviour.routerMode === 'environment') return proxy.metadata['ROUTER_MODE'] === 'sni-dnat';
  return gatewaysOf(context, proxy).some(({ servers }) =>
    servers.some(({ tlsMode }) => tlsMode === 'AUTO_PASSTHROUGH'),
  );
}

/** What leads to a port of a proxy's application: a Service, or a host of a ServiceEntry that selects it. */
type OwnService = Pick<RegistryService, 'hostname' | 'ports' | 'createdMs'>;

/**
 * Lists what selects a proxy, the oldest first, as its ports are those of the oldest (context.go @1.30.3,
 * SetServiceTargets; the same in 1.8).
 */
export function ownServices({ state, config }: PushContext, proxy: ProxyNode): OwnService[] {
  const selects = (
    namespace: string,
    selector: Readonly<Record<string, string>> | undefined,
  ): selector is Readonly<Record<string, string>> =>
    selector !== undefined && namespace === proxy.namespace && includesLabels(proxy.labels, selector);
  const own: OwnService[] = [];
  for (const service of state.registry(proxy.clusterId)?.services() ?? []) {
    const { selector, namespace } = service;
    if (selects(namespace, selector) && Object.keys(selector).length > 0) own.push(service);
  }
  for (const { namespace, selector, hosts, ports, createdMs } of config.serviceEntries)
    if (proxy.role === 'sidecar' && selects(namespace, selector))
      own.push(...hosts.map(hostname => ({ hostname, ports, createdMs })));
  return own.sort((a, b) => a.createdMs - b.createdMs || (a.hostname < b.hostname ? -1 : 1));
}

/** Returns the container's port behind a Service's port. */
export function targetPortOf(
  { state }: PushContext,
  proxy: ProxyNode,
  port: ServicePort,
): number | undefined {
  if (typeof port.targetPort === 'number') return port.targetPort;
  const pod = state.registry(proxy.clusterId)?.pod(proxy.namespace, proxy.podName);
  return pod?.ports[port.targetPort];
}

/** Finds the pod's port behind the Service's port that a Gateway names (80 → 8080). */
export function boundPortOf(context: PushContext, proxy: ProxyNode, port: number): number {
  for (const service of ownServices(context, proxy)) {
    const found = service.ports.find(candidate => candidate.port === port);
    if (found) return targetPortOf(context, proxy, found) ?? port;
  }
  return port;
}

/**
 * Returns the address by which a proxy's applications know a service: its own cluster's, or else some
 * cluster's.
 */
export const addressFor = (service: MeshService, clusterId: string): string =>
  service.clusterIps.get(clusterId) ?? service.defaultClusterIp;

/** Tells whether proxies look at the bytes of a port to know its protocol; where they do not, it is TCP. */
export const isSniffed = ({ behaviour }: PushContext, protocol: Protocol): boolean =>
  protocol === 'unknown' && behaviour.sidecar.inspectsHttp;

/** Lists the Services that proxies get, in the order of their names. */
export const visibleServices = ({ scope, state }: PushContext): readonly MeshService[] =>
  // Unlike Istio, a Service of type ExternalName is not turned into a cluster that looks names up.
  scope?.services ?? state.services.filter(({ isExternalName }) => !isExternalName);

/** Lists the Services that proxies have clusters for: also those to which only VirtualServices lead. */
export const clusterServices = (context: PushContext): readonly MeshService[] =>
  context.scope?.clusterServices ?? visibleServices(context);

/** Tells what proxies do with what the mesh does not know. */
export const outboundModeOf = ({ scope, state }: PushContext): 'ALLOW_ANY' | 'REGISTRY_ONLY' =>
  scope?.outboundMode ?? state.mesh.outboundTrafficPolicy;

/** Returns how long a connection to a host may take: the mesh's `connectTimeout`, or what the release has. */
export const connectTimeoutOf = ({ behaviour, state }: PushContext): number =>
  state.mesh.connectTimeoutMs ?? behaviour.connectTimeoutMs;

/** Lists the VirtualServices for one Gateway, by its key. */
export const virtualServicesFor = (
  { config }: PushContext,
  gateway: string,
): readonly VirtualServiceConfig[] =>
  config.virtualServices.filter(({ gateways }) => gateways.includes(gateway));

/** A workload, as policies select it. */
interface Workload {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Finds a workload's own policy: the oldest that selects it. Those of the root namespace select nobody. */
const ownPeerAuthentication = (
  { config, systemNamespace }: PushContext,
  { namespace, labels }: Workload,
): PeerAuthenticationConfig | undefined =>
  namespace === systemNamespace
    ? undefined
    : config.peerAuthentications.find(
        policy =>
          policy.namespace === namespace && policy.selector && includesLabels(labels, policy.selector),
      );

/**
 * Returns the mTLS mode of a workload: its own policy's, its namespace's, the mesh's; PERMISSIVE by default
 * (pilot/pkg/security/authn/policy_applier.go @1.30.3, ComposePeerAuthentication).
 * @param port - of the workload, of which its own policy may say something else
 */
export function peerAuthenticationMode(context: PushContext, workload: Workload, port?: number): PeerMode {
  const { config, systemNamespace } = context;
  const own = ownPeerAuthentication(context, workload);
  const ofAll = (of: string) =>
    config.peerAuthentications.find(({ namespace, selector }) => namespace === of && !selector)?.mode;
  return (
    (port === undefined ? undefined : own?.ports[port]) ??
    own?.mode ??
    ofAll(workload.namespace) ??
    ofAll(systemNamespace) ??
    'PERMISSIVE'
  );
}

/** Lists the ports of which a workload's own policy says something. */
export const peerAuthenticationPorts = (context: PushContext, workload: Workload): readonly number[] =>
  Object.keys(ownPeerAuthentication(context, workload)?.ports ?? {}).map(Number);
