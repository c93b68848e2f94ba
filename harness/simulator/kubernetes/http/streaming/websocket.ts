/** exec and attach over WebSocket: the channel protocols v5 and v4 (docs/reference/kubernetes.md K6). */
import type { IncomingMessage } from 'node:http';
import { PassThrough, Writable } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ExecEnd, ExecStreams } from '../../kubelet-api.ts';
import type { Upgrade } from './upgrade.ts';

const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
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

/** Tells whether the client offers a channel protocol that we speak. */
export function speaksChannels(request: IncomingMessage): boolean {
  return offered(request).some(protocol => PROTOCOLS.includes(protocol));
}

/** Returns the subprotocols that a WebSocket's client offers, in its order. */
export function offered(request: IncomingMessage): string[] {
  return (request.headers['sec-websocket-protocol'] ?? '').split(',').map(part => part.trim());
}

const server = new WebSocketServer({
  noServer: true,
  perMessageDeflate: false,
  clientTracking: false,
  handleProtocols: protocols => PROTOCOLS.find(protocol => protocols.has(protocol)) ?? false,
});

/** Returns how an exec or attach ended as the Status that goes to the error channel. */
export function endStatus(end: ExecEnd): Record<string, unknown> {
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
export function serveSession({ request, socket, head }: Upgrade, session: Session): void {
  server.handleUpgrade(request, socket, head, client => serveChannels(client, session));
}

function serveChannels(client: WebSocket, session: Session): void {
  const { asked } = session;
  const ended = new AbortController();
  const stdin = asked.stdin ? new PassThrough() : undefined;
  const sizes = asked.tty ? new PassThrough({ objectMode: true }) : undefined;
  client.on('message', (data, isBinary) => {
    if (isBinary) takeMessage(bytesOf(data), stdin, sizes);
  });
  client.on('close', () => {
    stdin?.end();
    sizes?.end();
    ended.abort(new Error('the client went away'));
  });
  client.on('error', () => client.terminate());
  const streams: ExecStreams = {
    ...(stdin && { stdin }),
    ...(asked.stdout && { stdout: channelOf(client, STDOUT) }),
    ...(asked.stderr && { stderr: channelOf(client, STDERR) }),
    ...(sizes && { resize: sizes }),
    tty: asked.tty,
  };
  // An empty first message spares old clients a race (K6).
  if (asked.stdout) client.send(Buffer.from([STDOUT]));
  runSession(session, streams, ended.signal).then(end => {
    if (client.readyState !== client.OPEN) return;
    client.send(Buffer.concat([Buffer.from([ERROR]), Buffer.from(JSON.stringify(endStatus(end)))]));
    client.close(1000);
  });
}

/** A message is its channel's number, and content. */
function takeMessage(message: Buffer, stdin: PassThrough | undefined, sizes: PassThrough | undefined): void {
  const content = message.subarray(1);
  if (message[0] === STDIN && content.length > 0) stdin?.write(content);
  else if (message[0] === CLOSE && content[0] === STDIN) stdin?.end();
  else if (message[0] === RESIZE) readSize(content, sizes);
}

/** Returns the bytes of a message, in whatever form `ws` hands them over. */
export function bytesOf(data: Buffer | ArrayBuffer | Buffer[]): Buffer {
  return Buffer.isBuffer(data) ? data : Buffer.concat(Array.isArray(data) ? data : [Buffer.from(data)]);
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
function channelOf(client: WebSocket, channel: number): Writable {
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      if (client.readyState !== client.OPEN) {
        done();
        return;
      }
      for (let start = 0; start < chunk.length; start += MAX_CHUNK_BYTES) {
        client.send(Buffer.concat([Buffer.from([channel]), chunk.subarray(start, start + MAX_CHUNK_BYTES)]));
      }
      done();
    },
  });
}
