/**
 * For how many pods the gateways of a network stand where its pods are in several places.
 *
 * istiod lists a gateway once for each region and zone behind it, with the weight of the pods there. Envoy
 * keeps the first of hosts with one address, and that weight (envoyproxy/envoy
 * source/extensions/clusters/eds/eds.cc @v1.36; source/common/upstream/upstream_impl.cc @v1.16.0,
 * updateDynamicHostList). Pure.
 */
import type { ClusterSpec } from '../model/topology.ts';

/**
 * Finds for how many of their pods the gateways of clusters on one network may stand, seen from another.
 * @param clusters - those with HelloWorld
 * @returns the fewest: all pods, if they are in one place for sure; 1, if nobody knows on which nodes they
 *   are
 */
export function fewestCounted(clusters: readonly ClusterSpec[]): number {
  const places = clusters.map(placesOf);
  const [first = ''] = places.flat().sort();
  if (places.some(({ length }) => length > 1)) return podsOf(clusters) > 1 ? 1 : podsOf(clusters);
  return podsOf(clusters.filter((_, index) => places[index]?.[0] === first));
}

/** Returns the regions and zones of a cluster's nodes, as istiod writes them. */
function placesOf({ region = '', zones = [], nodes }: ClusterSpec): readonly string[] {
  const used = [...new Set(zones.slice(0, nodes))];
  if (used.length === 0) return [region === '' ? '' : `${region}//`];
  return used.map(zone => `${region}/${zone}/`);
}

const podsOf = (clusters: readonly ClusterSpec[]): number =>
  clusters.reduce((sum, { helloWorld }) => sum + helloWorld.length, 0);
