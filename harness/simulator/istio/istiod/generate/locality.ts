/**
 * Locality load balancing: what of a service's endpoints a caller prefers
 * (pilot/pkg/networking/core/loadbalancer/loadbalancer.go @1.30.3;
 * pilot/pkg/networking/core/v1alpha3/loadbalancer/loadbalancer.go @1.8.0).
 */
import type { LbEndpoint } from '../../xds/resources.ts';
import type { CallerPlace } from '../mesh/caller-place.ts';
import type { FilteredEndpoint } from '../mesh/endpoint-filter.ts';
import type { PushContext } from '../mesh/push-context.ts';
import type { LoadBalancerSetting, LocalitySetting, TrafficBlocks } from '../model/traffic-policy.ts';

/** Endpoints of one locality. */
interface Group {
  readonly locality: string;
  readonly endpoints: readonly FilteredEndpoint[];
  priority: number;
  weight: number;
}

/** Finds the setting that holds: the rule's, or the mesh's; undefined if none does, or it is turned off. */
export function localitySettingOf(
  { state }: PushContext,
  loadBalancer: LoadBalancerSetting | undefined,
): LocalitySetting | undefined {
  const setting = loadBalancer?.locality ?? state.mesh.localityLbSetting;
  return setting?.isEnabled ? setting : undefined;
}

/**
 * Groups endpoints by locality, and orders or weighs the groups for a caller.
 * @param reach - the network filter, which is applied to each locality by itself
 */
export function placedEndpoints<T extends { readonly locality?: string }>(
  context: PushContext,
  { loadBalancer, outlier }: TrafficBlocks,
  place: CallerPlace,
  endpoints: readonly T[],
  reach: (endpoints: readonly T[]) => readonly FilteredEndpoint[],
): LbEndpoint[] {
  const localities = [...new Set(endpoints.map(({ locality = '' }) => locality))].sort();
  const groups = localities.map(locality =>
    groupOf(
      locality,
      reach(localities.length === 1 ? endpoints : endpoints.filter(it => (it.locality ?? '') === locality)),
    ),
  );
  const setting = localitySettingOf(context, loadBalancer);
  return ordered(groups, setting, place, outlier !== undefined).flatMap(lbEndpointsOf);
}

function lbEndpointsOf({ locality, priority, weight, endpoints }: Group): readonly LbEndpoint[] {
  const common = {
    ...(locality !== '' && { locality: wholeOf(locality) }),
    ...(priority > 0 && { priority }),
    ...(weight !== sumOf(endpoints) && { localityWeight: weight }),
  };
  return endpoints.map(({ origin: _, ...endpoint }) => ({ ...endpoint, ...common }));
}

const groupOf = (locality: string, endpoints: readonly FilteredEndpoint[], priority = 0): Group => ({
  locality,
  endpoints,
  priority,
  weight: sumOf(endpoints),
});

const sumOf = (endpoints: readonly FilteredEndpoint[]): number =>
  endpoints.reduce((sum, { weight }) => sum + weight, 0);
const partsOf = (locality: string): readonly [region: string, zone: string, subZone: string] => {
  const [region = '', zone = '', subZone = ''] = locality.split('/');
  return [region, zone, subZone];
};
const wholeOf = (locality: string): string => partsOf(locality).join('/');

/** ApplyLocalityLoadBalancer: shares, or an order, which takes outlier detection to be left. */
function ordered(
  groups: readonly Group[],
  setting: LocalitySetting | undefined,
  place: CallerPlace,
  isWatched: boolean,
): readonly Group[] {
  if (!setting) return groups;
  if (setting.distribute.length > 0) return distributed(groups, setting, place.locality);
  if (!isWatched) return groups;
  if (setting.failoverPriority.length === 0) return byLocality(groups, setting, place.locality);
  const byLabels = groups.flatMap(group => splitByLabels(group, setting.failoverPriority, place.labels));
  const dense = Object.keys(place.labels).length === 0 ? groups : withoutGaps(byLabels);
  return (setting.failover ?? []).length > 0 ? byLocality(dense, setting, place.locality) : dense;
}

