/** node:http and the codec of ours, each as a function from a connection's bytes to what came of them. */
import http from 'node:http';
import type { Duplex } from 'node:stream';
import { ClientConnection } from '../../harness/base/http1/client-connection.ts';
import { headText } from '../../harness/base/http1/outgoing-message.ts';
import { serveConnection } from '../../harness/base/http1/server-connection.ts';
import { duplexPair } from './duplex-pair.ts';

/** What a server made of a connection. */
export interface Served {
  readonly requests: readonly {
    readonly head: readonly unknown[];
    body: string;
    isWhole: boolean;
  }[];
  readonly errors: readonly string[];
  /** What it wrote. */
  readonly output: string;
  readonly isClosed: boolean;
}

/** What a client made of a connection. */
export interface Received {
  readonly head: readonly unknown[] | undefined;
  readonly body: string;
  /** `whole`, `pending`, or the code of what went wrong. */
  readonly outcome: string;
  /** What was wrong after the answer was whole. */
  readonly leftover: string | undefined;
  readonly isReusable: boolean;
}

/** How a server answers. */
export interface Answering {
  /** Content-Length tells where the answer ends; else chunks do. */
  readonly hasLength: boolean;
  /** Only after all requests have come, the last one first. */
  readonly isLate: boolean;
  readonly status: number;
  /** Bytes that are no HTTP are left to the codec, which answers them. */
  readonly leavesRefusals: boolean;
}

const ANSWER = 'hi there';
const UNTOLD = { body: '', isWhole: false };
const headersOf = ({ hasLength }: Answering): string[] =>
  hasLength ? ['Content-Length', String(ANSWER.length)] : ['x-y', 'z'];

/** Long enough for whatever is in memory to arrive. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise(resolve => setImmediate(resolve));
}

/** Sends the pieces, and the end of the connection when all has come of them that can. */
async function feed(stream: Duplex, { pieces, ends }: Wire): Promise<void> {
  for (const piece of pieces) stream.write(piece);
  await settle();
  if (!ends) return;
  stream.end();
  await settle();
}

interface Wire {
  readonly pieces: readonly Buffer[];
  readonly ends: boolean;
}

interface ServerUnderTest {
  readonly requests: { head: readonly unknown[]; body: string; isWhole: boolean }[];
  readonly errors: string[];
  /** Answers that wait until all requests have come. */
  readonly late: (() => void)[];
}

async function serve(wire: Wire, accept: (stream: Duplex, test: ServerUnderTest) => void): Promise<Served> {
  const [client, server] = duplexPair();
  const test: ServerUnderTest = { requests: [], errors: [], late: [] };
  let output = '';
  client.on('data', (bytes: Buffer) => {
    output += bytes.toString('latin1');
  });
  client.on('error', () => {});
  accept(server, test);
  await feed(client, wire);
  for (const answer of test.late.reverse()) answer();
  await settle();
  const isClosed = server.destroyed || server.writableEnded;
  server.destroy();
  client.destroy();
  // Whether Node tells of the end of such a request depends on how it was cut: it closes at once.
  for (const request of test.requests) if (request.head[0] === 'PRI') Object.assign(request, UNTOLD);
  // Node adds its date to the answers that it gives by itself.
  const { requests, errors } = test;
  return { requests, errors, output: output.replace(/Date: [^\r]*\r\n/g, ''), isClosed };
}

/** One server, as each would start a timer. */
const nodeServer = http.createServer({
  keepAliveTimeout: 0,
  requestTimeout: 0,
  headersTimeout: 0,
  connectionsCheckingInterval: 2 ** 31 - 1,
});

/** Serves with node:http. */
export function serveByNode(wire: Wire, answering: Answering): Promise<Served> {
  return serve(wire, (stream, { requests, errors, late }) => {
    nodeServer.removeAllListeners('request').removeAllListeners('clientError');
    if (!answering.leavesRefusals)
      nodeServer.on('clientError', (error: NodeJS.ErrnoException) => errors.push(String(error.code)));
    nodeServer.on('request', (request, response) => {
      const entry = {
        head: [request.method, request.url, request.httpVersion, request.rawHeaders],
        body: '',
        isWhole: false,
      };
      requests.push(entry);
      request.on('data', (bytes: Buffer) => {
        entry.body += bytes.toString('latin1');
      });
      request.on('end', () => {
        entry.isWhole = true;
      });
      request.on('error', () => {});
      const answer = () => {
        response.sendDate = false;
        response.writeHead(answering.status, headersOf(answering));
        response.end(ANSWER);
      };
      if (answering.isLate) late.push(answer);
      else answer();
    });
    nodeServer.emit('connection', stream);
  });
}

