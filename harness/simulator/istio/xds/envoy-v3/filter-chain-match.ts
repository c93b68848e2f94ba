/** Which connections a chain is for, to listener.v3.FilterChainMatch and back. */

import type { ProtoMessage } from '../proto/encode-message.ts';
import type { Fields } from '../proto/fields.ts';
import { Refusal } from '../proto/refusal.ts';
import { uint32Of, wrapped } from '../proto/well-known.ts';
import type { FilterChainMatch } from '../resources.ts';
import { rangeOf, readRange } from './cidr-range.ts';

/** Returns listener.v3.FilterChainMatch. */
export const chainMatchOf = (match: FilterChainMatch): ProtoMessage => ({
  destination_port: match.destinationPort === undefined ? undefined : wrapped(match.destinationPort),
  prefix_ranges: match.prefixRanges?.map(rangeOf),
  transport_protocol: match.transportProtocol,
  application_protocols: match.applicationProtocols,
  server_names: match.serverNames,
});

/** Reads listener.v3.FilterChainMatch. @throws Refusal for other transports and what is said of the client */
export function readChainMatch(fields: Fields): FilterChainMatch {
  const destinationPort = fields.message('destination_port', uint32Of);
  const prefixRanges = fields.messages('prefix_ranges', readRange);
  const serverNames = fields.strings('server_names');
  const applicationProtocols = fields.strings('application_protocols');
  const transportProtocol = readTransport(fields);
  return {
    ...(destinationPort !== undefined && { destinationPort }),
    ...(prefixRanges.length > 0 && { prefixRanges }),
    ...(serverNames.length > 0 && { serverNames }),
    ...(transportProtocol && { transportProtocol }),
    ...(applicationProtocols.length > 0 && { applicationProtocols }),
  };
}

function readTransport(fields: Fields): FilterChainMatch['transportProtocol'] {
  const transport = fields.string('transport_protocol');
  switch (transport) {
    case '':
      return undefined;
    case 'tls':
    case 'raw_buffer':
      return transport;
    default:
      throw new Refusal(`${fields.type}: transport_protocol ${transport} is not simulated`);
  }
}
