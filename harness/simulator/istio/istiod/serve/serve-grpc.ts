/** gRPC ports of istiod's pod, with and without TLS. */
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { GrpcListener } from '../../../../base/grpc/listener.ts';
import type { GrpcServer } from '../../../../base/grpc/server.ts';
import type { NetworkNamespace } from '../../../network/interfaces.ts';
import type { ServeOptions } from './serve.ts';

/**
 * Opens a port; TLS demands the protocol `h2`.
 * @returns a function that closes the port and all of its connections
 */
export function serveGrpc(
  { network, port, tls: serving }: Pick<ServeOptions, 'network' | 'port' | 'tls'>,
  server: GrpcServer,
): () => void {
  const listener = new GrpcListener(server);
  const handshakes = serving && handshakesOf(serving, listener);
  const sockets = new Set<Duplex>();
  const open = network.listen(port, (socket: AcceptedSocket) => {
    sockets.add(socket);
    socket.on('error', () => {}); // its close is enough
    socket.once('close', () => sockets.delete(socket));
    if (handshakes) handshakes(socket);
    else listener.accept(socket);
  });
  return () => {
    open.close();
    listener.close();
    for (const socket of sockets) socket.destroy();
  };
}

type AcceptedSocket = Parameters<Parameters<NetworkNamespace['listen']>[1]>[0];

function handshakesOf(
  { certPem, keyPem }: NonNullable<ServeOptions['tls']>,
  listener: GrpcListener,
): (socket: AcceptedSocket) => void {
  const secureContext = tls.createSecureContext({ cert: certPem, key: keyPem });
  return socket => {
    const secure = new tls.TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: ['h2'] });
    secure.on('error', () => {}); // a client may leave in the middle of a handshake
    secure.once('secure', () => {
      // grpc-go @1.67 and later: without it there is no connection.
      if (secure.alpnProtocol === 'h2')
        listener.accept(secure, `${socket.remoteAddress}:${socket.remotePort}`);
      else secure.destroy();
    });
  };
}
