/**
 * The program of the images `examples-helloworld-v1` and `-v2`: an HTTP server that tells its version and its
 * pod.
 */
import { type ServerHandlers, serveConnection } from '../../base/http1/server-connection.ts';
import type { ResponseHead } from '../../base/http1/server-response.ts';
import { acceptAll } from '../network/accept-all.ts';
import type { Image, Main } from '../program.ts';
import { untilTold } from './pause.ts';
import { IMAGE_ORGANISATIONS } from './references.ts';

/** Where it listens (istio/istio samples/helloworld/src/app.py @1.8.0). */
const PORT = 5000;
const HTML = ['Content-Type', 'text/html; charset=utf-8'];

interface Page {
  readonly head: ResponseHead;
  readonly body: string;
}

const NOT_FOUND: Page = {
  head: { status: 404, headers: HTML, tellsConnection: true },
  body: '<!doctype html>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n',
};
const METHOD_NOT_ALLOWED: Page = {
  head: { status: 405, headers: ['Allow', 'GET, HEAD, OPTIONS', ...HTML], tellsConnection: true },
  body: '<!doctype html>\n<title>405 Method Not Allowed</title>\n<h1>Method Not Allowed</h1>\n',
};

function pageOf(body: string): Page {
  const headers = [...HTML, 'Content-Length', String(Buffer.byteLength(body))];
  return { head: { status: 200, headers, tellsConnection: true }, body };
}

const helloWorld: Main = async ({ env, hostname, network, signal, stdout }) => {
  const version = env['SERVICE_VERSION'] ?? 'unknown';
  const instance = env['HOSTNAME'] ?? hostname;
  const pages = new Map([
    ['/hello', pageOf(`Hello version: ${version}, instance: ${instance}\n`)],
    ['/health', pageOf('Helloworld is healthy')],
  ]);
  const handlers: ServerHandlers = {
    onRequest: ({ head: { method, url } }, response) => {
      const page = pages.get(url.split('?')[0] ?? '') ?? NOT_FOUND;
      const isAllowed = page === NOT_FOUND || method === 'GET' || method === 'HEAD';
      const { head, body } = isAllowed ? page : METHOD_NOT_ALLOWED;
      response.writeHead(head);
      response.end(body);
    },
  };
  const close = acceptAll(network, PORT, socket => serveConnection(socket, handlers));
  stdout(` * Running on http://0.0.0.0:${PORT}/\n`);
  await untilTold(signal);
  close();
  return 0;
};

/** `istio/examples-helloworld-v1` and `-v2`, of any tag: the guide names none, later samples say 1.0. */
export const helloWorldImages: readonly Image[] = ['v1', 'v2'].flatMap(version =>
  IMAGE_ORGANISATIONS.map(organisation => ({
    name: `${organisation}/examples-helloworld-${version}`,
    env: { SERVICE_VERSION: version },
    user: 0,
    entrypoint: [],
    cmd: ['/opt/microservices/helloworld'],
    programs: { '/opt/microservices/helloworld': helloWorld },
  })),
);
