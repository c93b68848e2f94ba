/** Asks a container once whether it is well: httpGet, tcpSocket or exec, under a deadline. */
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import type { Clock } from '../../../../base/clock.ts';
import { codeOf } from '../../../../base/errors.ts';
import { dialText, syscallText } from '../../../../base/go-errors.ts';
import type { NetworkNamespace } from '../../../network/interfaces.ts';
import type { Container, HttpGetAction, Probe } from '../../client/kinds.ts';

/** The answer to one probe. */
export interface ProbeOutcome {
  readonly ok: boolean;
  /** Why not, as the event Unhealthy quotes it. */
  readonly message: string;
}

/** The container that is asked, and from where. */
export interface ProbeTarget {
  readonly clock: Clock;
  /** The node's namespace: the kubelet dials from there. */
  readonly node: NetworkNamespace;
  readonly podAddress: string;
  /** The kubelet's, of which requests tell the minor one: `v1.34.3`. */
  readonly version: string;
  readonly container: Container;
  /** Runs a program in the container. Resolves with its exit code and all that it wrote. */
  exec(
    argv: readonly string[],
    signal: AbortSignal,
  ): Promise<{ readonly exitCode: number; readonly output: string }>;
}

const HEALTHY: ProbeOutcome = { ok: true, message: '' };
const unhealthy = (message: string): ProbeOutcome => ({ ok: false, message });

/** A reply with a longer head is taken for no reply. */
const MAX_HEAD_BYTES = 64 * 1024;
const NO_HEADERS = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';

function portOf(port: number | string, container: Container): number | undefined {
  if (typeof port === 'number') return port;
  return container.ports?.find(({ name }) => name === port)?.containerPort ?? (Number(port) || undefined);
}

/** Asks a container once. Never rejects. */
export async function runProbe(probe: Probe, target: ProbeTarget): Promise<ProbeOutcome> {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  if (probe.httpGet) return await httpProbe(probe.httpGet, target, timeoutMs);
  if (probe.tcpSocket) return await tcpProbe(probe.tcpSocket, target, timeoutMs);
  if (probe.exec) return await execProbe(probe.exec.command ?? [], target, timeoutMs);
  return unhealthy('gRPC probes are not simulated');
}

/** Words a Node error as Go's dialler does. */
function dialError(error: unknown, address: string): string {
  return codeOf(error) === 'ECONNRESET'
    ? `read tcp ${address}: ${syscallText('read', 'ECONNRESET')}`
    : dialText(address, error);
}

/** Makes the function that ends a probe: once, with the first outcome, or at its deadline as `tooLate`. */
function probeEnd(
  {
    clock,
    timeoutMs,
    tooLate,
  }: { readonly clock: Clock; readonly timeoutMs: number; readonly tooLate: string },
  socket: Duplex,
  resolve: (outcome: ProbeOutcome) => void,
): (outcome: ProbeOutcome) => void {
  const finish = (outcome: ProbeOutcome) => {
    clock.clearTimeout(timer);
    socket.removeAllListeners();
    // A late error of a socket that no one waits for any more must not end our process.
    socket.on('error', () => {});
    socket.destroy();
    resolve(outcome);
  };
  const timer = clock.setTimeout(() => finish(unhealthy(tooLate)), timeoutMs);
  return finish;
}

/** A request that a probe sends, in one piece. */
interface ProbeRequest {
  readonly host: string;
  readonly port: number;
  readonly isHttps: boolean;
  readonly url: string;
  readonly text: string;
}

/** Writes the request of an action, whose own headers replace the kubelet's. */
function probeRequest(action: HttpGetAction, host: string, port: number, version: string): ProbeRequest {
  const isHttps = action.scheme?.toUpperCase() === 'HTTPS';
  const path = action.path ? (action.path.startsWith('/') ? action.path : `/${action.path}`) : '/';
  const headers = new Map([
    ['host', `Host: ${host}:${port}`],
    ['user-agent', `User-Agent: kube-probe/${/^v?(\d+\.\d+)/.exec(version)?.[1] ?? ''}`],
    ['accept', 'Accept: */*'],
    ['connection', 'Connection: close'],
  ]);
  for (const { name, value } of action.httpHeaders ?? [])
    headers.set(name.toLowerCase(), `${name}: ${value}`);
  return {
    host,
    port,
    isHttps,
    url: `${isHttps ? 'https' : 'http'}://${host}:${port}${path}`,
    text: `GET ${path} HTTP/1.1\r\n${[...headers.values()].join('\r\n')}\r\n\r\n`,
  };
}

