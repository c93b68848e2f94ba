/**
 * What the proxy adds to, and takes from, the headers that pass through it. Flat lists: name, value, name,
 * value.
 */
import { headerOf } from '../../../../base/http1/message-head.ts';
import type { DownstreamConnection } from '../environment/environment.ts';
import type { ManagerContext } from './manager-context.ts';
import { withForwardedFor } from './remote-address.ts';

/** They are between two neighbours only (RFC 9110, 7.6.1); the codec of the next connection sets its own. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'upgrade',
  'http2-settings',
  'te',
]);
const CLIENT_CERTIFICATE = 'x-forwarded-client-cert';

/** Headers of the request as it goes on to the upstream. */
export function upstreamHeaders(
  context: ManagerContext,
  connection: DownstreamConnection,
  rawHeaders: readonly string[],
): string[] {
  const headers: string[] = [];
  let hasProtocol = false;
  let hasRequestId = false;
  let forwardedCertificate: string | undefined;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    const value = rawHeaders[index + 1] ?? '';
    if (HOP_BY_HOP.has(name)) continue;
    if (name === CLIENT_CERTIFICATE) {
      forwardedCertificate = value;
      continue;
    }
    if (name === 'x-forwarded-proto') hasProtocol = true;
    else if (name === 'x-request-id') hasRequestId = true;
    headers.push(name, value);
  }
  if (!hasProtocol) headers.push('x-forwarded-proto', 'http');
  if (!hasRequestId) headers.push('x-request-id', context.requestIds.uuid());
  if (context.forwardsClientCertificate) {
    const certificate = clientCertificate(connection, forwardedCertificate);
    if (certificate !== undefined) headers.push(CLIENT_CERTIFICATE, certificate);
  }
  return withForwardedFor(context, connection, headers);
}

/** Puts another name in the place of the Host header. */
export const withHost = (headers: readonly string[], host: string): string[] => [
  'host',
  host,
  ...headers.filter((_, at) => headers[at - (at % 2)] !== 'host'),
];

/** Tells which path was asked for, where a route has rewritten it. */
export const withOriginalPath = (headers: readonly string[], path: string): string[] => [
  ...headers,
  'x-envoy-original-path',
  path,
];

const ATTEMPTS = 'x-envoy-attempt-count';

/** Adds which attempt it is, in place of what the client said of its own (include_request_attempt_count). */
export function attemptHeaders(headers: readonly string[], attempts: number): string[] {
  const rest =
    headerOf(headers, ATTEMPTS) === undefined
      ? headers
      : headers.filter((_, at) => headers[at - (at % 2)] !== ATTEMPTS);
  return [...rest, ATTEMPTS, String(attempts)];
}

/** Headers of an upstream's response as it goes back to the client. */
export function responseHeaders(
  context: ManagerContext,
  rawHeaders: readonly string[],
  tookMs: number,
): string[] {
  const headers: string[] = [];
  let hasDate = false;
  let server: string | undefined;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    const value = rawHeaders[index + 1] ?? '';
    if (HOP_BY_HOP.has(name) || name === 'transfer-encoding' || name === 'x-envoy-upstream-service-time')
      continue;
    if (name === 'server') {
      server = value;
      continue;
    }
    if (name === 'date') hasDate = true;
    headers.push(name, value);
  }
  if (!hasDate) headers.push('date', dateOf(context));
  headers.push('x-envoy-upstream-service-time', String(Math.round(tookMs)));
  // server_header_transformation: PASS_THROUGH for inbound, OVERWRITE else
  headers.push('server', context.isInbound ? (server ?? context.serverName) : context.serverName);
  return headers;
}

/** Headers of a reply of the proxy's own. */
export function downstreamHeaders(context: ManagerContext, body: string): string[] {
  const headers = ['content-length', String(Buffer.byteLength(body))];
  if (body !== '') headers.push('content-type', 'text/plain');
  headers.push('date', dateOf(context), 'server', context.serverName);
  return headers;
}

let lastSecond = { second: -1, text: '' };

/** Many replies fall into the same second. */
function dateOf({ environment }: ManagerContext): string {
  const second = Math.floor(environment.clock.now() / 1000);
  if (second !== lastSecond.second) lastSecond = { second, text: new Date(second * 1000).toUTCString() };
  return lastSecond.text;
}

/** As APPEND_FORWARD says it, with subject and URI. */
function clientCertificate(
  { peer }: DownstreamConnection,
  forwarded: string | undefined,
): string | undefined {
  if (!peer) return forwarded;
  const own = `By=${peer.localUri};Hash=${peer.hash};Subject="${peer.subject}";URI=${peer.uri}`;
  return forwarded === undefined ? own : `${forwarded},${own}`;
}
