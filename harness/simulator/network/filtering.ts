/** Asks the packet filters of both ends about a new connection or datagram. */
import type { Host } from './host.ts';
import type { PacketFilter } from './interfaces.ts';
import type { Route, Tracked } from './route.ts';
import type { Routing } from './routing.ts';
import type { Protocol } from './segments.ts';

/** A packet that has been routed. */
interface RoutedPacket {
  readonly from: Host;
  readonly protocol: Protocol;
  readonly route: Route;
  readonly tracked: Tracked;
}

/** Returns the filter that a host is behind: that of its cluster, for a pod. */
function filterOf({ clusters }: Routing, { placement }: Host): PacketFilter | undefined {
  if (placement.kind !== 'pod' || placement.cluster === undefined) return undefined;
  return clusters.get(placement.cluster)?.filter;
}

/** Tells whether a filter lets a packet vanish: the sender's, or that of the pod where it would arrive. */
export function isFiltered(routing: Routing, { from, protocol, route, tracked }: RoutedPacket): boolean {
  const target = route.kind === 'arrives' ? route.host : undefined;
  if (target === from) return false;
  const egress = filterOf(routing, from);
  const { sentTo } = tracked;
  if (egress && sentTo && sentTo.address !== from.placement.nodeAddress) {
    if (!egress.passesEgress({ protocol, to: sentTo, from: from.address })) return true;
  }
  const ingress = target && filterOf(routing, target);
  if (!ingress || route.kind !== 'arrives' || route.source === target.placement.nodeAddress) return false;
  return !ingress.passesIngress({ protocol, to: route.originalDestination, from: route.source });
}