/** Judges what has come of a reply. @returns undefined as long as its status is still to come */
function outcomeOf(head: string, url: string): ProbeOutcome | undefined {
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1];
  if (status === undefined) {
    const isMalformed = head.includes('\n') || head.length > MAX_HEAD_BYTES;
    return isMalformed ? unhealthy(`Get "${url}": malformed HTTP response`) : undefined;
  }
  const code = Number(status);
  return code >= 200 && code < 400 ? HEALTHY : unhealthy(`HTTP probe failed with statuscode: ${code}`);
}

function httpProbe(action: HttpGetAction, target: ProbeTarget, timeoutMs: number): Promise<ProbeOutcome> {
  const port = portOf(action.port, target.container);
  if (port === undefined) return Promise.resolve(unhealthy(`couldn't find port "${action.port}"`));
  return askOnce(
    probeRequest(action, action.host ?? target.podAddress, port, target.version),
    target,
    timeoutMs,
  );
}

/**
 * Sends a plain request over one socket. node:http would do, too; but a run probes an unready pod hundreds of
 * times, and needs only the status line of the reply.
 */
function askOnce(
  { host, port, isHttps, url, text }: ProbeRequest,
  { node, clock }: ProbeTarget,
  timeoutMs: number,
): Promise<ProbeOutcome> {
  const trouble = (what: string) => `Get "${url}": ${what}`;
  return new Promise(resolve => {
    const plain = node.connect(host, port);
    const socket = isHttps ? tls.connect({ socket: plain, rejectUnauthorized: false }) : plain;
    let head = '';
    const finish = probeEnd({ clock, timeoutMs, tooLate: trouble(NO_HEADERS) }, socket, outcome => {
      if (isHttps) plain.destroy();
      resolve(outcome);
    });
    const fail = (what: string) => finish(unhealthy(trouble(what)));
    socket.on('error', (error: Error) => fail(dialError(error, `${host}:${port}`)));
    for (const end of ['close', 'end']) socket.on(end, () => fail('EOF'));
    socket.on('data', (chunk: Buffer) => {
      head += chunk.toString('latin1');
      const outcome = outcomeOf(head, url);
      if (outcome) finish(outcome);
    });
    socket.write(text);
  });
}

function tcpProbe(
  action: { readonly port: number | string; readonly host?: string },
  { container, podAddress, node, clock }: ProbeTarget,
  timeoutMs: number,
): Promise<ProbeOutcome> {
  const port = portOf(action.port, container);
  if (port === undefined) return Promise.resolve(unhealthy(`couldn't find port "${action.port}"`));
  const host = action.host ?? podAddress;
  return new Promise(resolve => {
    const socket = node.connect(host, port);
    const tooLate = `dial tcp ${host}:${port}: i/o timeout`;
    const finish = probeEnd({ clock, timeoutMs, tooLate }, socket, resolve);
    socket.on('connect', () => finish(HEALTHY));
    socket.on('error', (error: Error) => finish(unhealthy(dialError(error, `${host}:${port}`))));
  });
}

async function execProbe(
  argv: readonly string[],
  target: ProbeTarget,
  timeoutMs: number,
): Promise<ProbeOutcome> {
  const abort = new AbortController();
  const timer = target.clock.setTimeout(() => abort.abort(new Error('timeout')), timeoutMs);
  try {
    const { exitCode, output } = await target.exec(argv, abort.signal);
    if (abort.signal.aborted)
      return unhealthy(`command timed out: "${argv.join(' ')}" timed out after ${timeoutMs / 1000}s`);
    return exitCode === 0 ? HEALTHY : unhealthy(output);
  } catch (error) {
    return unhealthy(error instanceof Error ? error.message : String(error));
  } finally {
    target.clock.clearTimeout(timer);
  }
}
