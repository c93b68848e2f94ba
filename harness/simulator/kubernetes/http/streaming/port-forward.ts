/**
 * Port-forward: over SPDY, over SPDY inside WebSocket, and over channels (docs/reference/kubernetes.md K8).
 */
import { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { badRequest } from '../../registry/status.ts';
import { acceptSpdy } from './spdy-exec.ts';
import { type SpdyStream, serveSpdy } from './spdy-session.ts';
import { transportOf, type Upgrade } from './upgrade.ts';
import { bytesOf, offered } from './websocket.ts';

const SPDY_PROTOCOL = 'portforward.k8s.io';
const TUNNEL_PROTOCOL = 'SPDY/3.1+portforward.k8s.io';
const CHANNEL_PROTOCOL = 'v4.channel.k8s.io';

/** Dials a port of the pod. Errors come from the stream. */
export type DialPort = (port: number) => Duplex;

const channels = new WebSocketServer({
  noServer: true,
  perMessageDeflate: false,
  clientTracking: false,
  handleProtocols: () => CHANNEL_PROTOCOL,
});

/**
 * `ws` refuses the name of the tunnel's protocol, which has a slash in it: it is hidden from it, and answered
 * by hand.
 */
const tunnels = new WebSocketServer({ noServer: true, perMessageDeflate: false, clientTracking: false });
tunnels.on('headers', headers => headers.push(`Sec-WebSocket-Protocol: ${TUNNEL_PROTOCOL}`));

/**
 * Takes the upgrade over and forwards ports.
 * @param ports - those of the query; SPDY has them in its streams
 * @param podName - for error texts
 * @throws ApiError 400 if there is no protocol in common
 */
export function servePortForward(
  upgrade: Upgrade,
  ports: readonly number[],
  podName: string,
  dial: DialPort,
): void {
  const { request, socket, head } = upgrade;
  if (transportOf(upgrade) === 'spdy/3.1') {
    acceptSpdy(upgrade, SPDY_PROTOCOL);
    serveForwards(socket, podName, dial);
    return;
  }
  const protocols = offered(request);
  if (protocols.includes(TUNNEL_PROTOCOL)) {
    delete request.headers['sec-websocket-protocol'];
    tunnels.handleUpgrade(request, socket, head, client => serveForwards(tunnelOf(client), podName, dial));
    return;
  }
  if (!protocols.includes(CHANNEL_PROTOCOL))
    throw badRequest('unable to upgrade: no port-forward protocol in common');
  if (ports.length === 0) throw badRequest('you must specify at least 1 port');
  channels.handleUpgrade(request, socket, head, client => serveChannels(client, ports, podName, dial));
}

/** Turns the binary messages of a WebSocket into one stream of bytes. */
function tunnelOf(client: WebSocket): Duplex {
  const stream = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, done) => {
      if (client.readyState === client.OPEN) client.send(chunk);
      done();
    },
    final: done => {
      client.close(1000);
      done();
    },
    destroy: (error, done) => {
      client.close(1000);
      done(error);
    },
  });
  client.on('message', data => stream.push(bytesOf(data)));
  client.on('close', () => stream.push(null));
  client.on('error', () => client.terminate());
  stream.on('error', () => {});
  return stream;
}

const failure = (port: number, podName: string, error: Error): string =>
  `error forwarding port ${port} to pod ${podName}, uid : ${error.message}`;

/** Two streams make a connection: its data, and what went wrong. */
function serveForwards(transport: Duplex, podName: string, dial: DialPort): void {
  const waiting = new Map<string, Partial<Record<'data' | 'error', SpdyStream>>>();
  serveSpdy(transport, stream => {
    const id = stream.headers.get('requestid') ?? '';
    const pair = waiting.get(id) ?? {};
    const type = stream.headers.get('streamtype');
    if (type !== 'data' && type !== 'error') {
      stream.destroy();
      return;
    }
    pair[type] = stream;
    waiting.set(id, pair);
    const { data, error } = pair;
    if (!data || !error) return;
    waiting.delete(id);
    joinStreams(data, error, podName, dial);
  });
}

/** Connects to the port that a stream asks for, and tells the client what goes wrong on the other stream. */
function joinStreams(data: SpdyStream, error: SpdyStream, podName: string, dial: DialPort): void {
  const port = Number(data.headers.get('port'));
  const connection = dial(port);
  connection.on('error', problem => {
    error.end(failure(port, podName, problem));
    data.end();
  });
  connection.on('end', () => {
    error.end();
  });
  connection.pipe(data);
  data.pipe(connection);
  data.on('close', () => connection.destroy());
  error.resume();
}

/** Port i has channel 2i for its data and 2i+1 for its errors. */
function serveChannels(client: WebSocket, ports: readonly number[], podName: string, dial: DialPort): void {
  const connections = ports.map((port, index) => {
    const announce = Buffer.alloc(2);
    announce.writeUInt16LE(port);
    const send = (channel: number, content: Buffer) => {
      if (client.readyState === client.OPEN) client.send(Buffer.concat([Buffer.from([channel]), content]));
    };
    send(index * 2, announce);
    send(index * 2 + 1, announce);
    const connection = dial(port);
    connection.on('data', (chunk: Buffer) => send(index * 2, chunk));
    connection.on('error', problem => {
      send(index * 2 + 1, Buffer.from(failure(port, podName, problem)));
      client.close(1000);
    });
    connection.on('end', () => client.close(1000));
    return connection;
  });
  client.on('message', data => {
    const message = bytesOf(data);
    const channel = message[0] ?? 0;
    if (channel % 2 === 0 && message.length > 1) connections[channel / 2]?.write(message.subarray(1));
  });
  client.on('close', () => {
    for (const connection of connections) connection.destroy();
  });
  client.on('error', () => client.terminate());
}
