/** Ranges of addresses, `10.0.0.0/8`, to core.v3.CidrRange and back. */
import type { ProtoMessage } from '../proto/encode-message.ts';
import type { Fields } from '../proto/fields.ts';
import { uint32Of, wrapped } from '../proto/well-known.ts';

/** Returns core.v3.CidrRange; a bare address is a range of one. */
export function rangeOf(range: string): ProtoMessage {
  const [address = '', length = '32'] = range.split('/');
  return { address_prefix: address, prefix_len: wrapped(Number(length)) };
}

/** Reads core.v3.CidrRange. */
export const readRange = (fields: Fields): string =>
  `${fields.string('address_prefix')}/${fields.message('prefix_len', uint32Of) ?? 0}`;
