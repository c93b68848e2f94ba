/** LDS: a listener to envoy.config.listener.v3.Listener and back. */

import { encodeMessage, type ProtoMessage } from '../proto/encode-message.ts';
import { Fields } from '../proto/fields.ts';
import { type OnNote, Refusal } from '../proto/refusal.ts';
import { booleanOf, emptyAny, wrapped } from '../proto/well-known.ts';
import type { FilterChain, Listener } from '../resources.ts';
import { addressOf, readAddress } from './address.ts';
import { extensionOf, noImplementation } from './extensions.ts';
import { chainMatchOf, readChainMatch } from './filter-chain-match.ts';
import { HARMLESS } from './harmless.ts';
import { filtersOf, readFilters } from './network-filter.ts';
import { downstreamSocketOf, readDownstreamSocket } from './transport-socket.ts';
import { TYPES } from './type-names.ts';

/** Returns the bytes of envoy.config.listener.v3.Listener. */
export function encodeListener(listener: Listener): Uint8Array {
  const { name, address, port, bindToPort, useOriginalDst, filterChains, defaultFilterChain } = listener;
  return encodeMessage(TYPES.listener, {
    name,
    address: addressOf(address, port),
    filter_chains: filterChains.map(chainOf),
    default_filter_chain: defaultFilterChain && chainOf(defaultFilterChain),
    use_original_dst: useOriginalDst === undefined ? undefined : wrapped(useOriginalDst),
    listener_filters: listenerFiltersOf(listener),
    bind_to_port: bindToPort ? undefined : wrapped(false),
  });
}

/**
 * With use_original_dst Envoy adds the filter of that name by itself; to match by port, a listener that takes
 * redirected connections must have it (pilot/pkg/networking/core/listener_builder.go @1.30.3).
 */
function listenerFiltersOf({
  useOriginalDst,
  tlsInspector,
  httpInspector,
  filterChains,
}: Listener): ProtoMessage[] {
  const matchesPort = filterChains.some(({ match }) => match?.destinationPort !== undefined);
  const filters: ProtoMessage[] = [];
  if (matchesPort && !useOriginalDst)
    filters.push({ name: 'envoy.filters.listener.original_dst', typed_config: emptyAny(TYPES.originalDst) });
  if (tlsInspector)
    filters.push({
      name: 'envoy.filters.listener.tls_inspector',
      typed_config: emptyAny(TYPES.tlsInspector),
    });
  if (httpInspector)
    filters.push({
      name: 'envoy.filters.listener.http_inspector',
      typed_config: emptyAny(TYPES.httpInspector),
    });
  return filters;
}

const chainOf = ({ name, match, downstreamTls, filter }: FilterChain): ProtoMessage => ({
  filter_chain_match: match && chainMatchOf(match),
  filters: filtersOf(filter),
  transport_socket: downstreamTls && downstreamSocketOf(downstreamTls),
  name,
});

/**
 * Reads a listener.
 * @throws Refusal, in one line, for what the simulated Envoy cannot execute
 */
export const decodeListener = (bytes: Uint8Array, onNote: OnNote = () => {}): Listener =>
  Fields.read(TYPES.listener, bytes, { harmless: HARMLESS, onNote }, readListener);

function readListener(fields: Fields): Listener {
  const name = fields.string('name');
  const address = fields.message('address', readAddress);
  if (!address) throw new Refusal(`error adding listener named '${name}': address is necessary`);
  const filters = fields.messages('listener_filters', readListenerFilter);
  const useOriginalDst = fields.message('use_original_dst', booleanOf);
  const deprecated = fields.message('deprecated_v1', v1 => v1.message('bind_to_port', booleanOf));
  const defaultFilterChain = fields.message('default_filter_chain', readChain);
  const bindToPort = fields.message('bind_to_port', booleanOf) ?? deprecated ?? true;
  return {
    name,
    ...address,
    bindToPort,
    ...(useOriginalDst !== undefined && { useOriginalDst }),
    ...(filters.includes(TYPES.tlsInspector) && { tlsInspector: true }),
    ...(filters.includes(TYPES.httpInspector) && { httpInspector: true }),
    filterChains: fields.messages('filter_chains', readChain),
    ...(defaultFilterChain && { defaultFilterChain }),
  };
}

/** Listener filters that the simulated Envoy executes. */
const EXECUTED: ReadonlySet<string> = new Set([TYPES.originalDst, TYPES.tlsInspector, TYPES.httpInspector]);

/** @returns the type of what is executed */
function readListenerFilter(fields: Fields): string | undefined {
  const extension = extensionOf(fields);
  if (!extension) return undefined;
  const { type, value } = extension.packed;
  if (!EXECUTED.has(type)) return noImplementation(extension);
  Fields.read(type, value, fields.reading, () => {});
  return type;
}

function readChain(fields: Fields): FilterChain {
  const match = fields.message('filter_chain_match', readChainMatch);
  const downstreamTls = fields.message('transport_socket', readDownstreamSocket);
  const name = fields.string('name');
  return {
    ...(name !== '' && { name }),
    ...(match && { match }),
    ...(downstreamTls && { downstreamTls }),
    filter: readFilters(fields),
  };
}
