/** exec and attach over WebSocket: the channel protocols v5 and v4 (docs/reference/kubernetes.md K6). */
import type { IncomingMessage } from 'node:http';
import { type Duplex, PassThrough, Writable } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ExecEnd, ExecStreams } from '../../kubelet-api.ts';

const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;
const RESIZE = 4;
const CLOSE = 255;
/** Messages are at most this long, so that a client can take them one by one. */
const MAX_CHUNK_BYTES = 32 * 1024;

/** What was asked for in the query; `stdin=false` counts as absent. */
export interface StreamsAsked {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

export type Session = (streams: ExecStreams, signal: AbortSignal) => Promise<ExecEnd>;

/** Is it an upgrade to a channel protocol that we speak? */
export function speaksChannels(request: IncomingMessage): boolean {
  return offered(request).some(protocol => PROTOCOLS.includes(protocol));
}

export function offered(request: IncomingMessage): string[] {
  return (request.headers['sec-websocket-protocol'] ?? '').split(',').map(part => part.trim());
}

const server = new WebSocketServer({
  noServer: true,
  perMessageDeflate: false,
  clientTracking: false,
  handleProtocols: protocols => PROTOCOLS.find(protocol => protocols.has(protocol)) ?? false,
});

/** How an exec or attach ended, as the status on the error channel. */
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
export function serveSession(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  asked: StreamsAsked,
  run: Session,
  onFailure: (error: unknown) => ExecEnd,
): void {
  server.handleUpgrade(request, socket, head, client => {
    const ended = new AbortController();
    const stdin = asked.stdin ? new PassThrough() : undefined;
    const sizes = asked.tty ? new PassThrough({ objectMode: true }) : undefined;
    client.on('message', (data, isBinary) => {
      const message = Buffer.isBuffer(data)
        ? data
        : Buffer.concat(Array.isArray(data) ? data : [Buffer.from(data)]);
      if (!isBinary || message.length === 0) return;
      const content = message.subarray(1);
      if (message[0] === STDIN && content.length > 0) stdin?.write(content);
      else if (message[0] === CLOSE && content[0] === STDIN) stdin?.end();
      else if (message[0] === RESIZE) readSize(content, sizes);
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
    run(streams, ended.signal)
      .catch(onFailure)
      .then(end => {
        if (client.readyState !== client.OPEN) return;
        client.send(Buffer.concat([Buffer.from([ERROR]), Buffer.from(JSON.stringify(endStatus(end)))]));
        client.close(1000);
      });
  });
}

/** The size of a terminal, as clients send it. */
export function readSize(content: Buffer, sizes: PassThrough | undefined): void {
  try {
    const size: unknown = JSON.parse(content.toString());
    if (typeof size !== 'object' || size === null || !('Width' in size) || !('Height' in size)) return;
    sizes?.write({ width: Number(size.Width), height: Number(size.Height) });
  } catch {
    // Not a size: ignored, as the real one does.
  }
}

/** A stream whose writes become messages of one channel. */
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
