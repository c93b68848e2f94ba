/** Which filter chain of a listener serves a connection. */
import { contains, parseCidrOrAddress } from '../../../../base/ipv4.ts';
import type { FilterChain } from '../../xds/resources.ts';

/** The facts about a connection that choose its filter chain. */
export interface ConnectionTraits {
  readonly destinationPort: number;
  /** Where the client wanted to go, before any redirect. */
  readonly destinationAddress: string;
  readonly serverName: string | undefined;
  readonly transport: 'tls' | 'raw_buffer';
  readonly protocols: readonly string[];
}

/**
 * Narrows the chains criterion by criterion, and never steps back: a chain for this very port hides those for
 * any port, even if it fails a later criterion (envoyproxy/envoy source/server/filter_chain_manager_impl.cc,
 * findFilterChain, @v1.16.0).
 * @returns undefined if none matches: the connection is closed
 */
export function findFilterChain(
  chains: readonly FilterChain[],
  traits: ConnectionTraits,
): FilterChain | undefined {
  let left = narrow(
    chains,
    chain => chain.match?.destinationPort === traits.destinationPort,
    chain => chain.match?.destinationPort === undefined,
  );
  left = byAddress(left, traits.destinationAddress);
  left = byServerName(left, traits.serverName);
  left = narrow(
    left,
    chain => chain.match?.transportProtocol === traits.transport,
    chain => chain.match?.transportProtocol === undefined,
  );
  left = narrow(
    left,
    chain =>
      chain.match?.applicationProtocols?.some(protocol => traits.protocols.includes(protocol)) ?? false,
    chain => isEmpty(chain.match?.applicationProtocols),
  );
  return left[0];
}

function narrow(
  chains: readonly FilterChain[],
  exact: (chain: FilterChain) => boolean,
  any: (chain: FilterChain) => boolean,
): readonly FilterChain[] {
  return chains.some(exact) ? chains.filter(exact) : all(chains, any);
}

/** Returns the chains that pass: mostly all of them, which then stay one list. */
const all = (
  chains: readonly FilterChain[],
  passes: (chain: FilterChain) => boolean,
): readonly FilterChain[] => (chains.every(passes) ? chains : chains.filter(passes));

/** Chooses the chains of the smallest range that the address lies in, else those without ranges. */
function byAddress(chains: readonly FilterChain[], address: string): readonly FilterChain[] {
  // Nearly no listener asks for addresses.
  if (chains.every(({ match }) => isEmpty(match?.prefixRanges))) return chains;
  const closest = (chain: FilterChain): number =>
    Math.max(
      -1,
      ...(chain.match?.prefixRanges ?? []).map(range => {
        const span = parseCidrOrAddress(range);
        return span && contains(span, address) ? span.prefix : -1;
      }),
    );
  const longest = Math.max(...chains.map(closest));
  return longest < 0
    ? chains.filter(({ match }) => isEmpty(match?.prefixRanges))
    : chains.filter(chain => closest(chain) === longest);
}

/**
 * Chooses the chains of a server name: those with the exact name, else with `*.b.c` before `*.c`, else those
 * without names.
 */
function byServerName(chains: readonly FilterChain[], name: string | undefined): readonly FilterChain[] {
  if (name !== undefined && name !== '') {
    const exactly = chains.filter(chain => chain.match?.serverNames?.includes(name));
    if (exactly.length > 0) return exactly;
    for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      const wildcard = `*${name.slice(dot)}`;
      const matching = chains.filter(chain => chain.match?.serverNames?.includes(wildcard));
      if (matching.length > 0) return matching;
    }
  }
  return all(
    chains,
    ({ match }) => isEmpty(match?.serverNames) || match?.serverNames?.includes('*') === true,
  );
}

const isEmpty = (list: readonly unknown[] | undefined): boolean => list === undefined || list.length === 0;
