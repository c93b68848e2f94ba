/** Requests to the API server with headers, and without a client's view of the answers. */
import http from 'node:http';
import tls from 'node:tls';
import { load } from 'js-yaml';
import type { ApiWorld } from './api-world.ts';

export interface RawAnswer {
  readonly code: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

export interface RawOptions {
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string;
  /** Without a certificate: whoever the headers say, or nobody. */
  readonly isAnonymous?: boolean;
}

interface Credentials {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Reads the client certificate of the administrator's kubeconfig. */
export function credentialsOf(world: ApiWorld): Credentials {
  const config = load(world.api.kubeconfig()) as {
    users: { user: Record<'client-certificate-data' | 'client-key-data', string> }[];
  };
  const user = config.users[0]?.user;
  if (!user) throw new Error('a kubeconfig without a user');
  return {
    cert: Buffer.from(user['client-certificate-data'], 'base64'),
    key: Buffer.from(user['client-key-data'], 'base64'),
  };
}

/** Opens a connection to the API server, as the administrator or as nobody. */
export const tlsConnection = (world: ApiWorld, isAnonymous = false): tls.TLSSocket =>
  tls.connect({
    socket: world.dial(world.world.nodes.east.address, 6443),
    rejectUnauthorized: false,
    ...(isAnonymous ? {} : credentialsOf(world)),
  });

/** Sends one request over HTTP/1.1, and reads the answer to its end. */
export function rawRequest(
  world: ApiWorld,
  method: string,
  path: string,
  { headers = {}, body, isAnonymous = false }: RawOptions = {},
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const request = http.request({
      method,
      path,
      headers: { host: 'x', ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      createConnection: () => tlsConnection(world, isAnonymous),
    });
    request.on('error', reject);
    request.on('response', response => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const all = Buffer.concat(chunks);
        const { statusCode: code = 0, headers } = response;
        resolve({ code, headers, body: all, text: all.toString() });
      });
    });
    request.end(body);
  });
}

/** Returns the message of a Status, with the code before it. */
export const refusal = ({ code, text }: RawAnswer): string =>
  `${code} ${(JSON.parse(text) as { message: string }).message}`;
