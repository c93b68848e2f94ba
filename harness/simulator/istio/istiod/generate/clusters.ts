/**
 * CDS: the clusters of a proxy (pilot/pkg/networking/core/v1alpha3/cluster.go @1.8.0,
 * pilot/pkg/networking/core/cluster.go @1.30.3).
 */
import type { Cluster, UpstreamTls } from '../../xds/resources.ts';
import type { MeshService } from '../mesh/mesh-state.ts';
import type { ProxyNode } from '../mesh/proxy-node.ts';
import { hostCovers, ownServices, type PushContext, targetPortOf } from '../mesh/push-context.ts';
import type { DestinationRuleConfig, TrafficPolicy } from '../model/istio-config.ts';
import { isHttp, type ServicePort } from '../model/mesh-model.ts';
import {
  ALPN_H2,
  ALPN_HTTP,
  ALPN_TCP,
  BLACK_HOLE,
  INBOUND_PASSTHROUGH,
  outboundName,
  PASSTHROUGH,
  sniName,
} from './names.ts';

const EMPTY_POLICY: TrafficPolicy = {
  tlsMode: undefined,
  loadBalancer: undefined,
  connectTimeoutMs: undefined,
};

/** The rule for a host: the exact one, or the first that covers it. */
export function ruleFor({ config }: PushContext, hostname: string): DestinationRuleConfig | undefined {
  return (
    config.destinationRules.find(({ host }) => host === hostname) ??
    config.destinationRules.find(({ host }) => host.startsWith('*') && hostCovers(host, hostname))
  );
}

/** The more specific settings win, field by field: subset over port over host. */
function policyFor(
  rule: DestinationRuleConfig | undefined,
  port: number,
  subset: TrafficPolicy | undefined,
): TrafficPolicy {
  const layers = [subset, rule?.portPolicies.get(port), rule?.policy].filter(layer => layer !== undefined);
  return layers.reduceRight<TrafficPolicy>(
    (below, layer) => ({
      tlsMode: layer.tlsMode ?? below.tlsMode,
      loadBalancer: layer.loadBalancer ?? below.loadBalancer,
      connectTimeoutMs: layer.connectTimeoutMs ?? below.connectTimeoutMs,
    }),
    EMPTY_POLICY,
  );
}

/** `''` and the names of the rule's subsets. */
export const subsetsOf = (rule: DestinationRuleConfig | undefined) => [
  { name: '', labels: {} as Readonly<Record<string, string>>, policy: undefined },
  ...(rule?.subsets ?? []),
];

/** Ports that proxies know of: UDP is none of Envoy's business here. */
export const proxiedPorts = ({ ports }: MeshService): readonly ServicePort[] =>
  ports.filter(({ protocol }) => protocol !== 'udp');

function lbPolicyOf(context: PushContext, policy: TrafficPolicy): Cluster['lbPolicy'] {
  switch (policy.loadBalancer) {
    case 'ROUND_ROBIN':
      return 'ROUND_ROBIN';
    case 'LEAST_CONN':
    case 'LEAST_REQUEST':
      return 'LEAST_REQUEST';
    default:
      return context.behaviour.lbPolicy;
  }
}

/** Identities that a service's pods may have, in any cluster. */
function identitiesOf(
  context: PushContext,
  { hostname, isClusterLocal }: MeshService,
  port: ServicePort,
  clusterId: string,
): string[] {
  const identities = new Set<string>();
  for (const endpoint of context.state.endpoints(hostname)) {
    if (endpoint.servicePortName !== port.name || endpoint.identity === '') continue;
    if (!isClusterLocal || endpoint.clusterId === clusterId) identities.add(endpoint.identity);
  }
  return [...identities].sort();
}

function transportSockets(
  policy: TrafficPolicy,
  autoMtls: boolean,
  tls: UpstreamTls,
): Cluster['transportSocketMatches'] {
  if (policy.tlsMode === 'DISABLE') return undefined;
  if (policy.tlsMode === 'ISTIO_MUTUAL') return [{ name: 'istio-mutual', match: {}, tls }];
  if (!autoMtls) return undefined;
  return [
    { name: 'tlsMode-istio', match: { tlsMode: 'istio' }, tls },
    { name: 'tlsMode-disabled', match: {} },
  ];
}

