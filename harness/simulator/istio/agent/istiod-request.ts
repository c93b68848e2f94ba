/** HTTP on a connection to istiod: credentials, requests, and how to read an answer that is an error. */
import http from 'node:http';
import type { Duplex } from 'node:stream';
import type { ProcessContext } from '../../program.ts';
import { type AgentSettings, type ServerAddress, TOKEN_FILE } from './settings.ts';

/** Returns the headers of every request: the pod's token, and the cluster whose API server can verify it. */
export function credentials({ files }: ProcessContext, { clusterId }: AgentSettings): Record<string, string> {
  const token = files.exists(TOKEN_FILE) ? files.read(TOKEN_FILE).trim() : '';
  return { authorization: `Bearer ${token}`, ClusterID: clusterId };
}

/** Begins a request on a connection of its own. */
export function requestOver(
  stream: Duplex,
  address: ServerAddress,
  options: { readonly method: string; readonly path: string; readonly headers: Record<string, string> },
): http.ClientRequest {
  return http.request({
    createConnection: () => stream,
    host: address.host,
    port: address.port,
    ...options,
  });
}

/** Reads the `message` in an error's JSON body; without one, returns the body itself. */
export async function messageOfAnswer(response: http.IncomingMessage): Promise<string> {
  const text = await readText(response);
  try {
    const body: unknown = JSON.parse(text);
    if (body !== null && typeof body === 'object' && 'message' in body) return String(body.message);
  } catch {
    // no JSON: the text itself has to do
  }
  return text.trim() || `unexpected HTTP status code received from server: ${response.statusCode}`;
}

/** Reads a whole body as UTF-8. */
export async function readText(response: http.IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) text += chunk;
  return text;
}

/** Returns the gRPC code that goes with an HTTP status of istiod. */
export function grpcCode(status: number | undefined): string {
  if (status === 401) return 'Unauthenticated';
  if (status === 403) return 'PermissionDenied';
  return status === 503 ? 'Unavailable' : 'Internal';
}
