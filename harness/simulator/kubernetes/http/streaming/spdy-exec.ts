/**
 * exec and attach over SPDY, which kubectl up to 1.29 and istioctl 1.8 speak (docs/reference/kubernetes.md K7).
 */
import type { IncomingMessage } from 'node:http';
import { type Duplex, PassThrough } from 'node:stream';
import type { ExecEnd, ExecStreams } from '../../kubelet-api.ts';
import { badRequest } from '../../registry/status.ts';
import { type SpdyStream, serveSpdy } from './spdy-session.ts';
import { endStatus, readSize, type Session, type StreamsAsked } from './websocket.ts';

const PROTOCOL = 'v4.channel.k8s.io';

/** The versions that the client offers, in its order. */
function offeredVersions(request: IncomingMessage): string[] {
  const header = request.headers['x-stream-protocol-version'];
  return (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',').map(part => part.trim());
}

/** Takes the connection over. @param protocol - goes into the answer */
export function acceptSpdy(socket: Duplex, head: Buffer, protocol: string): void {
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${protocol}\r\n\r\n`,
  );
  if (head.length > 0) socket.unshift(head);
}

/** @throws ApiError 400 if the client speaks none of our versions */
export function serveSpdySession(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  asked: StreamsAsked,
  run: Session,
  onFailure: (error: unknown) => ExecEnd,
): void {
  if (!offeredVersions(request).includes(PROTOCOL))
    throw badRequest('unable to upgrade: no stream protocol in common');
  acceptSpdy(socket, head, PROTOCOL);
  const wanted = [
    'error',
    ...(asked.stdin ? ['stdin'] : []),
    ...(asked.stdout ? ['stdout'] : []),
    ...(asked.stderr ? ['stderr'] : []),
    ...(asked.tty ? ['resize'] : []),
  ];
  const streams = new Map<string, SpdyStream>();
  const gone = new AbortController();
  socket.on('close', () => gone.abort(new Error('the client went away')));
  serveSpdy(socket, stream => {
    streams.set(stream.headers.get('streamtype') ?? '', stream);
    if (!wanted.every(type => streams.has(type))) return;
    start(streams);
  });

  function start(all: ReadonlyMap<string, SpdyStream>): void {
    const error = all.get('error');
    if (!error) return;
    const stdin = all.get('stdin');
    const stdout = all.get('stdout');
    const stderr = all.get('stderr');
    const sizes = asked.tty ? new PassThrough({ objectMode: true }) : undefined;
    all.get('resize')?.on('data', (chunk: Buffer) => {
      for (const line of chunk.toString().split('\n')) if (line !== '') readSize(Buffer.from(line), sizes);
    });
    const session: ExecStreams = {
      ...(stdin && { stdin }),
      ...(stdout && { stdout }),
      ...(stderr && { stderr }),
      ...(sizes && { resize: sizes }),
      tty: asked.tty,
    };
    run(session, gone.signal)
      .catch(onFailure)
      .then(end => {
        if (!error.destroyed) error.write(JSON.stringify(endStatus(end)));
        for (const stream of all.values()) stream.end();
        socket.end();
      });
  }
}
