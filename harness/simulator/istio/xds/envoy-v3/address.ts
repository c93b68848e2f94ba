/** core.v3.Address: an IP address with a TCP port. */

import type { ProtoMessage } from '../proto/encode-message.ts';
import type { Fields } from '../proto/fields.ts';
import { Refusal } from '../proto/refusal.ts';

/** Returns core.v3.Address. */
export const addressOf = (address: string, port: number): ProtoMessage => ({
  socket_address: { address, port_value: port },
});

/** Reads core.v3.Address. @throws Refusal for pipes, internal listeners, UDP and ports by name */
export function readAddress(fields: Fields): { readonly address: string; readonly port: number } {
  const found = fields.message('socket_address', readSocketAddress);
  if (!found) throw new Refusal(`${fields.type}: only socket_address is simulated`);
  return found;
}

/** Reads core.v3.SocketAddress. @throws Refusal for UDP and ports by name */
function readSocketAddress(socket: Fields): { readonly address: string; readonly port: number } {
  if (socket.number('protocol') !== 0) throw new Refusal(`${socket.type}: only TCP is simulated`);
  return { address: socket.string('address'), port: socket.number('port_value') };
}
