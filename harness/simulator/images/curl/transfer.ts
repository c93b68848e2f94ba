/** One transfer of curl's: from a URL to an answer or an error. */
import http from 'node:http';
import { unlessAborted } from '../../../base/abort.ts';
import type { ProcessContext } from '../../program.ts';
import type { Connections } from './connection.ts';
import {
  CurlError,
  type CurlRelease,
  codeOf,
  EXIT_CODE,
  emptyReply,
  httpError,
  partialBody,
  receiveFailed,
  timedOut,
} from './errors.ts';
import type { CurlOptions } from './options.ts';
import type { Target } from './target.ts';
import type { TransferReport } from './write-out.ts';

/** Where a transfer's bytes go. */
export interface Sink {
  /** The head of the answer, as it came. */
  head(text: string): void;
  body(text: string): void;
  /** A line of `-v`, with its mark (`* `, `> `, `< `). */
  verbose(line: string): void;
}

export function emptyReport(target: Target, method: string): TransferReport {
  return {
    url: target.url,
    method,
    scheme: target.isSecure ? 'HTTPS' : 'HTTP',
    exitCode: 0,
    errorMessage: '',
    status: 0,
    httpVersion: '0',
    contentType: undefined,
    connections: 0,
    localAddress: '',
    localPort: 0,
    remoteAddress: '',
    remotePort: 0,
    resolvedMs: 0,
    connectedMs: 0,
    securedMs: 0,
    firstByteMs: 0,
    totalMs: 0,
    downloadedBytes: 0,
    uploadedBytes: 0,
    headerBytes: 0,
  };
}

export const methodOf = ({ method, head, data }: CurlOptions): string =>
  method ?? (head ? 'HEAD' : data.length > 0 ? 'POST' : 'GET');

/**
 * What can end the transfer that is under way. One for all transfers of a process: a signal is dear, and most
 * come to their end by themselves.
 */
export class Cancellation {
  #controller = new AbortController();

