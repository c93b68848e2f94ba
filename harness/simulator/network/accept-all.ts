/** The connections of a listening port, which go when the port is closed. */
import type { NetworkNamespace, VirtualSocket } from './interfaces.ts';

/**
 * Listens on a port of the virtual network.
 * @param onSocket - gets each connection; its errors are heard, its close is enough
 * @param address - one of the host's; all by default
 * @returns a function that closes the port and all of its connections
 * @throws Error with code EADDRINUSE
 */
export function acceptAll(
  network: NetworkNamespace,
  port: number,
  onSocket: (socket: VirtualSocket) => void,
  address?: string,
): () => void {
  const sockets = new Set<VirtualSocket>();
  const listener = network.listen(
    port,
    socket => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => sockets.delete(socket));
      onSocket(socket);
    },
    address,
  );
  return () => {
    listener.close();
    for (const socket of sockets) socket.destroy();
  };
}
