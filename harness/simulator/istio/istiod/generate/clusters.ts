/**
 * CDS: the clusters of a proxy (pilot/pkg/networking/core/v1alpha3/cluster.go @1.8.0,
 * pilot/pkg/networking/core/cluster.go @1.30.3).
 */
import type { Cluster, ClusterLoadAssignment } from '../../xds/resources.ts';
import type { MeshService } from '../mesh/mesh-service.ts';
import type { ProxyNode } from '../mesh/proxy-node.ts';
import { connectTimeoutOf, type PushContext, peerAuthenticationMode } from '../mesh/push-context.ts';
import { isHttp, type ServicePort } from '../model/mesh-model.ts';
import type { TrafficBlocks } from '../model/traffic-policy.ts';
import { balanced, limitsOf, NO_LIMITS, panicOf } from './cluster-policy.ts';
import { clusterTls } from './cluster-tls.ts';
import { isPassedOn, policyFor, reachesNobody, ruleFor, subsetsOf } from './destination-policy.ts';
import { ALPN_H2, ALPN_HTTP, ALPN_TCP, BLACK_HOLE, outboundName, PASSTHROUGH, sniName } from './names.ts';
import { rulePath } from './rule-paths.ts';

/** Returns the ports that proxies know of: all but UDP. */
export const proxiedPorts = ({ ports }: MeshService): readonly ServicePort[] =>
  ports.filter(({ protocol }) => protocol !== 'udp');

/** Lists the identities that a service's pods may have, in any cluster. */
function identitiesOf(
  context: PushContext,
  { hostname, isClusterLocal, external }: MeshService,
  port: ServicePort,
  clusterId: string,
): string[] {
  const identities = new Set<string>(external?.subjectAltNames);
  for (const endpoint of context.state.endpoints(hostname)) {
    if (context.behaviour.identitiesByPort && endpoint.servicePortName !== port.name) continue;
    if (endpoint.identity === '') continue;
    if (!isClusterLocal || endpoint.clusterId === clusterId) identities.add(endpoint.identity);
  }
  const { trustDomainAliases } = context.state.mesh;
  return [...new Set([...identities].flatMap(identity => withAliases(identity, trustDomainAliases)))].sort();
}

/**
 * Returns an identity in its own trust domain and in others (pkg/spiffe/spiffe.go, ExpandWithTrustDomains).
 */
const withAliases = (identity: string, aliases: readonly string[]): string[] => [
  identity,
  ...aliases.map(alias => identity.replace(/^spiffe:\/\/[^/]*/, `spiffe://${alias}`)),
];

const isHttp2 = ({ protocol }: ServicePort): boolean => protocol === 'http2' || protocol === 'grpc';

/** What a cluster offers itself; where a filter does it for requests, it is that of any bytes. */
function alpnOf({ behaviour }: PushContext, port: ServicePort): readonly string[] {
  const isH2 = isHttp2(port);
  if (behaviour.clusterAlpn === 'of-bytes') return isH2 ? [...ALPN_TCP, 'h2'] : ALPN_TCP;
  if (isH2) return ALPN_H2;
  return isHttp(port.protocol) ? ALPN_HTTP : ALPN_TCP;
}

/** What proxies have the same clusters by. */
interface ProxyKind {
  readonly role: ProxyNode['role'];
  readonly isSniRouter: boolean;
  readonly clusterId: string;
}

/**
 * Returns the clusters of one service. All proxies of a kind have the same, except those of a cluster-local
 * service.
 * @param named - endpoints of a service whose hosts proxies look up: they are in its clusters
 */
export function serviceClusters(
  context: PushContext,
  service: MeshService,
  kind: ProxyKind,
  named: readonly ClusterLoadAssignment[] = [],
): Cluster[] {
  const rule = ruleFor(context, service.hostname);
  const clusters = proxiedPorts(service).flatMap(port => portClusters(context, service, kind, port, rule));
  if (!isByName(service)) return clusters;
  const type = service.external?.resolution === 'DNS' ? 'STRICT_DNS' : 'LOGICAL_DNS';
  const byName = new Map(named.map(assignment => [assignment.clusterName, assignment]));
  const dnsRefreshMs = context.state.mesh.dnsRefreshMs ?? context.behaviour.dnsRefreshMs;
  // cluster_builder.go @1.30.3, buildCluster: without endpoints there is no such cluster.
  return clusters.flatMap(cluster => {
    if (cluster.type === 'ORIGINAL_DST') return [cluster];
    const loadAssignment = byName.get(cluster.name);
    if (!loadAssignment || loadAssignment.endpoints.length === 0) return [];
    return [{ ...cluster, type, loadAssignment, dnsRefreshMs }];
  });
}