/** applyLocalityWeights: the first entry for the caller's place counts, and who is not in it gets nothing. */
function distributed(
  groups: readonly Group[],
  { distribute }: LocalitySetting,
  own: string,
): readonly Group[] {
  const entry = distribute.find(({ from }) => matches(own, from));
  if (!entry) return groups;
  const taken = new Map<Group, number>();
  for (const [pattern, weight] of entry.to) {
    const found = groups.filter(group => !taken.has(group) && matches(group.locality, pattern));
    const total = found.reduce((sum, group) => sum + group.weight, 0);
    for (const group of found) taken.set(group, Math.ceil((group.weight * weight) / total) || group.weight);
  }
  return groups.flatMap(group => {
    const weight = taken.get(group);
    return weight === undefined ? [] : [{ ...group, weight }];
  });
}

/** util.LocalityMatch */
function matches(locality: string, pattern: string): boolean {
  const parts = partsOf(locality);
  const [region, zone, subZone] = partsOf(pattern);
  const isPart = (part: string, wanted: string) => wanted === '*' || wanted === '' || part === wanted;
  return (region === '*' || region === parts[0]) && isPart(parts[1], zone) && isPart(parts[2], subZone);
}

/** applyLocalityFailover: the caller's own zone, its region, the region that a setting names, the others. */
function byLocality(
  groups: readonly Group[],
  { failover = [] }: LocalitySetting,
  own: string,
): readonly Group[] {
  const [ownRegion] = partsOf(own);
  const rule = failover.find(({ from }) => from === ownRegion);
  return withoutGaps(
    groups.map(group => {
      const distance = distanceOf(own, group.locality);
      const isElsewhere = distance === 3 && rule !== undefined && partsOf(group.locality)[0] !== rule.to;
      return { ...group, priority: group.priority * 5 + (isElsewhere ? 4 : distance) };
    }),
  );
}

/** util.LbPriority */
function distanceOf(own: string, other: string): number {
  const [a, b] = [partsOf(own), partsOf(other)];
  const differs = a.findIndex((part, index) => part !== b[index]);
  return differs < 0 ? 0 : 3 - differs;
}

/** Numbers priorities from 0 on, without one that nobody has. */
function withoutGaps(groups: readonly Group[]): readonly Group[] {
  const used = [...new Set(groups.map(({ priority }) => priority))].sort((a, b) => a - b);
  return groups.map(group => ({ ...group, priority: used.indexOf(group.priority) }));
}

/** applyFailoverPriorityPerLocality: the more labels from the first on are equal, the earlier. */
function splitByLabels(
  { locality, endpoints }: Group,
  failoverPriority: readonly string[],
  own: Readonly<Record<string, string>>,
): Group[] {
  const wanted = failoverPriority.map(entry => {
    const [label = '', value] = entry.split('=');
    return { label, value: value ?? own[label] ?? '' };
  });
  const byPriority = new Map<number, FilteredEndpoint[]>();
  for (const endpoint of endpoints) {
    const priority = priorityOf(endpoint, wanted);
    byPriority.set(priority, [...(byPriority.get(priority) ?? []), endpoint]);
  }
  return [...byPriority]
    .sort(([a], [b]) => a - b)
    .map(([priority, some]) => groupOf(locality, some, priority));
}

/** Another network counts for more than all the other labels, where it is the first. */
function priorityOf(
  { origin }: FilteredEndpoint,
  wanted: readonly { readonly label: string; readonly value: string }[],
): number {
  let penalty = 0;
  for (const [index, { label, value }] of wanted.entries()) {
    if (value === (origin(label) ?? '')) continue;
    if (index > 0 || label !== 'topology.istio.io/network') return penalty + wanted.length - index;
    penalty = wanted.length;
  }
  return penalty;
}
