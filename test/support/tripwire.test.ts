import { spawn } from 'node:child_process';
import * as crypto from 'node:crypto';
import dns from 'node:dns';
import fs from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import { MessageChannel } from 'node:worker_threads';
import zlib from 'node:zlib';
import t from 'tap';
import { sleep } from '../../harness/base/clock.ts';
import { connectSecurely } from '../../harness/simulator/network/secure-socket.ts';
import { credentials, smallWorld } from './small-world.ts';
import { armTripwire } from './tripwire.ts';

const LEAVING: Readonly<Record<string, () => Promise<unknown>>> = {
  'fs.readFile': () => new Promise(resolve => fs.readFile('/etc/hosts', resolve)),
  'fs.promises': () => fs.promises.stat('/'),
  'dns.lookup': () => new Promise(resolve => dns.lookup('localhost', resolve)),
  'a process': () => new Promise(resolve => spawn(process.execPath, ['--version']).once('close', resolve)),
  'zlib.gzip': () => new Promise(resolve => zlib.gzip('x', resolve)),
  WebCrypto: () => crypto.webcrypto.subtle.digest('SHA-256', Buffer.from('x')),
  'crypto.randomBytes with a callback': () => new Promise(resolve => crypto.randomBytes(8, resolve)),
  'crypto.generateKeyPair': () =>
    new Promise(resolve => crypto.generateKeyPair('ec', { namedCurve: 'P-256' }, () => resolve(undefined))),
  setTimeout: () => new Promise(resolve => setTimeout(resolve, 1)),
  'a message port': () =>
    new Promise(resolve => {
      const { port1, port2 } = new MessageChannel();
      port1.once('message', () => {
        port1.close();
        resolve(undefined);
      });
      port2.postMessage('x');
    }),
};
for (const [what, leave] of Object.entries(LEAVING)) {
  t.test(`${what} trips the wire`, async t => {
    using wire = armTripwire();
    await leave();
    t.ok(wire.trips.length > 0);
    t.ok(
      wire.trips.some(({ stack }) => stack.includes('tripwire.test')),
      'and is told with its place',
    );
  });
}

t.test('a real socket trips the wire', async t => {
  using wire = armTripwire();
  await new Promise(resolve => net.connect(9, '127.0.0.1').once('error', resolve));
  t.match(wire.trips, [{ type: 'TCPCONNECTWRAP' }]); // Node starts it in a later tick: it has no place
});

t.test('what is synchronous does not', async t => {
  using wire = armTripwire();
  const { privateKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
  crypto.sign('sha256', Buffer.from('x'), privateKey);
  crypto.randomBytes(8);
  zlib.gunzipSync(zlib.gzipSync('x'));
  fs.readFileSync('/etc/hosts');
  await new Promise(resolve => setImmediate(resolve));
  await Promise.resolve();
  t.same(wire.trips, []);
});

t.test('nor does a world with TLS, HTTP, names, timers and timeouts', async t => {
  using wire = armTripwire();
  using world = smallWorld();
  const client = world.clusters.east.addPod('client', 'east-node');
  const server = world.clusters.west.addPod('server', 'west-node');
  const { ca, key, cert } = await credentials('server.test');
  const web = https.createServer({ key, cert, keepAliveTimeout: 0 }, (_request, response) =>
    response.end('x'.repeat(1e6)),
  );
  t.teardown(() => web.close());
  server.listen(443, socket => web.emit('connection', socket));
  const socket = client.connect(server.address, 443);
  const secure = connectSecurely(socket, { servername: 'server.test', ca: ca.rootPem });
  secure.setTimeout(60_000);
  const length = new Promise<number>((resolve, reject) => {
    https
      .get({ createConnection: () => secure, path: '/' }, response => {
        let bytes = 0;
        response.on('data', chunk => {
          bytes += chunk.length;
        });
        response.on('end', () => resolve(bytes));
      })
      .on('error', reject);
  });
  t.equal(await length, 1e6);
  await sleep(world.clock, 120_000);
  t.same(wire.trips, []);
});
