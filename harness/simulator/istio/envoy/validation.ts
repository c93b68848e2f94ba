/** Envoy's own checks: the reasons for which it refuses a push. */
import { isIPv4 } from 'node:net';
import type { Cluster, ClusterLoadAssignment, FilterChain, Listener } from '../xds/resources.ts';
import type { RouteConfiguration } from '../xds/routes.ts';
import { duplicateDomain } from './http/route-match.ts';
import { isByName } from './upstream/dns-hosts.ts';

const LB_POLICIES: readonly string[] = [
  'ROUND_ROBIN',
  'LEAST_REQUEST',
  'RANDOM',
  'RING_HASH',
  'MAGLEV',
  'CLUSTER_PROVIDED',
];

/** Finds the fault of a cluster; undefined if it has none. */
export function faultOfCluster(cluster: Cluster): string | undefined {
  if (!cluster.name) return 'Cluster.Name: value length must be at least 1 characters';
  if (!['EDS', 'STATIC', 'ORIGINAL_DST', 'STRICT_DNS', 'LOGICAL_DNS'].includes(cluster.type))
    return `cluster '${cluster.name}': unknown discovery type ${cluster.type}`;
  if (!LB_POLICIES.includes(cluster.lbPolicy))
    return `cluster '${cluster.name}': unknown LB policy ${cluster.lbPolicy}`;
  if (cluster.type === 'ORIGINAL_DST' && cluster.lbPolicy !== 'CLUSTER_PROVIDED')
    return `cluster: LB policy ${cluster.lbPolicy} is not valid for Cluster type ORIGINAL_DST. Only 'CLUSTER_PROVIDED' is allowed with cluster type 'ORIGINAL_DST'`;
  if (!(cluster.connectTimeoutMs > 0)) return `Cluster.ConnectTimeout: value must be greater than 0s`;
  const endpoints = cluster.loadAssignment?.endpoints ?? [];
  if (cluster.type === 'LOGICAL_DNS' && endpoints.length !== 1)
    return `LOGICAL_DNS clusters must have a single locality_lb_endpoint and a single lb_endpoint`;
  if (isByName(cluster)) return undefined;
  return cluster.loadAssignment && faultOfAssignment(cluster.loadAssignment);
}

/** Returns why Envoy refuses endpoints; undefined if it takes them. */
export function faultOfAssignment({ clusterName, endpoints }: ClusterLoadAssignment): string | undefined {
  for (const { address, port, weight } of endpoints) {
    if (!isIPv4(address)) return `malformed IP address: ${address}`;
    if (!(port > 0 && port < 65536))
      return `${clusterName}: SocketAddress.PortValue: value must be less than or equal to 65535`;
    if (!(weight >= 1))
      return `${clusterName}: LbEndpoint.LoadBalancingWeight: value must be greater than or equal to 1`;
  }
  return undefined;
}

/** Returns why Envoy refuses a listener; undefined if it takes it. */
export function faultOfListener(listener: Listener): string | undefined {
  if (!isIPv4(listener.address)) return `malformed IP address: ${listener.address}`;
  const adding = `error adding listener '${listener.address}:${listener.port}'`;
  const rules = 'matching rules are defined';
  if (listener.filterChains.length === 0) return `${adding}: no filter chains specified`;
  const seen = new Set<string>();
  for (const chain of listener.filterChains) {
    const { filter } = chain;
    if (!['http_connection_manager', 'tcp_proxy', 'sni_cluster_tcp_proxy'].includes(filter.type))
      return `Didn't find a registered implementation for name: '${filter.type}'`;
    if (
      filter.type === 'http_connection_manager' &&
      (filter.rds === undefined) === (filter.routeConfig === undefined)
    )
      return `${adding}: route_specifier is required`;
    const match = JSON.stringify(chain.match ?? {});
    if (seen.has(match)) return `${adding}: multiple filter chains with the same ${rules}`;
    seen.add(match);
  }
  return overlaps(listener.filterChains)
    ? `${adding}: multiple filter chains with overlapping ${rules}`
    : undefined;
}

/**
 * Tells whether two chains are for the same connections in a part of what they list
 * (source/common/listener_manager/filter_chain_manager_impl.cc @v1.30, addFilterChainForSourceIPs).
 */
function overlaps(chains: readonly FilterChain[]): boolean {
  const seen = new Set<string>();
  for (const { match = {} } of chains) {
    const { destinationPort, prefixRanges, serverNames, transportProtocol, applicationProtocols } = match;
    for (const range of each(prefixRanges))
      for (const name of each(serverNames))
        for (const protocol of each(applicationProtocols)) {
          const one = [destinationPort, range, name, transportProtocol, protocol].join(' ');
          if (seen.has(one)) return true;
          seen.add(one);
        }
  }
  return false;
}

const each = (list: readonly string[] = []): readonly string[] => (list.length > 0 ? list : ['']);

/** Returns why Envoy refuses routes; undefined if it takes them. */
export function faultOfRoutes(routes: RouteConfiguration): string | undefined {
  const domain = duplicateDomain(routes);
  return domain === undefined
    ? undefined
    : `Only unique values for domains are permitted. Duplicate entry of domain ${domain}`;
}

/** Finds the first name that occurs twice. */
export function duplicateName(names: readonly string[]): string | undefined {
  return names.find((name, index) => names.indexOf(name) !== index);
}
