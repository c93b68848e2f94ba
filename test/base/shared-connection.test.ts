import http2 from 'node:http2';
import type { Readable } from 'node:stream';
import tls from 'node:tls';
import t from 'tap';
import { type Answer, endOf, SharedConnection } from '../../harness/base/shared-connection.ts';
import type { VirtualSocket } from '../../harness/simulator/network/interfaces.ts';
import { credentials, smallWorld } from '../support/small-world.ts';

const MIB = 1024 * 1024;

/** A server that answers by path, and a connection to it; `accepted` are its sockets so far. */
async function pair() {
  const world = smallWorld();
  const client = world.clusters.east.addPod('client', 'east-node');
  const server = world.clusters.west.addPod('server', 'west-node');
  const { ca, key, cert } = await credentials('server.test');
  const api = http2.createSecureServer({ key, cert }, (request, response) => {
    const path = request.url.split('?')[0];
    if (path === '/silent') return;
    if (path === '/half' || path === '/watch') {
      response.writeHead(200).write('half');
    } else if (path === '/large') {
      response.end(Buffer.alloc(6 * MIB, 'x'));
    } else {
      let body = '';
      request.on('data', chunk => (body += chunk));
      request.on('end', () => response.writeHead(201).end(`${request.method} ${request.url} ${body.length}`));
    }
  });
  const accepted: VirtualSocket[] = [];
  const listen = () =>
    server.listen(443, socket => {
      accepted.push(socket);
      api.emit('connection', socket);
    });
  const connection = new SharedConnection(() =>
    tls.connect({
      socket: client.connect(server.address, 443),
      ca: ca.rootPem,
      servername: 'server.test',
      ALPNProtocols: ['h2'],
    }),
  );
  const ask = (path: string, payload?: string, signal?: AbortSignal): Promise<Answer> => {
    const headers = { ':method': payload === undefined ? 'GET' : 'POST', ':path': path };
    return connection.request(headers, payload === undefined ? undefined : Buffer.from(payload), signal);
  };
  return { world, accepted, listen, connection, ask, [Symbol.dispose]: () => world[Symbol.dispose]() };
}

async function textOf({ body }: Answer): Promise<string> {
  let text = '';
  for await (const chunk of body) text += chunk;
  return text;
}

const closed = (body: Readable): Promise<void> =>
  new Promise(resolve => {
    body.on('error', () => {});
    body.resume();
    body.once('close', resolve);
  });

t.test('requests side by side, long and short, share one connection', async t => {
  using of = await pair();
  of.listen();
  const watch = await of.ask('/watch');
  // Each is read as it comes: on Node 24 a stream of HTTP/2 that has ended is gone for those who come later.
  const answers = await Promise.all(
    [of.ask('/a'), of.ask('/b', 'x'.repeat(3 * MIB)), of.ask('/large')].map(async asked => {
      const answer = await asked;
      return { statusCode: answer.statusCode, text: await textOf(answer) };
    }),
  );
  t.same(
    answers.map(({ statusCode }) => statusCode),
    [201, 201, 200],
  );
  const texts = answers.map(({ text }) => text);
  t.same(texts.slice(0, 2), ['GET /a 0', `POST /b ${3 * MIB}`]);
  t.equal(texts[2]?.length, 6 * MIB);
  t.notOk(watch.body.destroyed, 'the long one goes on');
  t.equal(of.accepted.length, 1);
  t.equal(of.world.elapsed(), 0);
});

t.test('a server that is not there is told by its code, and the next request tries anew', async t => {
  using of = await pair();
  await t.rejects(of.ask('/a'), { code: 'ECONNREFUSED' });
  of.listen();
  t.equal(await textOf(await of.ask('/a')), 'GET /a 0');
});

t.test('a connection that broke ends what was under way, and the next request takes another', async t => {
  using of = await pair();
  of.listen();
  const [watch, ...waiting] = [await of.ask('/watch'), of.ask('/silent'), of.ask('/silent')];
  const ended = closed(watch.body);
  const outcomes = Promise.allSettled(waiting);
  await textOf(await of.ask('/a'));
  of.accepted[0]?.resetAndDestroy();
  await ended;
  t.match(endOf(watch.body), { code: 'ECONNRESET' });
  t.match(await outcomes, [
    { status: 'rejected', reason: { code: 'ECONNRESET' } },
    { status: 'rejected', reason: { code: 'ECONNRESET' } },
  ]);
  t.same(await Promise.all(['/b', '/c'].map(async path => textOf(await of.ask(path)))), [
    'GET /b 0',
    'GET /c 0',
  ]);
  t.equal(of.accepted.length, 2, 'those who find it gone together share the next');
});

t.test('an aborted request ends with the reason, wherever it stands', async t => {
  using of = await pair();
  const reason = new Error('enough');
  const early = new AbortController();
  const connecting = of.ask('/a', undefined, early.signal);
  early.abort(reason);
  await t.rejects(connecting, reason);
  of.listen();
  const waiting = new AbortController();
  const silent = of.ask('/silent', undefined, waiting.signal);
  const reading = new AbortController();
  const half = await of.ask('/half', undefined, reading.signal);
  const ended = closed(half.body);
  waiting.abort(reason);
  reading.abort(reason);
  await t.rejects(silent, reason);
  await ended;
  t.equal(endOf(half.body), reason);
  t.equal(await textOf(await of.ask('/a')), 'GET /a 0', 'the others go on');
  t.equal(of.accepted.length, 1);
});

t.test('a whole body has no error, and closing breaks off what is under way', async t => {
  using of = await pair();
  of.listen();
  const whole = await of.ask('/a');
  await textOf(whole);
  t.equal(endOf(whole.body), undefined);
  const watch = await of.ask('/watch');
  const ended = closed(watch.body);
  of.connection.close();
  await ended;
  t.match(endOf(watch.body), { code: 'ECONNRESET' });
});
