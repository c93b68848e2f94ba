/** Requests to a test's API server as a program would send them, with all of the answer. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import https from 'node:https';
import tls from 'node:tls';
import { load } from 'js-yaml';
import type { ApiWorld } from './api-world.ts';

export interface RawRequest {
  readonly method: string;
  readonly path: string;
  /** The media type of the body; JSON if it is absent. */
  readonly type?: string;
  /** A text is sent as it is. */
  readonly body?: unknown;
  /** Others than those that every request has, or in their place. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly code: number;
  /** Of a Status. */
  readonly message: unknown;
  readonly body: unknown;
  readonly bytes: Buffer;
  /** By their names in small letters. */
  readonly headers: IncomingHttpHeaders;
  /** The texts of the headers `Warning`. */
  readonly warnings: readonly string[];
}

export type Ask = (request: RawRequest) => Promise<Answer>;

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: Readonly<Record<string, string>> }[];
  readonly users: readonly { readonly user: Readonly<Record<string, string>> }[];
}

/** Sends requests as the administrator. */
export function asker({ api, dial }: ApiWorld): Ask {
  const { clusters, users } = load(api.kubeconfig()) as Kubeconfig; // written by the server
  const cluster = clusters[0]?.cluster ?? {};
  const user = users[0]?.user ?? {};
  const decoded = (text: string | undefined) => Buffer.from(text ?? '', 'base64');
  const { hostname, port } = new URL(cluster['server'] ?? '');
  const secrets = {
    ca: decoded(cluster['certificate-authority-data']),
    cert: decoded(user['client-certificate-data']),
    key: decoded(user['client-key-data']),
  };
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  agent.createConnection = () =>
    tls.connect({
      socket: dial(hostname, Number(port)),
      checkServerIdentity: () => undefined,
      ...secrets,
    });
  return request => send(request, agent);
}

function send(
  { method, path, type = 'application/json', body, headers: more }: RawRequest,
  agent: https.Agent,
): Promise<Answer> {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  const headers = {
    accept: 'application/json',
    ...(text !== '' && { 'content-type': type, 'content-length': Buffer.byteLength(text) }),
    ...more,
  };
  return new Promise((resolve, reject) => {
    const request = https.request({ method, path, headers, agent }, response => {
      const received: Buffer[] = [];
      response.on('data', (chunk: Buffer) => received.push(chunk));
      response.on('end', () => resolve(answerOf(response, Buffer.concat(received))));
    });
    request.on('error', reject);
    request.end(text);
  });
}

function answerOf({ statusCode = 0, rawHeaders, headers }: IncomingMessage, bytes: Buffer): Answer {
  const text = bytes.toString();
  const warnings = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 && name.toLowerCase() === 'warning' ? [rawHeaders[index + 1] ?? ''] : [],
  );
  const body: unknown = /^[{[]/.test(text) ? JSON.parse(text) : text;
  const message = typeof body === 'object' && body !== null && 'message' in body ? body.message : text;
  return {
    code: statusCode,
    message,
    body,
    bytes,
    headers,
    warnings: warnings.map(warning => String(JSON.parse(warning.slice(6)))),
  };
}