/** Serves with the codec of ours. */
export function serveByOurs(wire: Wire, answering: Answering): Promise<Served> {
  return serve(wire, (stream, { requests, errors, late }) => {
    serveConnection(stream, {
      onRequest: (request, response) => {
        const { head } = request;
        const entry = {
          head: [head.method, head.url, head.httpVersion, head.rawHeaders],
          body: '',
          isWhole: false,
        };
        requests.push(entry);
        request.read({
          onBody: bytes => {
            entry.body += bytes.toString('latin1');
          },
          onEnd: () => {
            entry.isWhole = true;
          },
        });
        const answer = () => {
          response.writeHead({
            status: answering.status,
            headers: headersOf(answering),
            tellsConnection: true,
          });
          response.end(ANSWER);
        };
        if (answering.isLate) late.push(answer);
        else answer();
      },
      ...(!answering.leavesRefusals && { onRefused: error => errors.push(error.code) }),
    });
  });
}

/** Sends a request with node:http. */
export async function receiveByNode(wire: Wire, method: string): Promise<Received> {
  const [client, server] = duplexPair();
  server.on('error', () => {});
  server.resume();
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  Object.assign(agent, { createConnection: () => client, keepSocketAlive: () => true });
  const request = http.request({ agent, method, path: '/', headers: { Host: 'h' } });
  const codes: string[] = [];
  let [body, isWhole]: [string, boolean] = ['', false];
  let head: readonly unknown[] | undefined;
  request.on('error', (error: NodeJS.ErrnoException) => codes.push(String(error.code)));
  request.on('response', response => {
    head = [response.statusCode, response.statusMessage, response.httpVersion, response.rawHeaders];
    response.on('data', (bytes: Buffer) => {
      body += bytes.toString('latin1');
    });
    response.on('end', () => {
      isWhole = true;
    });
    response.on('error', (error: NodeJS.ErrnoException) => codes.push(String(error.code)));
  });
  request.end();
  await settle();
  await feed(server, wire);
  const isReusable = Object.values(agent.freeSockets)
    .flat()
    .some(socket => socket && !socket.destroyed);
  // An upgrade that nobody asked for just closes the connection.
  const closed = request.closed || request.destroyed ? 'ECONNRESET' : 'pending';
  const outcome = isWhole ? 'whole' : (codes[0] ?? closed);
  client.destroy();
  server.destroy();
  return { head, body, outcome, leftover: isWhole ? codes[0] : undefined, isReusable };
}

/** Sends a request with the codec of ours. */
export async function receiveByOurs(wire: Wire, method: string): Promise<Received> {
  const [client, server] = duplexPair();
  server.on('error', () => {});
  server.resume();
  const connection = new ClientConnection(client, {});
  let [body, outcome]: [string, string] = ['', 'pending'];
  let head: readonly unknown[] | undefined;
  let leftover: string | undefined;
  const exchange = connection.begin(
    { method, head: headText(`${method} / HTTP/1.1`, ['Host', 'h']), framing: 'plain', keepsAlive: true },
    {
      onHead: ({ status, reason, httpVersion, rawHeaders }) => {
        head = [status, reason, httpVersion, rawHeaders];
      },
      onBody: bytes => {
        body += bytes.toString('latin1');
      },
      onEnd: error => {
        outcome = 'whole';
        leftover = (error as NodeJS.ErrnoException | undefined)?.code;
      },
      onFail: error => {
        outcome = String((error as NodeJS.ErrnoException).code);
      },
    },
  );
  exchange.end();
  await settle();
  await feed(server, wire);
  const isReusable = connection.isFree;
  client.destroy();
  server.destroy();
  return { head, body, outcome, leftover, isReusable };
}
