/** One request on its way through the handlers. */
import type { IncomingMessage } from 'node:http';
import { gzipSync } from 'node:zlib';
import { dump } from 'js-yaml';
import type { ApiError, Status } from '../registry/status.ts';
import type { UserInfo } from '../registry/user.ts';
import { type Accepted, acceptedForm, PLAIN } from './accept.ts';
import { sendHead } from './answer-head.ts';
import type { Exchange } from './exchange.ts';
import type { RequestInfo } from './request-info.ts';

/** A request that is authenticated and authorized, and where its answer goes. */
export interface Call<Info extends RequestInfo = RequestInfo> extends Exchange {
  readonly info: Info;
  readonly user: UserInfo;
  /** The form that the client and the endpoint agree on. */
  readonly accepted: Accepted;
}

const MAX_MANAGER_BYTES = 128;

/** Returns the field manager: the one that is asked for, or the user agent up to the slash. */
export function managerOf({ request, info }: Call): string {
  const asked = info.query.get('fieldManager');
  if (asked !== null && asked !== '') return asked;
  const agent = (request.headers['user-agent'] ?? '').split('/')[0] ?? '';
  return agent.slice(0, MAX_MANAGER_BYTES) || 'unknown';
}

/** Sends a JSON text; indented or as YAML if the client asked for it. */
export function sendJson(call: Call, code: number, text: string, contentType?: string): void {
  sendForm(call, call.accepted, code, text, contentType);
}

/** Sends a value as JSON. */
export function sendValue(call: Call, code: number, value: unknown): void {
  sendJson(call, code, JSON.stringify(value));
}

/** Sends a value as indented JSON, whatever is asked for: what is no object of the API. */
export function sendIndented(exchange: Exchange, code: number, value: unknown, type = JSON_TYPE): void {
  send(exchange, code, indented(value), type);
}

/** Sends plain text, for answers that the real server does not give as a Status. */
export function sendText(exchange: Exchange, code: number, text: string, type = TEXT_TYPE): void {
  send(exchange, code, text, type);
}

/** Sends a text that browsers must not take for a page: what Go's http.Error sends. */
export function sendTextError(exchange: Exchange, code: number, text: string): void {
  if (!exchange.response.headersSent) exchange.response.setHeader('X-Content-Type-Options', 'nosniff');
  sendText(exchange, code, `${text}\n`);
}

/** Sends the Status of a failure. */
export function sendError(exchange: Exchange, error: ApiError): void {
  sendStatus(exchange, error.status);
}

/**
 * Sends a Status with its own code, and `Retry-After` if it has one; to a client that accepts no form of it,
 * as indented JSON (staging/src/k8s.io/apiserver pkg/endpoints/handlers/responsewriters/writers.go @v1.34).
 */
export function sendStatus(exchange: Exchange, status: Status): void {
  const { request, response } = exchange;
  const retry = status.details?.retryAfterSeconds;
  if (retry !== undefined && !response.headersSent) response.setHeader('Retry-After', String(retry));
  const form = acceptedForm(request.headers.accept, PLAIN);
  const code = status.code ?? 200;
  if (form) sendForm(exchange, form, code, JSON.stringify(status));
  else sendIndented(exchange, code, status);
}

const JSON_TYPE = 'application/json';
const TEXT_TYPE = 'text/plain; charset=utf-8';

const indented = (value: unknown): string => JSON.stringify(value, undefined, 2);

function sendForm(
  exchange: Exchange,
  { media, isPretty }: Accepted,
  code: number,
  text: string,
  contentType = JSON_TYPE,
): void {
  if (media === 'yaml') send(exchange, code, yamlOf(JSON.parse(text)), 'application/yaml');
  else if (isPretty || wantsPretty(exchange.request))
    send(exchange, code, indented(JSON.parse(text)), contentType);
  else send(exchange, code, `${text}\n`, contentType);
}

/** As sigs.k8s.io/yaml writes: keys sorted, lists not set in. */
const yamlOf = (value: unknown): string =>
  dump(value, { noRefs: true, sortKeys: true, noArrayIndent: true, quotingType: '"', lineWidth: -1 });

/** The user agents of people. */
const PEOPLE = /^(?:curl|Wget|Mozilla\/5\.0)/;
const TRUE = /^(?:1|t|T|TRUE|true|True)$/;

/** pkg/endpoints/handlers/negotiation/negotiate.go, isPrettyPrint. */
function wantsPretty({ url = '', headers }: IncomingMessage): boolean {
  if (url.includes('pretty')) {
    const asked = new URLSearchParams(url.slice(url.indexOf('?') + 1)).get('pretty');
    if (asked !== null && asked !== '') return TRUE.test(asked);
  }
  return PEOPLE.test(headers['user-agent'] ?? '');
}

/** Answers longer than this are compressed for clients that can read it. */
const GZIP_FROM_BYTES = 128 * 1024;
/** In characters. */
const LONG = 16 * 1024;

function send(exchange: Exchange, code: number, text: string, contentType: string): void {
  const { request, response } = exchange;
  if (response.headersSent || response.destroyed) return;
  // A short text leaves in one piece with the head; a long one is gone through once.
  let body: string | Buffer = text.length > LONG ? Buffer.from(text) : text;
  if (text.length > GZIP_FROM_BYTES && acceptsGzip(request)) {
    body = gzipSync(body, { level: 1 });
    response.setHeader('Content-Encoding', 'gzip');
    const vary = response.getHeader('Vary');
    response.setHeader('Vary', vary === undefined ? 'Accept-Encoding' : `${String(vary)}, Accept-Encoding`);
  }
  sendHead(exchange, code, {
    'Content-Type': contentType,
    'Cache-Control': 'no-cache, private',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}

const acceptsGzip = ({ headers }: IncomingMessage): boolean =>
  (headers['accept-encoding'] ?? '')
    .toString()
    .split(',')
    .some(part => part.trim() === 'gzip');
