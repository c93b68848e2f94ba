/** TLS over a virtual socket, with its idle timer on the world's clock. */
import tls from 'node:tls';
import type { VirtualSocket } from './interfaces.ts';

/**
 * Opens TLS (`tls.connect`) over a socket of the virtual network. A `TLSSocket` inherits `setTimeout` from
 * `net.Socket`, where it is a timer of this machine; this one uses the virtual socket's.
 *
 * @param options - as for `tls.connect`; without a `servername` none is sent
 */
export function connectSecurely(socket: VirtualSocket, options: tls.ConnectionOptions): tls.TLSSocket {
  return withVirtualTimeout(tls.connect({ ...options, socket }), socket);
}

/** Gives a TLS socket, of either side, the idle timer of the virtual socket beneath it. */
export function withVirtualTimeout(secure: tls.TLSSocket, socket: VirtualSocket): tls.TLSSocket {
  socket.on('timeout', () => secure.emit('timeout'));
  secure.setTimeout = (ms, callback) => {
    socket.setTimeout(ms);
    if (callback) {
      if (ms > 0) secure.once('timeout', callback);
      else secure.off('timeout', callback);
    }
    return secure;
  };
  return secure;
}
