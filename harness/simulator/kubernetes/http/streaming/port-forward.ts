/**
 * Port-forward: over SPDY, over SPDY inside WebSocket, and over channels (docs/reference/kubernetes.md K8).
 */
import { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { badRequest } from '../../registry/status.ts';
import type { UpgradeExchange } from '../exchange.ts';
import { acceptWebSocket, bytesOf, offered, protocolFor, refuseWebSocket } from './accept-websocket.ts';
import { Channels, FORWARD_PROTOCOLS } from './channel-protocols.ts';
import { acceptSpdy } from './spdy-exec.ts';
import { type SpdyStream, serveSpdy } from './spdy-session.ts';
import { transportOf } from './upgrade.ts';

const SPDY_PROTOCOL = 'portforward.k8s.io';
const TUNNEL_PROTOCOL = 'SPDY/3.1+portforward.k8s.io';

/** Dials a port of the pod. Errors come from the stream. */
export type DialPort = (port: number) => Duplex;

/**
 * Takes the upgrade over and forwards ports; clients of WebSocket that speak none of the protocols get 403.
 * @param ports - those of the query; SPDY has them in its streams
 * @param podName - for error texts
 * @throws ApiError 400 if no port is asked for
 */
export function servePortForward(
  exchange: UpgradeExchange,
  ports: readonly number[],
  podName: string,
  dial: DialPort,
): void {
  const { upgrade, request } = exchange;
  if (transportOf(upgrade) === 'spdy/3.1') {
    acceptSpdy(exchange, SPDY_PROTOCOL);
    serveForwards(upgrade.socket, podName, dial);
    return;
  }
  if (offered(request).includes(TUNNEL_PROTOCOL)) {
    acceptWebSocket(exchange, TUNNEL_PROTOCOL, client => serveForwards(tunnelOf(client), podName, dial));
    return;
  }
  if (ports.length === 0) throw badRequest('you must specify at least 1 port');
  const protocol = protocolFor(request, FORWARD_PROTOCOLS);
  if (protocol === undefined) refuseWebSocket(exchange, 403);
  else
    acceptWebSocket(exchange, protocol, client => {
      serveChannels(client, new Channels(client, protocol), ports, { podName, dial });
    });
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
function serveChannels(
  client: WebSocket,
  channels: Channels,
  ports: readonly number[],
  { podName, dial }: { readonly podName: string; readonly dial: DialPort },
): void {
  const connections = ports.map((port, index) => {
    const announce = Buffer.alloc(2);
    announce.writeUInt16LE(port);
    channels.send(index * 2, announce);
    channels.send(index * 2 + 1, announce);
    const connection = dial(port);
    connection.on('data', (chunk: Buffer) => channels.send(index * 2, chunk));
    connection.on('error', problem => {
      channels.send(index * 2 + 1, Buffer.from(failure(port, podName, problem)));
      client.close(1000);
    });
    connection.on('end', () => client.close(1000));
    return connection;
  });
  channels.onFrame(({ channel, content }) => {
    if (channel % 2 === 0 && content.length > 0) connections[channel / 2]?.write(content);
  });
  client.on('close', () => {
    for (const connection of connections) connection.destroy();
  });
}
