/**
 * What a client gets who speaks HTTP to a port of HTTPS: an answer in the clear, and the end of it all.
 * golang/go src/net/http/server.go, tlsRecordHeaderLooksLikeHTTP @go1.26
 */
import net from 'node:net';
import type { Duplex } from 'node:stream';

const ANSWER = 'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n';
/** How requests begin that Go takes for HTTP; others, as DELETE, only end. */
const BEGINNINGS: ReadonlySet<string> = new Set(['GET /', 'HEAD ', 'POST ', 'PUT /', 'OPTIO']);

const isHttp = (chunk: Buffer): boolean => BEGINNINGS.has(chunk.toString('latin1', 0, 5));

/** Answers what looks like HTTP on a connection on which TLS is about to begin, and which ends it. */
export function answerPlainHttp<T extends Duplex>(socket: T): T {
  socket.once('data', (chunk: Buffer) => {
    if (isHttp(chunk)) socket.write(ANSWER);
  });
  return socket;
}

/**
 * Makes a server for a port of this machine, where TLS reads beneath the streams of Node: it looks at what
 * comes first, and hands the connection on with that still to be read.
 */
export const createFront = (accept: (socket: net.Socket) => void): net.Server =>
  net.createServer(socket => {
    socket.on('error', () => {});
    socket.once('data', chunk => {
      socket.pause();
      if (isHttp(chunk)) {
        socket.end(ANSWER, () => socket.destroy());
        return;
      }
      socket.unshift(chunk);
      accept(socket);
    });
  });
