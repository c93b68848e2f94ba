/** gRPC ports of istiod's pod, with and without TLS. */
import { constants } from 'node:crypto';
import tls from 'node:tls';
import { GrpcListener } from '../../../../base/grpc/listener.ts';
import type { GrpcServer } from '../../../../base/grpc/server.ts';
import { inPieces } from '../../../../base/tls-pieces.ts';
import { acceptAll } from '../../../network/accept-all.ts';
import type { VirtualSocket } from '../../../network/interfaces.ts';
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
  const close = acceptAll(network, port, handshakes ?? (socket => listener.accept(socket)));
  return () => {
    close();
    listener.close();
  };
}

function handshakesOf(
  { certPem, keyPem }: NonNullable<ServeOptions['tls']>,
  listener: GrpcListener,
): (socket: VirtualSocket) => void {
  const secureContext = tls.createSecureContext({
    cert: certPem,
    key: keyPem,
    secureOptions: constants.SSL_OP_NO_TICKET,
  });
  return socket => {
    const secure = new tls.TLSSocket(inPieces(socket, 'server'), {
      isServer: true,
      secureContext,
      ALPNProtocols: ['h2'],
    });
    secure.on('error', () => {}); // a client may leave in the middle of a handshake
    secure.once('secure', () => {
      // grpc-go @1.67 and later: without it there is no connection.
      if (secure.alpnProtocol === 'h2')
        listener.accept(secure, `${socket.remoteAddress}:${socket.remotePort}`);
      else secure.destroy();
    });
  };
}
