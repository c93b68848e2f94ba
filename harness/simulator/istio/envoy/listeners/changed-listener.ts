/** Which filter chains a new definition of a listener leaves. */
import { isDeepStrictEqual } from 'node:util';
import type { FilterChain, Listener } from '../../xds/resources.ts';

/**
 * Compares definitions as Envoy does: where they differ in chains alone, the equal ones go on, and their
 * connections with them; else the listener is a new one (source/common/listener_manager/listener_impl.cc,
 * ListenerMessageUtil::filterChainOnlyChange @v1.30).
 * @returns whether a connection's chain is gone; one that has none yet gets one of the new definition
 */
export function goneBy(before: Listener, after: Listener): (chain: FilterChain | undefined) => boolean {
  if (before === after) return () => false;
  if (!isDeepStrictEqual(withoutChains(before), withoutChains(after))) return () => true;
  const chains = [...after.filterChains, ...(after.defaultFilterChain ? [after.defaultFilterChain] : [])];
  return chain => chain !== undefined && !chains.some(each => isDeepStrictEqual(each, chain));
}

function withoutChains({ filterChains: _, defaultFilterChain: __, ...rest }: Listener) {
  return rest;
}
