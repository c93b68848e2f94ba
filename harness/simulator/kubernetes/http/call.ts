/** One request on its way through the handlers. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dump } from 'js-yaml';
import type { ApiError, Status } from '../registry/status.ts';
import type { UserInfo } from '../registry/user.ts';
import type { RequestInfo } from './request-info.ts';

/** A request that is authenticated and authorized, and where its answer goes. */
export interface Call<Info extends RequestInfo = RequestInfo> {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly info: Info;
  readonly user: UserInfo;
}

/** Returns the default field manager: the user agent up to the slash. */
export function managerOf({ request, info }: Call): string {
  const asked = info.query.get('fieldManager');
  if (asked !== null && asked !== '') return asked;
  return (request.headers['user-agent'] ?? '').split('/')[0] || 'unknown';
}

/** Sends a JSON text; indented or as YAML if the client asked for it. */
export function sendJson(call: Call, code: number, text: string, contentType = 'application/json'): void {
  const { response, request, info } = call;
  let body = text;
  let type = contentType;
  if ((request.headers.accept ?? '').startsWith('application/yaml')) {
    body = dump(JSON.parse(text), { noRefs: true, lineWidth: -1 });
    type = 'application/yaml';
  } else if (info.query.get('pretty') === 'true' || info.query.get('pretty') === '1') {
    body = `${JSON.stringify(JSON.parse(text), undefined, 2)}\n`;
  }
  send(response, code, body, type);
}

/** Sends a value as JSON. */
export function sendValue(call: Call, code: number, value: unknown): void {
  sendJson(call, code, JSON.stringify(value));
}

/** Sends plain text, for answers that the real server does not give as a Status. */
export function sendText(response: ServerResponse, code: number, text: string): void {
  send(response, code, text, 'text/plain; charset=utf-8');
}

function send(response: ServerResponse, code: number, body: string, contentType: string): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(code, {
    'Content-Type': contentType,
    'Cache-Control': 'no-cache, private',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}

/** Answers with a Status. */
export function sendError(response: ServerResponse, error: ApiError): void {
  sendStatus(response, error.status);
}

/** Sends a Status with its own code, and `Retry-After` if it has one. */
export function sendStatus(response: ServerResponse, status: Status): void {
  const retry = status.details?.retryAfterSeconds;
  if (retry !== undefined && !response.headersSent) response.setHeader('Retry-After', String(retry));
  send(response, status.code ?? 200, `${JSON.stringify(status)}\n`, 'application/json');
}
