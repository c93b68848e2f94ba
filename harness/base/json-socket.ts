/** JSON over HTTP on a Unix socket: between processes of one user, on one machine. */
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { chmodSync } from './disk/disk.ts';
import { OWNER_ONLY } from './disk/modes.ts';
import { HarnessError } from './errors.ts';

/** No request is longer. */
const MAX_BODY_BYTES = 64 * 1024;

/** What is asked. */
export interface JsonAsk {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent where nothing is sent. */
  readonly body?: unknown;
}

/** What is answered. */
export interface JsonAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/**
 * Answers at a socket that only this user can open.
 * @param socket - a path of 100 bytes at most; its folder has to be the user's own until the mode is set
 * @param answer - its signal aborts when whoever asked has gone; what it throws is an answer of 500
 * @throws Error with a code, such as EADDRINUSE
 */
export async function serveJson(
  socket: string,
  answer: (ask: JsonAsk, gone: AbortSignal) => Promise<JsonAnswer>,
): Promise<AsyncDisposable> {
  const server = createServer((request, response) => void reply(request, response, answer));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, () => resolve());
  });
  const close = async () => {
    const closed = new Promise<void>(resolve => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  };
  try {
    chmodSync(socket, OWNER_ONLY);
  } catch (error) {
    await close();
    throw error;
  }
  return { [Symbol.asyncDispose]: close };
}

async function reply(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Parameters<typeof serveJson>[1],
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort(new Error('Whoever asked has gone.')));
  response.on('error', () => {}); // the same
  const { method = '', url = '' } = request;
  const headers = textOf(request.headers);
  let told: JsonAnswer;
  try {
    told = await answer({ method, path: url, headers, body: await bodyOf(request) }, gone.signal);
  } catch (error) {
    told = { status: 500, headers: {}, body: { error: String(error) } };
  }
  response.writeHead(told.status, { ...told.headers, 'content-type': 'application/json' });
  response.end(JSON.stringify(told.body));
}

/**
 * Asks at a socket.
 * @throws Error with a code (ENOENT, ECONNREFUSED, ECONNRESET) if nobody answers; the signal's reason
 */
export function askJson(
  socketPath: string,
  { method, path, headers, body }: JsonAsk,
  signal: AbortSignal,
): Promise<JsonAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ socketPath, method, path, headers, signal, agent: false }, response => {
      response.on('error', reject);
      textIn(response, Infinity).then(text => {
        const { statusCode: status = 500 } = response;
        resolve({ status, headers: textOf(response.headers), body: parsed(text) });
      }, reject);
    });
    request.on('error', reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const textOf = (headers: IncomingMessage['headers']): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

/** @throws HarnessError ERR_USAGE for one that is too long or no JSON */
async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const text = await textIn(request, MAX_BODY_BYTES);
  if (text === '') return undefined;
  const body = parsed(text);
  if (body === undefined) throw new HarnessError('ERR_USAGE', 'The request is no JSON.');
  return body;
}

async function textIn(message: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new HarnessError('ERR_USAGE', 'The request is too long.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
