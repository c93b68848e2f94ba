/**
 * EndpointsByNetworkFilter: puts gateways in place of endpoints on other networks (docs/reference/istio.md
 * I7).
 */
import { isIPv4 } from 'node:net';
import type { IstioBehaviour } from '../../behaviour.ts';
import type { LbEndpoint } from '../../xds/resources.ts';
import { type IstioEndpoint, topologyLabel } from '../model/mesh-model.ts';
import type { NetworkGateways } from '../model/network-of.ts';

/**
 * Who asks: what a proxy's place in the networks makes of endpoints. Proxies with equal views share the
 * answer.
 */
export interface EndpointView {
  /** Empty if the proxy has no network. */
  readonly network: string;
  /** The networks whose endpoints it wants to see; empty: all. */
  readonly requestedNetworks: readonly string[];
}

/** What a proxy dials, and the labels of what is behind it. */
export interface FilteredEndpoint extends LbEndpoint {
  readonly origin: (label: string) => string | undefined;
}

const direct = (
  endpoint: IstioEndpoint,
  scale: number,
  weight = endpoint.weight ?? 1,
): readonly FilteredEndpoint[] => {
  const { address, port, tlsMode } = endpoint;
  const origin = (label: string) => topologyLabel(endpoint, label);
  // Without an address only the gateways of its network lead there.
  return address === '' ? [] : [{ address, port, weight: weight * scale, tlsMode, origin }];
};

/** Gateways have labels of their network and cluster only (ep_filters.go @1.30.3). */
const originOf =
  (network: string, clusterId: string): FilteredEndpoint['origin'] =>
  label =>
    topologyLabel({ labels: {}, network, clusterId }, label);

/**
 * Returns what a proxy of this view dials: reachable endpoints, and gateways for the others, weighted by
 * how many endpoints each stands for.
 */
export function filterByNetwork(
  behaviour: IstioBehaviour,
  gateways: NetworkGateways,
  view: EndpointView,
  endpoints: readonly IstioEndpoint[],
): FilteredEndpoint[] {
  if (behaviour.endpointFilter === 'least-common-multiple') return filterOfCurrent(gateways, view, endpoints);
  // Without any known gateway the filter of 1.8 is not applied at all.
  if (gateways.isEmpty) return endpoints.flatMap(endpoint => direct(endpoint, 1));
  return filterOf18(gateways, view, endpoints);
}

/** Weights of their own, as WorkloadEntries have, do not count: pilot/pkg/xds/ep_filters.go @1.8.0. */
function filterOf18(
  gateways: NetworkGateways,
  view: EndpointView,
  endpoints: readonly IstioEndpoint[],
): FilteredEndpoint[] {
  const multiples = gateways.counts().reduce((product, count) => product * count, 1);
  const result: FilteredEndpoint[] = [];
  const remote = new Map<string, number>();
  for (const endpoint of endpoints) {
    const { network } = endpoint;
    const isLocal = network === view.network || network === '' || view.network === '';
    // A network without a known gateway is taken for reachable, before the proxy's view is even looked at
    // (I4).
    if (isLocal || gateways.of(network).length === 0) {
      result.push(...direct(endpoint, multiples, 1));
      continue;
    }
    if (view.requestedNetworks.length > 0 && !view.requestedNetworks.includes(network)) continue;
    if (endpoint.tlsMode === 'disabled') continue;
    remote.set(network, (remote.get(network) ?? 0) + 1);
  }
  for (const [network, count] of remote) {
    const ways = gateways.of(network);
    for (const { address, port, clusterId } of ways) {
      if (!isIPv4(address)) continue;
      const origin = originOf(network, clusterId);
      result.push({ address, port, weight: count * (multiples / ways.length), tlsMode: 'istio', origin });
    }
  }
  return result;
}

/** pilot/pkg/xds/endpoints/ep_filters.go @1.30.3 */
function filterOfCurrent(
  gateways: NetworkGateways,
  view: EndpointView,
  endpoints: readonly IstioEndpoint[],
): FilteredEndpoint[] {
  const byCluster = new Map<string, number>();
  for (const { network, clusterId } of gateways.all()) {
    const key = `${network}/${clusterId}`;
    byCluster.set(key, (byCluster.get(key) ?? 0) + 1);
  }
  const scale = [...gateways.counts(), ...byCluster.values()].reduce(leastCommonMultiple, 1);
  const result: FilteredEndpoint[] = [];
  const weights = new Map<string, FilteredEndpoint & { weight: number }>();
  for (const endpoint of endpoints) {
    const { network, clusterId } = endpoint;
    if (view.requestedNetworks.length > 0 && network !== '' && !view.requestedNetworks.includes(network))
      continue;
    const ofNetwork = gateways.of(network);
    const ofCluster = ofNetwork.filter(gateway => gateway.clusterId === clusterId);
    const ways = ofCluster.length > 0 ? ofCluster : ofNetwork;
    // A proxy without a network does not count as being on the endpoint's: it takes the gateway if there is
    // one.
    if (network === view.network || network === '' || ways.length === 0) {
      result.push(...direct(endpoint, scale));
      continue;
    }
    if (endpoint.tlsMode === 'disabled') continue;
    for (const { address, port, clusterId: gatewayCluster } of ways) {
      const key = `${address}:${port}`;
      const origin = originOf(network, gatewayCluster);
      const entry = weights.get(key) ?? { address, port, weight: 0, tlsMode: 'istio', origin };
      entry.weight += ((endpoint.weight ?? 1) * scale) / ways.length;
      weights.set(key, entry);
    }
  }
  for (const key of [...weights.keys()].sort()) {
    const entry = weights.get(key);
    if (entry) result.push(entry);
  }
  return result;
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return (a / x) * b;
}