  /** For one transfer: not aborted yet. */
  renewed(): AbortSignal {
    if (this.#controller.signal.aborted) this.#controller = new AbortController();
    return this.#controller.signal;
  }

  cancel(reason: unknown): void {
    this.#controller.abort(reason);
  }
}

/**
 * Fetches one URL, filling `report` as it goes.
 * @throws CurlError for whatever curl would end with; the context's abort reason if the process is told to
 *   end
 */
export async function transfer(
  context: ProcessContext,
  options: CurlOptions,
  release: CurlRelease,
  connections: Connections,
  cancellation: Cancellation,
  target: Target,
  report: TransferReport,
  sink: Sink,
): Promise<void> {
  const { clock } = context;
  const start = clock.now();
  const elapsed = () => clock.now() - start;
  const signal = cancellation.renewed();
  let phase: 'resolving' | 'connecting' | 'transferring' = 'resolving';
  let expected: number | undefined;
  const onDeadline = () => cancellation.cancel(timedOut(phase, elapsed(), report.downloadedBytes, expected));
  const maxTime =
    options.maxTimeMs === undefined ? undefined : clock.setTimeout(onDeadline, options.maxTimeMs);
  const connectTime =
    options.connectTimeoutMs === undefined
      ? undefined
      : clock.setTimeout(onDeadline, options.connectTimeoutMs);
  try {
    for (;;) {
      const isReused = connections.isKept(target);
      if (isReused) {
        sink.verbose(`* Re-using existing connection with host ${target.host}`);
      } else {
        phase = 'resolving';
        const addresses =
          connections.addressesOf(target) ?? (await unlessAborted(connections.resolve(target), signal));
        report.resolvedMs = elapsed();
        phase = 'connecting';
        sink.verbose(`*   Trying ${addresses[0]}:${target.port}...`);
        const socket = await connections.connect(target, addresses, signal);
        report.connectedMs = elapsed();
        sink.verbose(`* Connected to ${target.host} (${socket.remoteAddress}) port ${target.port}`);
        const stream = target.isSecure ? await connections.secure(target, socket, signal) : socket;
        if (target.isSecure) report.securedMs = elapsed();
        report.connections++;
        connections.offer(target, { stream, socket });
      }
      clock.clearTimeout(connectTime);
      phase = 'transferring';
      const outcome = await request(options, release, connections, target, report, sink, signal, {
        isReused,
        onLength: length => {
          expected = length;
        },
        onFirstByte: () => {
          report.firstByteMs = elapsed();
        },
      });
      if (outcome === 'done') return;
      sink.verbose('* Connection died, retrying a fresh connect');
    }
  } finally {
    clock.clearTimeout(maxTime);
    clock.clearTimeout(connectTime);
    report.totalMs = elapsed();
  }
}

interface Progress {
  /** The connection was kept from the transfer before; if it turns out to be dead, that is no error. */
  readonly isReused: boolean;
  onLength(length: number): void;
  onFirstByte(): void;
}

function request(
  options: CurlOptions,
  release: CurlRelease,
  connections: Connections,
  target: Target,
  report: TransferReport,
  sink: Sink,
  signal: AbortSignal,
  progress: Progress,
): Promise<'done' | 'dead'> {
  const method = methodOf(options);
  const body = options.data.length > 0 ? options.data.join('&') : undefined;
  const headers = requestHeaders(options, release, target, body);
  return new Promise((resolve, reject) => {
    const agent = connections.agentOf(target);
    const outgoing = http.request({ agent, method, path: target.path, setHost: false });
    for (const [name, value] of headers) outgoing.appendHeader(name, value);
    // What curl does not send is not sent: Node would add these of its own.
    for (const name of ['Connection', 'Transfer-Encoding', 'Content-Length']) {
      if (!outgoing.hasHeader(name)) outgoing.removeHeader(name);
    }
    let failure: unknown;
    let isDone = false;
    let incoming: http.IncomingMessage | undefined;
    let expected: number | undefined;
    let connectionError: unknown;
    const fail = (error: unknown) => {
      failure ??= error;
      outgoing.destroy();
    };
    const onAbort = () => fail(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    outgoing.on('socket', stream => {
      const onError = (error: unknown) => {
        connectionError = error;
      };
      stream.on('error', onError);
      // The next transfer may have the same connection.
      outgoing.once('close', () => stream.off('error', onError));
      const socket = connections.socketTo(target);
      report.localAddress = socket?.localAddress ?? '';
      report.localPort = socket?.localPort ?? 0;
      report.remoteAddress = socket?.remoteAddress ?? '';
      report.remotePort = socket?.remotePort ?? 0;
      sink.verbose(`> ${method} ${target.path} HTTP/1.1`);
      for (const [name, value] of headers) sink.verbose(`> ${name}: ${value}`);
      sink.verbose('>');
    });
    outgoing.on('response', response => {
      incoming = response;
      progress.onFirstByte();
      report.status = response.statusCode ?? 0;
      report.httpVersion = response.httpVersion === '1.0' ? '1' : response.httpVersion;
      report.contentType = response.headers['content-type'];
      const head = headOf(response);
      report.headerBytes = Buffer.byteLength(head);
      for (const line of head.trimEnd().split('\r\n')) sink.verbose(`< ${line}`);
      sink.verbose('<');
      const length = response.headers['content-length'];
      if (length !== undefined) expected = Number(length);
      if (expected !== undefined) progress.onLength(expected);
      const isRefused = report.status >= 400 && (options.fail || options.failWithBody);
      if (isRefused && options.fail) {
        // curl reads no body then, and does not use the connection again.
        fail(httpError(release, report.status, response.statusMessage ?? ''));
        return;
      }
      sink.head(head);
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        report.downloadedBytes += Buffer.byteLength(text);
        sink.body(text);
      });
      response.on('end', () => {
        isDone = true;
        if (isRefused) failure ??= httpError(release, report.status, response.statusMessage ?? '');
      });
      // Node says ECONNRESET whatever ended the answer too soon; the connection itself knows.
      response.on('error', () => {});
    });
    outgoing.on('error', error => {
      failure ??= error;
    });
    // `close` comes last, after the connection went back to the agent; so the next transfer finds it there.
    outgoing.on('close', () => {
      signal.removeEventListener('abort', onAbort);
      if (failure === undefined && isDone) {
        resolve('done');
      } else if (failure instanceof CurlError || signal.aborted) {
        reject(signal.aborted ? signal.reason : failure);
      } else if (incoming !== undefined) {
        const code = codeOf(connectionError);
        reject(code === '' ? partialBody(expected, report.downloadedBytes) : receiveFailed(code));
      } else if (progress.isReused) {
        resolve('dead');
      } else {
        reject(errorOf(failure));
      }
    });
    if (body !== undefined) report.uploadedBytes = Buffer.byteLength(body);
    outgoing.end(body);
  });
}

