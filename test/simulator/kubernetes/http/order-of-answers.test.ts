/**
 * What a client has first does not depend on the HTTP/2 of its Node: the turns of the event loop that an
 * answer
 * takes, and the order of answers that share a connection.
 */
import { setImmediate as turn } from 'node:timers/promises';
import tls from 'node:tls';
import t from 'tap';
import { type Answer, SharedConnection } from '../../../../harness/base/shared-connection.ts';
import { OPENING_TURNS, RESET_TURNS } from '../../../../harness/base/turns.ts';
import { createListener } from '../../../../harness/simulator/kubernetes/http/server/listener.ts';
import type { VirtualSocket } from '../../../../harness/simulator/network/interfaces.ts';
import { credentials, smallWorld } from '../../../support/small-world.ts';

/** A server that answers `/N` by N bytes, and a client of it. */
async function pair() {
  const world = smallWorld();
  const client = world.clusters.east.addPod('client', 'east-node');
  const server = world.clusters.west.addPod('server', 'west-node');
  const { ca, key, cert } = await credentials('server.test');
  const api = createListener(
    { keyPem: key, certificatePem: cert, clientCaPem: ca.rootPem },
    {
      onRequest: ({ url = '' }, response) => {
        response.writeHead(200);
        if (url === '/watch') response.write('an event');
        else response.end('x'.repeat(Number(url.slice(1))));
      },
      onUpgrade: ({ socket }) => socket.destroy(),
    },
  );
  const accepted: VirtualSocket[] = [];
  server.listen(443, socket => {
    accepted.push(socket);
    api.accept(socket);
  });
  let secured = Promise.resolve();
  const connection = new SharedConnection(() => {
    const socket = client.connect(server.address, 443);
    const options = { ca: ca.rootPem, servername: 'server.test', ALPNProtocols: ['h2'] };
    const secure = tls.connect({ ...options, socket });
    secured = new Promise(resolve => secure.once('secureConnect', resolve));
    return secure;
  });
  const ask = (path: string, signal?: AbortSignal): Promise<Answer> =>
    connection.request({ ':method': 'GET', ':path': path }, undefined, signal);
  const read = async (path: string): Promise<void> => {
    for await (const _ of (await ask(path)).body);
  };
  return { accepted, ask, read, secured: () => secured, [Symbol.dispose]: () => world[Symbol.dispose]() };
}

/** Counts the turns until something is there. */
async function turnsUntil(awaited: Promise<unknown>): Promise<number> {
  let isThere = false;
  void awaited.then(() => (isThere = true));
  for (let count = 0; ; count++) {
    if (isThere) return count;
    await turn();
  }
}

t.test('answers of many frames do not mix: who asked first has his first', async t => {
  using of = await pair();
  await of.read('/1');
  const order: string[] = [];
  const paths = ['/70000', '/100', '/40000', '/200'];
  await Promise.all(paths.map(async path => of.read(path).then(() => order.push(path))));
  t.same(order, paths);
});

t.test('an answer takes as many turns after the opening and after a reset as at rest', async t => {
  using of = await pair();
  const opening = of.read('/1');
  await of.secured();
  const first = await turnsUntil(opening);
  const usual = await turnsUntil(of.read('/1'));
  t.equal(first, OPENING_TURNS + usual, 'nothing of the opening is under way any more');
  for (const wait of [0, 1, 2, 3]) {
    const watching = new AbortController();
    const watch = await of.ask('/watch', watching.signal);
    watch.body.on('error', () => {}).resume();
    for (let n = 0; n < 12; n++) await turn();
    watching.abort(new Error('enough'));
    for (let n = 0; n < wait; n++) await turn();
    t.equal(
      wait + (await turnsUntil(of.read('/1'))),
      RESET_TURNS + usual,
      `asked ${wait} turns after a reset`,
    );
  }
});

t.test(
  'a connection that breaks while it opens ends what waits for it, and the next request takes another',
  async t => {
    using of = await pair();
    const asked = of.read('/1');
    await of.secured();
    of.accepted[0]?.resetAndDestroy();
    await t.rejects(asked, { code: 'ECONNRESET' });
    await of.read('/1');
    t.equal(of.accepted.length, 2);
  },
);
