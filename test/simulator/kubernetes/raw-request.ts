/** Requests to a test's API server as a program would send them, with all of the answer. */
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
}

export interface Answer {
  readonly code: number;
  /** Of a Status. */
  readonly message: unknown;
  readonly body: unknown;
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
  { method, path, type = 'application/json', body }: RawRequest,
  agent: https.Agent,
): Promise<Answer> {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  const headers = {
    accept: 'application/json',
    ...(text !== '' && { 'content-type': type, 'content-length': Buffer.byteLength(text) }),
  };
  return new Promise((resolve, reject) => {
    const request = https.request({ method, path, headers, agent }, response => {
      let received = '';
      response.on('data', (chunk: Buffer) => {
        received += chunk.toString();
      });
      response.on('end', () => resolve(answerOf(response.statusCode ?? 0, response.rawHeaders, received)));
    });
    request.on('error', reject);
    request.end(text);
  });
}

function answerOf(code: number, headers: readonly string[], text: string): Answer {
  const warnings = headers.flatMap((name, index) =>
    index % 2 === 0 && name.toLowerCase() === 'warning' ? [headers[index + 1] ?? ''] : [],
  );
  const body: unknown = /^[{[]/.test(text) ? JSON.parse(text) : text;
  const message = typeof body === 'object' && body !== null && 'message' in body ? body.message : text;
  return { code, message, body, warnings: warnings.map(warning => String(JSON.parse(warning.slice(6)))) };
}