/** A reset of the kernel's has a `syscall`; Node calls an early end of the stream ECONNRESET too. */
const isReset = (error: unknown): boolean => error instanceof Error && 'syscall' in error;

function errorOf(error: unknown): CurlError {
  const code = codeOf(error);
  if (code === 'ECONNRESET' && isReset(error)) return receiveFailed(code);
  if (code === 'EPIPE') return new CurlError(EXIT_CODE.send, 'Send failure: Broken pipe');
  if (code.startsWith('HPE_')) return new CurlError(1, 'Received HTTP/0.9 when not allowed');
  if (code === 'ECONNRESET' || code === '') return emptyReply();
  // TLS 1.3: the server's refusal of the client's certificate comes after the handshake, as an alert to what
  // is read first.
  const message = error instanceof Error ? error.message : String(error);
  const alert = /SSL routines:[^:]*:([^:]+)/.exec(message);
  return new CurlError(
    EXIT_CODE.receive,
    alert ? `OpenSSL SSL_read: error:0A00045C:SSL routines::${alert[1]}, errno 0` : message,
  );
}

function requestHeaders(
  options: CurlOptions,
  release: CurlRelease,
  target: Target,
  body: string | undefined,
): [string, string][] {
  const headers = new Map<string, [string, string]>([
    ['host', ['Host', target.authority]],
    ['user-agent', ['User-Agent', options.userAgent ?? `curl/${release.version}`]],
    ['accept', ['Accept', '*/*']],
  ]);
  const added: [string, string][] = [];
  if (body !== undefined) {
    headers.set('content-length', ['Content-Length', String(Buffer.byteLength(body))]);
    headers.set('content-type', ['Content-Type', 'application/x-www-form-urlencoded']);
  }
  for (const line of options.headers) {
    const colon = line.indexOf(':');
    if (colon < 0) {
      if (line.endsWith(';')) added.push([line.slice(0, -1), '']); // `X-Empty;` is a header without a value
      continue;
    }
    const name = line.slice(0, colon).trim();
    const value = line.slice(colon + 1).trim();
    // A header of the user's own replaces curl's, in its place; without a value it takes it away.
    const isCurls = headers.has(name.toLowerCase());
    if (value === '') headers.delete(name.toLowerCase());
    else if (isCurls) headers.set(name.toLowerCase(), [name, value]);
    else added.push([name, value]);
  }
  return [...headers.values(), ...added];
}

function headOf({ httpVersion, statusCode, statusMessage, rawHeaders }: http.IncomingMessage): string {
  let head = `HTTP/${httpVersion} ${statusCode} ${statusMessage}\r\n`;
  for (let index = 0; index < rawHeaders.length; index += 2)
    head += `${rawHeaders[index]}: ${rawHeaders[index + 1]}\r\n`;
  return `${head}\r\n`;
}