/**
 * The clusters of one service, for sidecars or for gateways; the same for all proxies of a kind, but for
 * cluster-local services.
 */
export function serviceClusters(
  context: PushContext,
  service: MeshService,
  kind: { readonly role: ProxyNode['role']; readonly isSniRouter: boolean; readonly clusterId: string },
): Cluster[] {
  const { hostname } = service;
  const rule = ruleFor(context, hostname);
  return proxiedPorts(service).flatMap(port => {
    const identities = identitiesOf(context, service, port, kind.clusterId);
    return subsetsOf(rule).flatMap(subset => {
      const policy = policyFor(rule, port.port, subset.policy);
      // A sidecar passes traffic to a headless service on to where it was going; a gateway cannot know where
      // that is.
      const isOriginal = service.isHeadless && kind.role === 'sidecar';
      const common = {
        connectTimeoutMs: policy.connectTimeoutMs ?? context.behaviour.connectTimeoutMs,
        ...(isOriginal
          ? ({ type: 'ORIGINAL_DST', lbPolicy: 'CLUSTER_PROVIDED' } as const)
          : ({ type: 'EDS', lbPolicy: lbPolicyOf(context, policy) } as const)),
      };
      const matches = transportSockets(policy, context.state.mesh.enableAutoMtls, {
        sni: sniName(port.port, subset.name, hostname),
        alpn:
          port.protocol === 'http2' || port.protocol === 'grpc'
            ? ALPN_H2
            : isHttp(port.protocol)
              ? ALPN_HTTP
              : ALPN_TCP,
        matchSubjectAltNames: identities,
      });
      const outbound: Cluster = {
        name: outboundName(port.port, subset.name, hostname),
        ...common,
        ...(matches && !isOriginal && { transportSocketMatches: matches }),
      };
      const bySni: Cluster = { name: sniName(port.port, subset.name, hostname), ...common };
      return kind.isSniRouter ? [outbound, bySni] : [outbound];
    });
  });
}

/** Clusters that every proxy has, whatever the mesh holds. */
export function fixedClusters(context: PushContext, role: ProxyNode['role']): Cluster[] {
  const { connectTimeoutMs } = context.behaviour;
  const passthrough = (name: string): Cluster => ({
    name,
    type: 'ORIGINAL_DST',
    lbPolicy: 'CLUSTER_PROVIDED',
    connectTimeoutMs,
  });
  const blackHole: Cluster = {
    name: BLACK_HOLE,
    type: 'STATIC',
    lbPolicy: 'ROUND_ROBIN',
    connectTimeoutMs,
    loadAssignment: { clusterName: BLACK_HOLE, endpoints: [] },
  };
  return role === 'sidecar'
    ? [blackHole, passthrough(PASSTHROUGH), passthrough(INBOUND_PASSTHROUGH)]
    : [blackHole];
}

/** The ways from a sidecar to its own application. */
export function inboundClusters(context: PushContext, proxy: ProxyNode): Cluster[] {
  if (proxy.role !== 'sidecar') return [];
  const { behaviour } = context;
  const clusters = new Map<string, Cluster>();
  for (const service of ownServices(context, proxy)) {
    for (const port of service.ports) {
      const target = targetPortOf(context, proxy, port);
      if (port.protocol === 'udp' || target === undefined) continue;
      const name = inboundNameOf(context, port, target, service.hostname);
      const address = behaviour.inbound.upstream === 'loopback' ? '127.0.0.1' : proxy.address;
      clusters.set(name, {
        name,
        type: 'STATIC',
        lbPolicy: 'ROUND_ROBIN',
        connectTimeoutMs: behaviour.connectTimeoutMs,
        loadAssignment: {
          clusterName: name,
          endpoints: [{ address, port: target, weight: 1, tlsMode: 'disabled' }],
        },
      });
    }
  }
  return [...clusters.values()];
}

/** `inbound|5000|http|helloworld…` in 1.8, `inbound|5000||` in current. */
export const inboundNameOf = (
  { behaviour }: PushContext,
  port: ServicePort,
  target: number,
  hostname: string,
): string => behaviour.inbound.clusterName({ service: port.port, container: target }, port.name, hostname);
