/** Which filter chains a new definition of a listener leaves. */
import { isDeepStrictEqual } from 'node:util';
import type { FilterChain, Listener } from '../../xds/resources.ts';

/** What of a listener is gone. */
export interface GoneChains {
  /** The listener itself, and not some of its chains. */
  readonly isWhole: boolean;
  /** Whether a connection's chain is gone; one that has none yet gets one of the new definition. */
  readonly isGone: (chain: FilterChain | undefined) => boolean;
}

/** All of it. */
export const WHOLE_LISTENER: GoneChains = { isWhole: true, isGone: () => true };

/**
 * Compares definitions as Envoy does: where they differ in chains alone, the equal ones go on, and their
 * connections with them; else the listener is a new one (source/common/listener_manager/listener_impl.cc,
 * ListenerMessageUtil::filterChainOnlyChange @v1.30).
 */
export function goneBy(before: Listener, after: Listener): GoneChains {
  if (before === after) return { isWhole: false, isGone: () => false };
  if (!isDeepStrictEqual(withoutChains(before), withoutChains(after))) return WHOLE_LISTENER;
  const chains = [...after.filterChains, ...(after.defaultFilterChain ? [after.defaultFilterChain] : [])];
  return {
    isWhole: false,
    isGone: chain => chain !== undefined && !chains.some(each => isDeepStrictEqual(each, chain)),
  };
}

function withoutChains({ filterChains: _, defaultFilterChain: __, ...rest }: Listener) {
  return rest;
}
