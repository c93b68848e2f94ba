/**
 * exec and attach over SPDY, which kubectl up to 1.29 and istioctl 1.8 speak (docs/reference/kubernetes.md
 * K7).
 */
import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import type { ExecStreams } from '../../kubelet-api.ts';
import { badRequest } from '../../registry/status.ts';
import type { UpgradeExchange } from '../exchange.ts';
import { type SpdyStream, serveSpdy } from './spdy-session.ts';
import { takeOver } from './upgrade.ts';
import { endStatus, readSize, runSession, type Session, type StreamsAsked } from './websocket.ts';

const PROTOCOL = 'v4.channel.k8s.io';

/** Lists the versions that the client offers, in its order. */
function offeredVersions(request: IncomingMessage): string[] {
  const header = request.headers['x-stream-protocol-version'];
  return (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',').map(part => part.trim());
}

/** Takes the connection over. @param protocol - goes into the answer */
export function acceptSpdy(exchange: UpgradeExchange, protocol: string): void {
  const { socket, head } = exchange.upgrade;
  takeOver(exchange);
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${protocol}\r\n\r\n`,
  );
  if (head.length > 0) socket.unshift(head);
}

/**
 * Takes the upgrade over and runs the session on it. @throws ApiError 400 if we speak none of its versions
 */
export function serveSpdySession(exchange: UpgradeExchange, session: Session): void {
  const { socket } = exchange.upgrade;
  if (!offeredVersions(exchange.request).includes(PROTOCOL))
    throw badRequest('unable to upgrade: no stream protocol in common');
  acceptSpdy(exchange, PROTOCOL);
  const wanted = streamTypes(session.asked);
  const streams = new Map<string, SpdyStream>();
  const gone = new AbortController();
  socket.on('close', () => gone.abort(new Error('the client went away')));
  serveSpdy(socket, stream => {
    streams.set(stream.headers.get('streamtype') ?? '', stream);
    const error = streams.get('error');
    if (!error || !wanted.every(type => streams.has(type))) return;
    runSession(session, execStreams(session.asked, streams), gone.signal).then(end => {
      if (!error.destroyed) error.write(JSON.stringify(endStatus(end)));
      for (const opened of streams.values()) opened.end();
      socket.end();
    });
  });
}

/** Lists the streams that the client must open before anything runs. */
function streamTypes({ stdin, stdout, stderr, tty }: StreamsAsked): readonly string[] {
  return [
    'error',
    ...(stdin ? ['stdin'] : []),
    ...(stdout ? ['stdout'] : []),
    ...(stderr ? ['stderr'] : []),
    ...(tty ? ['resize'] : []),
  ];
}

function execStreams(asked: StreamsAsked, all: ReadonlyMap<string, SpdyStream>): ExecStreams {
  const stdin = all.get('stdin');
  const stdout = all.get('stdout');
  const stderr = all.get('stderr');
  const sizes = asked.tty ? new PassThrough({ objectMode: true }) : undefined;
  all.get('resize')?.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().split('\n')) if (line !== '') readSize(Buffer.from(line), sizes);
  });
  return {
    ...(stdin && { stdin }),
    ...(stdout && { stdout }),
    ...(stderr && { stderr }),
    ...(sizes && { resize: sizes }),
    tty: asked.tty,
  };
}
