/**
 * Finds the network of an endpoint, and the gateways that lead into a network (docs/reference/istio.md I4,
 * I7).
 */
import { isIPv4 } from 'node:net';
import type { IstioBehaviour } from '../../behaviour.ts';
import { cidrContains, type MeshConfig } from './mesh-config.ts';
import { NETWORK_LABEL, type NetworkGateway, type RegistryService } from './mesh-model.ts';

/** All that may tell an endpoint's network. */
export interface NetworkFacts {
  readonly address: string;
  readonly clusterId: string;
  readonly podLabel: string | undefined;
  /** The label of the cluster's namespace istio-system. */
  readonly namespaceLabel: string;
}

/** @returns the empty string if nothing tells */
export function networkOf(behaviour: IstioBehaviour, mesh: MeshConfig, facts: NetworkFacts): string {
  for (const source of behaviour.networkPrecedence) {
    const network = networkFrom(source, mesh, facts);
    if (network) return network;
  }
  return '';
}

function networkFrom(
  source: IstioBehaviour['networkPrecedence'][number],
  mesh: MeshConfig,
  { address, clusterId, podLabel, namespaceLabel }: NetworkFacts,
): string | undefined {
  switch (source) {
    case 'podLabel':
      return podLabel;
    case 'namespaceLabel':
      return namespaceLabel;
    case 'fromRegistry':
      return find(mesh, ({ fromRegistry }) => fromRegistry.includes(clusterId));
    case 'fromCidr':
      return find(mesh, ({ fromCidr }) => fromCidr.some(cidr => cidrContains(cidr, address)));
  }
}

function find(
  mesh: MeshConfig,
  matches: (network: { fromRegistry: readonly string[]; fromCidr: readonly string[] }) => boolean,
): string | undefined {
  for (const [name, network] of mesh.networks) if (matches(network)) return name;
  return undefined;
}

/** The part of a registry that gateway discovery needs. */
export interface GatewaySource {
  readonly clusterId: string;
  /** Lists the Services with the network label. */
  labelledServices(): Iterable<RegistryService>;
  service(hostname: string): RegistryService | undefined;
  externalAddressesOf(service: RegistryService): readonly string[];
}

const DEFAULT_GATEWAY_PORT = 15443;

/** pilot/pkg/serviceregistry/kube/controller/network.go, of one cluster's labelled Services. */
function labelledGateways(behaviour: IstioBehaviour, source: GatewaySource): NetworkGateway[] {
  const gateways: NetworkGateway[] = [];
  for (const service of source.labelledServices()) {
    const network = service.labels[NETWORK_LABEL] ?? '';
    const port = Number(service.labels['networking.istio.io/gatewayPort'] ?? DEFAULT_GATEWAY_PORT);
    const isExposed = service.ports.some(exposed => exposed.port === port);
    if (network === '' || (behaviour.gatewayServiceMustExposePort && !isExposed)) continue;
    const reached = service.onNodes?.ports[port] ?? port;
    for (const address of source.externalAddressesOf(service))
      gateways.push({ network, clusterId: source.clusterId, address, port: reached });
  }
  return gateways;
}

/**
 * Gateways that the mesh's configuration names, by address or by a Service of the clusters on that network.
 */
function configuredGateways(mesh: MeshConfig, sources: readonly GatewaySource[]): NetworkGateway[] {
  const gateways: NetworkGateway[] = [];
  for (const [network, { fromRegistry, gateways: configured }] of mesh.networks) {
    for (const { registryServiceName, address, port } of configured) {
      if (address !== undefined) gateways.push({ network, clusterId: '', address, port });
      if (registryServiceName === undefined) continue;
      // A Service that does not exist is passed over in silence.
      for (const source of sources.filter(({ clusterId }) => fromRegistry.includes(clusterId))) {
        const service = source.service(registryServiceName);
        if (!service) continue;
        const { clusterId } = source;
        const reached = service.onNodes?.ports[port] ?? port;
        for (const external of source.externalAddressesOf(service))
          gateways.push({ network, clusterId, address: external, port: reached });
      }
    }
  }
  return gateways;
}

/** The known ways into each network. */
export class NetworkGateways {
  readonly #byNetwork = new Map<string, NetworkGateway[]>();
  /** Tells whether two sets are the same. */
  readonly fingerprint: string;

  constructor(gateways: readonly NetworkGateway[]) {
    for (const gateway of gateways) {
      const known = this.#byNetwork.get(gateway.network);
      if (known) known.push(gateway);
      else this.#byNetwork.set(gateway.network, [gateway]);
    }
    this.fingerprint = JSON.stringify(gateways);
  }

  get isEmpty(): boolean {
    return this.#byNetwork.size === 0;
  }

  of(network: string): readonly NetworkGateway[] {
    return this.#byNetwork.get(network) ?? [];
  }

  all(): readonly NetworkGateway[] {
    return [...this.#byNetwork.values()].flat();
  }

  /** Counts the gateways of each network. */
  counts(): number[] {
    return [...this.#byNetwork.values()].map(({ length }) => length);
  }
}

/**
 * Gateways of all clusters. Labels win over the mesh's configuration, network by network.
 * @param resolved - addresses of gateways known by host name; only used where the release resolves them
 */
export function discoverGateways(
  behaviour: IstioBehaviour,
  mesh: MeshConfig,
  sources: readonly GatewaySource[],
  resolved: ReadonlyMap<string, readonly string[]> = new Map(),
): NetworkGateways {
  const labelled = sources.flatMap(source => labelledGateways(behaviour, source));
  const known = new Set(labelled.map(({ network }) => network));
  const configured = configuredGateways(mesh, sources).filter(({ network }) => !known.has(network));
  const all = [...labelled, ...configured].flatMap(gateway =>
    isIPv4(gateway.address) || !behaviour.resolvesHostnameGateways
      ? [gateway]
      : (resolved.get(gateway.address) ?? []).map(address => ({ ...gateway, address })),
  );
  const unique = new Map(all.map(gateway => [JSON.stringify(gateway), gateway]));
  // Keys of this very map.
  return new NetworkGateways([...unique.keys()].sort().map(key => unique.get(key) as NetworkGateway));
}
