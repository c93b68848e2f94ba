/**
 * exec and attach over WebSocket: the channel protocols (docs/reference/kubernetes.md K6; k8s.io/kubelet
 * pkg/cri/streaming/remotecommand/websocket.go @v1.34).
 */
import { PassThrough, Writable } from 'node:stream';
import type { WebSocket } from 'ws';
import type { ExecEnd, ExecStreams } from '../../kubelet-api.ts';
import type { UpgradeExchange } from '../exchange.ts';
import { acceptWebSocket } from './accept-websocket.ts';
import { Channels, type Frame, tellsStatus } from './channel-protocols.ts';

/** The protocol in which the client can end stdin alone. */
const CLOSING = 'v5.channel.k8s.io';
const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;
const RESIZE = 4;
const CLOSE = 255;
/** Messages are at most this long, so that a client can take them one by one. */
const MAX_CHUNK_BYTES = 32 * 1024;

/** The streams that the query asks for; `stdin=false` counts as absent. */
export interface StreamsAsked {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** An exec or attach: the streams that the client wants, and how to run it on them. */
export interface Session {
  readonly asked: StreamsAsked;
  /** @param signal - aborts when the client goes */
  readonly run: (streams: ExecStreams, signal: AbortSignal) => Promise<ExecEnd>;
}

/** Runs a session to its end. A failure of the server is an end, too. */
export function runSession({ run }: Session, streams: ExecStreams, signal: AbortSignal): Promise<ExecEnd> {
  return run(streams, signal).catch(
    (error: unknown): ExecEnd => ({
      kind: 'failed',
      message: error instanceof Error ? error.message : String(error),
    }),
  );
}

/** The Status of a session's end, as far as it is looked at here. */
type EndStatus = Readonly<Record<string, unknown>> & { readonly message?: string };

/** Returns how an exec or attach ended as the Status that goes to the error channel. */
export function endStatus(end: ExecEnd): EndStatus {
  if (end.kind === 'failed') {
    return {
      metadata: {},
      status: 'Failure',
      message: `Internal error occurred: ${end.message}`,
      reason: 'InternalError',
      details: { causes: [{ message: end.message }] },
      code: 500,
    };
  }
  if (end.exitCode === 0) return { metadata: {}, status: 'Success' };
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: command terminated with exit code ${end.exitCode}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(end.exitCode) }] },
  };
}

/** Takes the upgrade over and runs the session on it. */
export function serveSession(exchange: UpgradeExchange, protocol: string, session: Session): void {
  acceptWebSocket(exchange, protocol, client => serveChannels(client, protocol, session));
}

function serveChannels(client: WebSocket, protocol: string, session: Session): void {
  const { asked } = session;
  const ended = new AbortController();
  const channels = new Channels(client, protocol);
  const stdin = asked.stdin ? new PassThrough() : undefined;
  const sizes = asked.tty ? new PassThrough({ objectMode: true }) : undefined;
  channels.onFrame(frame => takeFrame(frame, protocol, stdin, sizes));
  client.on('close', () => {
    stdin?.end();
    sizes?.end();
    ended.abort(new Error('the client went away'));
  });
  const streams: ExecStreams = {
    ...(stdin && { stdin }),
    ...(asked.stdout && { stdout: channelOf(channels, STDOUT) }),
    ...(asked.stderr && { stderr: channelOf(channels, STDERR) }),
    ...(sizes && { resize: sizes }),
    tty: asked.tty,
  };
  // An empty first message tells that the connection is there (K6).
  channels.send(asked.stdout ? STDOUT : asked.stderr ? STDERR : ERROR, Buffer.alloc(0));
  runSession(session, streams, ended.signal).then(end => {
    const text = endText(endStatus(end), protocol);
    if (text !== '') channels.send(ERROR, Buffer.from(text));
    if (client.readyState === client.OPEN) client.close(1000);
  });
}

/** Tells the end on the error channel: the first protocols know no Status, and are silent of a success. */
function endText(status: EndStatus, protocol: string): string {
  return tellsStatus(protocol) ? JSON.stringify(status) : (status.message ?? '');
}

function takeFrame(
  { channel, content }: Frame,
  protocol: string,
  stdin: PassThrough | undefined,
  sizes: PassThrough | undefined,
): void {
  if (channel === STDIN && content.length > 0) stdin?.write(content);
  else if (channel === CLOSE && protocol === CLOSING && content[0] === STDIN) stdin?.end();
  else if (channel === RESIZE) readSize(content, sizes);
}

/** Reads the size of a terminal, as clients send it, and hands it on. */
export function readSize(content: Buffer, sizes: PassThrough | undefined): void {
  try {
    const size: unknown = JSON.parse(content.toString());
    if (typeof size !== 'object' || size === null || !('Width' in size) || !('Height' in size)) return;
    sizes?.write({ width: Number(size.Width), height: Number(size.Height) });
  } catch {
    // Not a size: ignored, as the real one does.
  }
}

/** Makes a stream whose writes become messages of one channel. */
function channelOf(channels: Channels, channel: number): Writable {
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      for (let start = 0; start < chunk.length; start += MAX_CHUNK_BYTES)
        channels.send(channel, chunk.subarray(start, start + MAX_CHUNK_BYTES));
      done();
    },
  });
}
