/** HTTP/2 and HTTP/1.1 over TLS, on sockets that the server is handed or on a port of this machine. */
import { constants } from 'node:crypto';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import http2 from 'node:http2';
import type net from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { inPieces } from '../../../../base/tls-pieces.ts';
import type { Upgrade } from '../exchange.ts';
import { answerPlainHttp, createFront } from './plain-http.ts';

/** Longer than any run: Node's own checks of connections would be real timers. */
const NEVER_MS = 2 ** 31 - 1;

/** As Go has it. */
const MAX_HEADER_BYTES = 1 << 20;
/**
 * kube-apiserver's --http2-max-streams-per-connection (kubernetes/kubernetes
 * staging/src/k8s.io/apiserver/pkg/server/secure_serving.go @v1.32).
 */
const MAX_STREAMS = 1000;
/**
 * SETTINGS_NO_RFC7540_PRIORITIES (RFC 9218, 2.1). Without it the nghttp2 of Node 20 (1.61) shares a
 * connection
 * out among its answers, frame by frame, where that of Node 22 and later sends one answer after the other:
 * the
 * order in which a client has them would be the Node's.
 */
const NO_RFC7540_PRIORITIES = 9;
/** The memory for the streams of one client; nghttp2's own limit is 10. */
const MAX_SESSION_MEGABYTES = 1024;

/** The keys and certificates of the server, as PEM. */
export interface ServerCertificate {
  readonly keyPem: string;
  /** The leaf, and those above it if there are any. */
  readonly certificatePem: string;
  /** The CA that signs client certificates. */
  readonly clientCaPem: string;
}

/** A running server. */
export interface HttpApi {
  /** Takes a raw connection; TLS begins on it. */
  accept(socket: Duplex): void;
  /** Listens on this machine, for when the world is opened to other programs. @returns the port */
  listen(port: number, host: string): Promise<number>;
  /** Ends all connections, and takes no new one until it is resumed. @returns what resumes */
  pause(): () => void;
  /** Closes all connections. */
  stop(): Promise<void>;
}

/** Answers requests and upgrades. */
export interface RequestListener {
  onRequest(request: IncomingMessage, response: ServerResponse): void;
  onUpgrade(upgrade: Upgrade): void;
}

/** Starts a server without a port: connections come by `accept` or after `listen`. */
export function createListener(certificate: ServerCertificate, listener: RequestListener): HttpApi {
  const connections = new Set<Duplex>();
  let pauses = 0;
  const track = (socket: Duplex): void => {
    connections.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => connections.delete(socket));
  };
  const http1 = createHttp1(listener);
  const multiplexed = createHttp2(listener);
  const server = tls.createServer({
    key: certificate.keyPem,
    cert: certificate.certificatePem,
    ca: certificate.clientCaPem,
    requestCert: true,
    rejectUnauthorized: false,
    // As the real one, which takes upgrades over HTTP/1.1 only.
    ALPNProtocols: ['h2', 'http/1.1'],
    minVersion: 'TLSv1.2',
    // Nobody here comes back with a ticket; to write one is a quarter of a handshake.
    secureOptions: constants.SSL_OP_NO_TICKET,
    // A real timer, too: where thousands of clients come at once, a slow machine is no fault of theirs.
    handshakeTimeout: NEVER_MS,
  });
  server.on('tlsClientError', () => {});
  server.on('connection', socket => {
    track(socket);
    if (pauses > 0) socket.destroy();
  });
  server.on('secureConnection', socket => {
    track(socket);
    (socket.alpnProtocol === 'h2' ? multiplexed : http1).emit('connection', socket);
  });
  const front = createFront(socket => void server.emit('connection', socket));
  front.on('connection', track);
  return {
    accept: socket => {
      server.emit('connection', answerPlainHttp(inPieces(socket, 'server')));
    },
    listen: (port, host) => listen(front, port, host),
    pause: () => {
      pauses += 1;
      for (const socket of connections) socket.destroy();
      return once(() => {
        pauses -= 1;
      });
    },
    stop: async () => {
      const closed = front.listening ? new Promise<void>(resolve => front.close(() => resolve())) : undefined;
      for (const socket of connections) socket.destroy();
      await closed;
    },
  };
}

/** Makes a function that does its work the first time only. */
function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}

function createHttp1(listener: RequestListener): http.Server {
  const options: http.ServerOptions = {
    maxHeaderSize: MAX_HEADER_BYTES,
    connectionsCheckingInterval: NEVER_MS,
    requestTimeout: 0,
    headersTimeout: 0,
    keepAliveTimeout: 0,
  };
  const server = http.createServer(options, (request, response) => listener.onRequest(request, response));
  server.on('upgrade', (request, socket, head) => listener.onUpgrade({ request, socket, head }));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // The rest of the connection is broken, too; the answer goes out first.
    if (socket.writableEnded) return;
    const status =
      error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
    if (socket.writable)
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`, () => socket.destroy());
    else socket.destroy();
  });
  return server;
}

function createHttp2(listener: RequestListener): http2.Http2Server {
  const server = http2.createServer(
    {
      settings: { maxConcurrentStreams: MAX_STREAMS, customSettings: { [NO_RFC7540_PRIORITIES]: 1 } },
      maxSessionMemory: MAX_SESSION_MEGABYTES,
    },
    // Node's compatibility API: for what is used here the two are the same.
    (request, response) =>
      listener.onRequest(request as unknown as IncomingMessage, response as unknown as ServerResponse),
  );
  server.on('sessionError', () => {}); // the client's affair, like a handshake that fails
  return server;
}

function listen(server: net.Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
