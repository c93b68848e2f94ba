/** EDS: the endpoints of one service as proxies of one view see them (pilot/pkg/xds/endpoint_builder.go). */
import type { ClusterLoadAssignment } from '../../xds/resources.ts';
import type { CallerPlace } from '../mesh/caller-place.ts';
import { type EndpointView, filterByNetwork } from '../mesh/endpoint-filter.ts';
import type { MeshService } from '../mesh/mesh-service.ts';
import { type PushContext, peerAuthenticationMode } from '../mesh/push-context.ts';
import { type IstioEndpoint, type ServicePort, topologyLabel } from '../model/mesh-model.ts';
import { proxiedPorts } from './clusters.ts';
import {
  isPassedOn,
  policyFor,
  reachesNobody,
  ruleFor,
  subsetsOf,
  tlsModeFor,
} from './destination-policy.ts';
import { placedEndpoints } from './locality.ts';
import { outboundName, sniName } from './names.ts';

/** What endpoints depend on besides the service: proxies of one kind get the same. */
export interface EndpointsKind {
  readonly view: EndpointView;
  /** Matters for cluster-local services only. */
  readonly clusterId: string;
  readonly isSniRouter: boolean;
  readonly role: 'sidecar' | 'router';
  /** Absent where no rule asks for it. */
  readonly place?: CallerPlace;
}

const NOWHERE: CallerPlace = { locality: '', labels: {} };
const speaksMtls = ({ tlsMode }: IstioEndpoint): boolean => tlsMode === 'istio';

/** Returns the assignments of a service's clusters, one for each port and subset, two for an SNI router. */
export function serviceEndpoints(
  context: PushContext,
  service: MeshService,
  kind: EndpointsKind,
): ClusterLoadAssignment[] {
  const { behaviour, state } = context;
  if (service.isHeadless && kind.role === 'sidecar') return [];
  const all = state.endpoints(service.hostname);
  const visible = service.isClusterLocal ? all.filter(({ clusterId }) => clusterId === kind.clusterId) : all;
  const place = kind.place ?? NOWHERE;
  const reach = (endpoints: readonly IstioEndpoint[]) =>
    filterByNetwork(behaviour, state.gateways, kind.view, endpoints);
  const rule = ruleFor(context, service.hostname);
  return proxiedPorts(service).flatMap((port: ServicePort) => {
    const ofPort = visible.filter(({ servicePortName }) => servicePortName === port.name);
    const judgedBy = judge(context, service, ofPort);
    return subsetsOf(rule).flatMap(subset => {
      const { name, labels } = subset;
      const wanted = Object.entries(labels);
      const blocks = policyFor(rule, port.port, subset);
      if (isPassedOn(rule, port.port, subset)) return [];
      const mode = behaviour.rulesDecideMtls ? tlsModeFor(rule, port.port, subset) : undefined;
      const judged = reachesNobody(blocks) ? [] : judgedBy(mode);
      const chosen =
        wanted.length === 0
          ? judged
          : judged.filter(endpoint =>
              wanted.every(([key, value]) => labelOf(context, endpoint, key) === value),
            );
      const endpoints = placedEndpoints(context, blocks, place, chosen, reach);
      const outbound = { clusterName: outboundName(port.port, name, service.hostname), endpoints };
      if (!kind.isSniRouter || service.external?.isOutsideMesh) return [outbound];
      const bySni = behaviour.sniClustersDemandMtls
        ? placedEndpoints(context, blocks, place, chosen.filter(speaksMtls), reach)
        : endpoints;
      return [outbound, { clusterName: sniName(port.port, name, service.hostname), endpoints: bySni }];
    });
  });
}

/** Returns a label as subsets see it: in current also what topology says of an endpoint. */
const labelOf = ({ behaviour }: PushContext, endpoint: IstioEndpoint, key: string): string | undefined =>
  behaviour.labelsEndpointsByTopology ? topologyLabel(endpoint, key) : endpoint.labels[key];

/**
 * Auto mTLS does not speak it to a workload whose policy turns it off (pilot/pkg/xds/endpoint_builder.go,
 * MTLSChecker).
 */
function withPolicy(
  context: PushContext,
  { namespace }: MeshService,
  endpoint: IstioEndpoint,
): IstioEndpoint {
  if (context.config.peerAuthentications.length === 0 || endpoint.tlsMode === 'disabled') return endpoint;
  const mode = peerAuthenticationMode(context, { namespace, labels: endpoint.labels }, endpoint.port);
  return mode === 'DISABLE' ? { ...endpoint, tlsMode: 'disabled' } : endpoint;
}

/**
 * A DestinationRule that has a mode decides whether mTLS is spoken to the workloads that can, whatever
 * their policies say (pilot/pkg/xds/endpoints/mtls_checker.go @1.30.3).
 * @returns by the mode of the rule, for this port and subset
 */
function judge(context: PushContext, service: MeshService, endpoints: readonly IstioEndpoint[]) {
  let byPolicy: readonly IstioEndpoint[] | undefined;
  return (mode: string | undefined): readonly IstioEndpoint[] => {
    if (mode === 'ISTIO_MUTUAL') return endpoints;
    if (mode !== undefined) return endpoints.map(endpoint => ({ ...endpoint, tlsMode: 'disabled' }));
    byPolicy ??= endpoints.map(endpoint => withPolicy(context, service, endpoint));
    return byPolicy;
  };
}