/** Returns a cluster for each subset of a port; a gateway that routes by SNI has a second one of each. */
function portClusters(
  context: PushContext,
  service: MeshService,
  kind: ProxyKind,
  port: ServicePort,
  rule: ReturnType<typeof ruleFor>,
): Cluster[] {
  const matchSubjectAltNames = identitiesOf(context, service, port, kind.clusterId);
  const isOriginal = goesToOriginal(service, kind);
  const isOutside = service.external?.isOutsideMesh ?? false;
  const autoMtls = context.state.mesh.enableAutoMtls && !isOutside && mayBeMtls(context, service);
  return subsetsOf(rule).flatMap(subset => {
    const policy = policyFor(rule, port.port, subset);
    const isPassed = (isOriginal && !reachesNobody(policy)) || isPassedOn(rule, port.port, subset);
    const common = {
      ...upstreamSettings(context, policy, isPassed),
      ...(rule && { rule: rulePath(context, 'destination-rule', rule.key) }),
    };
    const sni = sniName(port.port, subset.name, service.hostname);
    const auto = !autoMtls || (isPassed && !allSpeakMtls(context, service, port)) ? 'never' : 'by endpoint';
    const mesh = {
      own: { sni, alpn: alpnOf(context, port), matchSubjectAltNames },
      auto: auto === 'by endpoint' && isPassed ? 'always' : auto,
      service,
      isHttp2: isHttp2(port),
    } as const;
    const outbound: Cluster = {
      name: outboundName(port.port, subset.name, service.hostname),
      ...common,
      ...clusterTls(context, policy, mesh),
    };
    return kind.isSniRouter && !isOutside ? [outbound, { name: sni, ...common }] : [outbound];
  });
}

/** Whether proxies look up the hosts of a service by themselves. */
export const isByName = ({ external }: MeshService): boolean =>
  external?.resolution.startsWith('DNS') ?? false;

/**
 * Where a namespace or the mesh turns mTLS off, its services are not spoken to by it
 * (pilot/pkg/model/push_context.go @1.30.3, BestEffortInferServiceMTLSMode).
 */
const mayBeMtls = (context: PushContext, { namespace }: MeshService): boolean =>
  context.config.peerAuthentications.length === 0 ||
  peerAuthenticationMode(context, { namespace, labels: {} }) !== 'DISABLE';

/**
 * Whether all endpoints of a port speak mTLS; it takes all of them where none is known beforehand
 * (push_context.go @1.30.3, BestEffortInferServiceMTLSMode).
 */
function allSpeakMtls({ state }: PushContext, { hostname }: MeshService, port: ServicePort): boolean {
  const endpoints = state.endpoints(hostname).filter(({ servicePortName }) => servicePortName === port.name);
  return endpoints.length > 0 && endpoints.every(({ tlsMode }) => tlsMode === 'istio');
}

/** Sidecars pass traffic for a headless service on to its original destination. Gateways know none. */
const goesToOriginal = ({ isHeadless }: MeshService, { role }: ProxyKind): boolean =>
  isHeadless && role === 'sidecar';

/** Returns what a cluster has from its policy and the release, TLS aside. */
function upstreamSettings(
  context: PushContext,
  policy: TrafficBlocks,
  isPassed: boolean,
): Omit<Cluster, 'name'> {
  return {
    connectTimeoutMs: policy.pool?.connectTimeoutMs ?? connectTimeoutOf(context),
    ...limitsOf(policy.pool),
    ...(isPassed
      ? ({ type: 'ORIGINAL_DST', lbPolicy: 'CLUSTER_PROVIDED', ...panicOf(context, policy) } as const)
      : ({ type: 'EDS', ...balanced(context, policy) } as const)),
  };
}

/** Returns the clusters that every proxy has, whatever the mesh holds. */
export function fixedClusters(context: PushContext, role: ProxyNode['role']): Cluster[] {
  const { inbound } = context.behaviour;
  const connectTimeoutMs = connectTimeoutOf(context);
  const passthrough = (name: string): Cluster => ({
    name,
    type: 'ORIGINAL_DST',
    lbPolicy: 'CLUSTER_PROVIDED',
    connectTimeoutMs,
    limits: NO_LIMITS,
  });
  const toApplication: Cluster = {
    ...passthrough(inbound.passthrough),
    ...(inbound.sourceAddress && { sourceAddress: inbound.sourceAddress }),
  };
  const blackHole: Cluster = {
    name: BLACK_HOLE,
    type: 'STATIC',
    lbPolicy: 'ROUND_ROBIN',
    connectTimeoutMs,
  };
  return role === 'sidecar' ? [blackHole, passthrough(PASSTHROUGH), toApplication] : [blackHole];
}
