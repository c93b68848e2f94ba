/**
 * The program of the images `examples-helloworld-v1` and `-v2`: an HTTP server that tells its version and its
 * pod.
 */
import http from 'node:http';
import type { Image, Main } from '../program.ts';
import { untilTold } from './pause.ts';
import { IMAGE_ORGANISATIONS } from './references.ts';

/** Where it listens (istio/istio samples/helloworld/src/app.py @1.8.0). */
const PORT = 5000;

const helloWorld: Main = async ({ env, hostname, network, signal, stdout }) => {
  const version = env['SERVICE_VERSION'] ?? 'unknown';
  const instance = env['HOSTNAME'] ?? hostname;
  const server = http.createServer(
    // The virtual clock owns all timers: Node's own are turned off.
    { requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0, connectionsCheckingInterval: 2 ** 31 - 1 },
    (request, response) => {
      request.resume();
      response.sendDate = false; // it would be this machine's date, not the world's
      const path = request.url?.split('?')[0];
      const body =
        path === '/hello'
          ? `Hello version: ${version}, instance: ${instance}\n`
          : path === '/health'
            ? 'Helloworld is healthy'
            : undefined;
      if (body === undefined) {
        response.writeHead(404, { 'Content-Type': 'text/html; charset=utf-8' });
        response.end('<!doctype html>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n');
        return;
      }
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        response.writeHead(405, { Allow: 'GET, HEAD, OPTIONS', 'Content-Type': 'text/html; charset=utf-8' });
        response.end('<!doctype html>\n<title>405 Method Not Allowed</title>\n<h1>Method Not Allowed</h1>\n');
        return;
      }
      response.writeHead(200, {
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Length': Buffer.byteLength(body),
      });
      response.end(body);
    },
  );
  const listener = network.listen(PORT, socket => server.emit('connection', socket));
  stdout(` * Running on http://0.0.0.0:${PORT}/\n`);
  await untilTold(signal);
  listener.close();
  server.closeAllConnections();
  server.close(); // stops Node's own interval of the server
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
