// What an HTTP/1.1 exchange costs with node:http and with the codec of ours, both ends, in memory.
// Usage: node --import=./test/support/loader.mjs test/bench/http1.ts
import http from 'node:http';
import { ClientConnection } from '../../harness/base/http1/client-connection.ts';
import { headText } from '../../harness/base/http1/outgoing-message.ts';
import { serveConnection } from '../../harness/base/http1/server-connection.ts';
import { duplexPair } from '../support/duplex-pair.ts';

const EXCHANGES = 5000;
const ROUNDS = 5;
const HEADERS = { Host: 'helloworld.sample:5000', 'User-Agent': 'curl/8.16.0', Accept: '*/*' };
const BODY = 'Hello version: v1, instance: helloworld-v1-776f57d5f6-s7zfc\n';
const ANSWER = { 'Content-Type': 'text/html; charset=utf-8', 'Content-Length': String(BODY.length) };

/** @returns a function that makes one exchange on a connection that stands */
function byNode(): () => Promise<void> {
  const [client, stream] = duplexPair();
  const server = http.createServer({ connectionsCheckingInterval: 2 ** 31 - 1 }, (_request, response) => {
    response.sendDate = false;
    response.writeHead(200, ANSWER);
    response.end(BODY);
  });
  server.emit('connection', stream);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const asSocket = Object.assign(client, { setKeepAlive() {}, setTimeout() {}, ref() {}, unref() {} });
  Object.assign(agent, { createConnection: () => asSocket });
  return () =>
    new Promise((resolve, reject) => {
      const request = http.request({ agent, path: '/hello', headers: HEADERS }, response =>
        response.resume(),
      );
      request.on('error', reject).on('close', resolve).end();
    });
}

/** @returns a function that makes one exchange on a connection that stands */
function byOurs(): () => Promise<void> {
  const [client, stream] = duplexPair();
  const headers = Object.entries(ANSWER).flat();
  serveConnection(stream, {
    onRequest: (_request, response) => {
      response.writeHead({ status: 200, headers, tellsConnection: true });
      response.end(BODY);
    },
  });
  const connection = new ClientConnection(client, {});
  const sent = Object.entries(HEADERS).flat();
  return () =>
    new Promise((resolve, reject) => {
      const head = headText('GET /hello HTTP/1.1', sent);
      const handlers = { onHead() {}, onBody() {}, onEnd() {}, onFail: reject, onClose: resolve };
      connection.begin({ method: 'GET', head, framing: 'plain', keepsAlive: true }, handlers).end();
    });
}

const subjects = { 'node:http': byNode(), ours: byOurs() };
const costs = new Map<string, number[]>();
for (let round = 0; round <= ROUNDS; round++) {
  for (const [name, exchange] of Object.entries(subjects)) {
    const before = process.cpuUsage();
    for (let count = 0; count < EXCHANGES; count++) await exchange();
    const { user, system } = process.cpuUsage(before);
    // The first round is for the compilers.
    if (round > 0) costs.set(name, [...(costs.get(name) ?? []), (user + system) / EXCHANGES]);
  }
}
for (const [name, all] of costs) {
  const median = [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;
  process.stdout.write(`${name.padEnd(10)} ${median.toFixed(1)} µs of the processor for an exchange\n`);
}
process.exit(0);
