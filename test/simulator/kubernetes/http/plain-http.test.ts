/** R9: plain HTTP at an API server's port is answered as Go answers it, inside the world and on this machine. */
import net from 'node:net';
import { text } from 'node:stream/consumers';
import tls from 'node:tls';
import t from 'tap';
import { createListener } from '../../../../harness/simulator/kubernetes/http/server/listener.ts';
import { credentials, smallWorld } from '../../../support/small-world.ts';

const ANSWER = 'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n';
const ROWS: readonly [request: string, answer: string][] = [
  ['GET /version HTTP/1.1\r\nHost: a\r\n\r\n', ANSWER],
  ['HEAD / HTTP/1.1\r\nHost: a\r\n\r\n', ANSWER],
  ['POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n', ANSWER],
  ['PUT /api HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n', ANSWER],
  ['OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n', ANSWER],
  ['DELETE /api HTTP/1.1\r\nHost: a\r\n\r\n', ''],
];

async function listener() {
  const { ca, key, cert } = await credentials('server.test');
  const certificate = { keyPem: key, certificatePem: cert, clientCaPem: ca.rootPem };
  const api = createListener(certificate, {
    onRequest: (_request, response) => void response.end('ok'),
    onUpgrade: ({ socket }) => void socket.destroy(),
  });
  return { api, ca: ca.rootPem };
}
/** What a client reads until the end; an alert of TLS in place of an answer counts as none. */
const answerTo = async (socket: NodeJS.ReadableStream): Promise<string> => {
  const read = await text(socket).catch(() => '');
  return read.startsWith('HTTP') ? read : '';
};

t.test('R9 inside the world', async t => {
  using world = smallWorld();
  const client = world.clusters.east.addPod('client', 'east-node');
  const server = world.clusters.west.addPod('server', 'west-node');
  const { api } = await listener();
  server.listen(443, socket => api.accept(socket));
  for (const [request, answer] of ROWS) {
    const socket = client.connect(server.address, 443);
    socket.write(request);
    t.equal(await answerTo(socket), answer, request.slice(0, 8));
  }
});

t.test('R9 on this machine; TLS goes on as before', async t => {
  const { api, ca } = await listener();
  const port = await api.listen(0, '127.0.0.1');
  for (const [request, answer] of ROWS) {
    const socket = net.connect(port, '127.0.0.1');
    socket.write(request);
    t.equal(await answerTo(socket), answer, request.slice(0, 8));
  }
  const secure = tls.connect({
    port,
    host: '127.0.0.1',
    ca,
    servername: 'server.test',
    ALPNProtocols: ['http/1.1'],
  });
  secure.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  t.match(await text(secure), /^HTTP\/1\.1 200 OK.*ok/s);
  await api.stop();
});
