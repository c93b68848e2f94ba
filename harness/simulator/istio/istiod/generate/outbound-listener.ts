/** A listener of a sidecar for the connections of its application, made of its filter chains. */
import type { FilterChain, Listener } from '../../xds/resources.ts';
import { outboundModeOf, type PushContext } from '../mesh/push-context.ts';
import { BLACK_HOLE, PASSTHROUGH } from './names.ts';
import { tcpProxy } from './tcp-proxy-filter.ts';

/** Where a listener is, and whose connections it gets. */
export type Place = Pick<Listener, 'name' | 'address' | 'port' | 'bindToPort'>;

/** The listener for what goes to an address, or to any at a port. */
export const placeOf = (address: string, port: number): Place => ({
  name: `${address}_${port}`,
  address,
  port,
  bindToPort: false,
});

/** The cluster for what the mesh does not know. */
export const restOf = (context: PushContext): string =>
  outboundModeOf(context) === 'ALLOW_ANY' ? PASSTHROUGH : BLACK_HOLE;

/**
 * Makes the listener. What no chain is for goes where all goes that the mesh does not know
 * (pilot/pkg/networking/core/listener.go @1.31, buildListenerFromEntry; @1.8.0 buildListener and
 * appendListenerFallthroughRouteForCompleteListener).
 */
export function outboundListener(
  context: PushContext,
  place: Place,
  chains: readonly FilterChain[],
): Listener {
  const forSome = chains.filter(({ match }) => match);
  const [forAll] = chains.filter(({ match }) => !match);
  const movesLast = context.behaviour.streams.catchAllIsDefault && forSome.length > 0;
  const rest = { name: 'PassthroughFilterChain', filter: tcpProxy(restOf(context)) };
  return {
    ...place,
    ...(forSome.some(({ match }) => match?.serverNames) && { tlsInspector: true }),
    ...(forSome.some(({ match }) => match?.applicationProtocols) && { httpInspector: true }),
    filterChains: movesLast ? forSome : chains,
    ...(!forAll && { defaultFilterChain: rest }),
    ...(forAll && movesLast && { defaultFilterChain: forAll }),
  };
}

/** Adds chains behind others; of two for the same connections the first counts (mergeTCPFilterChains). */
export function mergedChains(
  before: readonly FilterChain[],
  after: readonly FilterChain[],
): readonly FilterChain[] {
  if (before.length === 0) return after;
  const known = new Set(before.map(keyOf));
  return [...before, ...after.filter(chain => !known.has(keyOf(chain)))];
}

const keyOf = ({ match }: FilterChain): string => JSON.stringify(match ?? {});
