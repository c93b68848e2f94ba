/** The debug pages about services, their endpoints, and the ways into networks. */
import type { IstioEndpoint, Protocol, RegistryService, ServicePort } from '../model/mesh-model.ts';
import type { DebugSources, Page } from './debug-page.ts';

/** pkg/config/protocol/instance.go @1.30.3 */
const PROTOCOLS: Readonly<Record<Protocol, string>> = {
  http: 'HTTP',
  http2: 'HTTP2',
  grpc: 'GRPC',
  https: 'HTTPS',
  tls: 'TLS',
  tcp: 'TCP',
  udp: 'UDP',
  unknown: 'UnsupportedProtocol',
};

/** Writes a port as istiod's pages do. */
export const portOf = ({ name, port, protocol }: ServicePort) => ({
  name,
  port,
  protocol: PROTOCOLS[protocol],
});

const addressMap = (entries: readonly (readonly [string, readonly string[]])[]) => ({
  Addresses: entries.length > 0 ? Object.fromEntries(entries) : null,
});
const orNull = <T extends object>(map: T | undefined): T | null =>
  map && Object.keys(map).length > 0 ? map : null;

/** pilot/pkg/model/service.go, Resolution @1.30.3 */
const CLIENT_SIDE_LB = 0;
const PASSTHROUGH = 2;
const ALIAS = 4;

/**
 * Writes a service of the mesh (pilot/pkg/model/service.go, Service @1.30.3). Unlike istiod's, without the
 * type, time and version of the Service, which the registry does not keep.
 */
export function serviceOf({ state, settings }: DebugSources, hostname: string): object | undefined {
  const service = state.service(hostname);
  if (!service) return undefined;
  const found = state.registries.flatMap(registry => {
    const own = registry.service(hostname);
    return own ? [{ clusterId: registry.clusterId, own }] : [];
  });
  const base = (found.find(({ clusterId }) => clusterId === settings.clusterId) ?? found[0])?.own;
  const each = (of: (own: RegistryService) => readonly string[]) =>
    found.flatMap(({ clusterId, own }) => (of(own).length > 0 ? [[clusterId, of(own)] as const] : []));
  return {
    Attributes: {
      ServiceRegistry: 'Kubernetes',
      Name: service.name,
      Namespace: service.namespace,
      Labels: orNull(base?.labels),
      ExportTo: null,
      Visibility: 0,
      LabelSelectors: orNull(base?.selector),
      Aliases: null,
      ClusterExternalAddresses: addressMap(each(own => own.externalAddresses)),
      ClusterExternalPorts: null,
      PassthroughTargetPorts: null,
      ExternalName: base?.externalName ?? '',
      NodeLocal: false,
      TrafficDistribution: 0,
      ObjectName: '',
      DNSConnectStrategy: 0,
      PublishNotReadyAddresses: false,
    },
    ports: service.ports.map(portOf),
    hostname,
    clusterVIPs: addressMap(
      each(own => [own.isHeadless || own.clusterIp === '' ? '0.0.0.0' : own.clusterIp]),
    ),
    defaultAddress: service.defaultClusterIp || '0.0.0.0',
    Resolution: service.isExternalName ? ALIAS : service.isHeadless ? PASSTHROUGH : CLIENT_SIDE_LB,
    MeshExternal: false,
  };
}

/** The services of the mesh. */
export const registry: Page = sources =>
  sources.state.services.map(({ hostname }) => serviceOf(sources, hostname));

/** Endpoints by hostname, namespace and cluster. */
export const shards: Page = sources => {
  const { state } = sources;
  return Object.fromEntries(
    [...state.shards().keys()].sort().map(hostname => {
      const byCluster = state.shards().get(hostname) ?? new Map<string, readonly IstioEndpoint[]>();
      const accounts = [...byCluster.values()].flatMap(each => each.map(({ identity }) => identity));
      const shardsOfHost = {
        Shards: Object.fromEntries(
          [...byCluster].map(([clusterId, endpoints]) => [
            `Kubernetes/${clusterId}`,
            endpoints.map(endpoint => endpointOf(sources, endpoint)),
          ]),
        ),
        ServiceAccounts: Object.fromEntries(
          accounts.filter(identity => identity !== '').map(identity => [identity, {}]),
        ),
      };
      return [hostname, { [hostname.split('.')[1] ?? '']: shardsOfHost }];
    }),
  );
};

/** pilot/pkg/model/service.go, IstioEndpoint @1.30.3; localities and weights are not simulated. */
function endpointOf({ state }: DebugSources, endpoint: IstioEndpoint) {
  const { clusterId, network } = endpoint;
  const pod = state.registry(clusterId)?.podAt(endpoint.address);
  const hash = pod?.labels['pod-template-hash'];
  return {
    Labels: {
      ...endpoint.labels,
      ...(pod && { 'kubernetes.io/hostname': pod.node }),
      'topology.istio.io/cluster': clusterId,
      ...(network !== '' && { 'topology.istio.io/network': network }),
    },
    Addresses: [endpoint.address],
    ServicePortName: endpoint.servicePortName,
    LegacyClusterPortKey: 0,
    ServiceAccount: endpoint.identity,
    Network: network,
    Locality: { Label: '', ClusterID: clusterId },
    EndpointPort: endpoint.port,
    LbWeight: 0,
    TLSMode: endpoint.tlsMode,
    Namespace: pod?.namespace ?? '',
    WorkloadName: hash === undefined ? (pod?.name ?? '') : (pod?.name.split(`-${hash}-`)[0] ?? ''),
    HostName: '',
    SubDomain: '',
    HealthStatus: 1,
    SendUnhealthyEndpoints: true,
    NodeName: pod?.node ?? '',
  };
}

/** 1.8: a list of services with their instances; `?brief` gives lines. */
export const serviceInstances: Page = ({ state }, query) => {
  const all = state.services.flatMap(({ hostname }) =>
    state.endpoints(hostname).map(endpoint => ({ hostname, endpoint })),
  );
  if (query.has('brief')) {
    return all
      .map(
        ({ hostname, endpoint: { servicePortName, address, port, labels, identity } }) =>
          `${hostname}:${servicePortName} ${address}:${port} ${JSON.stringify(labels)} ${identity}\n`,
      )
      .join('');
  }
  return state.services.map(({ hostname }) => ({ svc: hostname, ep: state.endpoints(hostname) }));
};

/** The clusters whose services istiod knows. */
export const clusters: Page = ({ settings, remotes }) => [
  { id: settings.clusterId, secretName: '', syncStatus: 'synced' },
  ...[...remotes.list()].map(({ id, secret, status }) => ({ id, secretName: secret, syncStatus: status })),
];

/** The ways into networks. */
export const networks: Page = ({ state }) =>
  state.gateways.all().map(({ network, clusterId, address, port }) => ({
    Network: network,
    Cluster: clusterId,
    Addr: address,
    Port: port,
    HBONEPort: 0,
    ServiceAccount: { Namespace: '', Name: '' },
  }));
