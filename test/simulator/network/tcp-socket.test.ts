import t from 'tap';
import { sleep } from '../../../harness/base/clock.ts';
import type { ReadsInPieces } from '../../../harness/base/tls-pieces.ts';
import type { VirtualSocket } from '../../../harness/simulator/network/interfaces.ts';
import { outcomeOf, type SmallWorld, smallWorld, textOf } from '../../support/small-world.ts';

/** Two pods, and a connection between them. */
async function connected(world: SmallWorld): Promise<{ client: VirtualSocket; server: VirtualSocket }> {
  const a = world.clusters.east.addPod('a', 'east-node');
  const b = world.clusters.east.addPod('b', 'east-node');
  const accepted = new Promise<VirtualSocket>(resolve => b.listen(80, resolve));
  const client = a.connect(b.address, 80);
  t.equal(await outcomeOf(client), 'connected');
  return { client, server: await accepted };
}

/** `end`, or the code of the error that the socket ends with. */
function endOf(socket: VirtualSocket): Promise<string> {
  return new Promise(resolve => {
    socket.once('end', () => resolve('end'));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.resume();
  });
}

const closed = (socket: VirtualSocket) => new Promise<void>(resolve => socket.once('close', () => resolve()));

t.test('both ends know both addresses', async t => {
  using world = smallWorld();
  const { client, server } = await connected(world);
  t.same(
    [client.localAddress, client.localPort, client.remoteAddress, client.remotePort],
    ['10.10.0.2', 32768, '10.10.0.3', 80],
  );
  t.same(
    [server.localAddress, server.localPort, server.remoteAddress, server.remotePort],
    ['10.10.0.3', 80, '10.10.0.2', 32768],
  );
  t.same(server.originalDestination, { address: '10.10.0.3', port: 80 });
  t.equal(world.elapsed(), 0);
});

t.test('what is written before the connection stands arrives after it', async t => {
  using world = smallWorld();
  const a = world.clusters.east.addPod('a', 'east-node');
  const b = world.clusters.east.addPod('b', 'east-node');
  const received = new Promise<string>(resolve => b.listen(80, socket => resolve(textOf(socket))));
  const client = a.connect(b.address, 80);
  t.ok(client.connecting);
  client.write('early ');
  client.end('bird');
  t.equal(await received, 'early bird');
});

t.test('an end that reads in pieces has all of what arrives in one turn', async t => {
  using world = smallWorld();
  const { client, server } = await connected(world);
  (server as VirtualSocket & ReadsInPieces).readInPieces(1023);
  const sizes: number[] = [];
  const turnOf = new Set<number>();
  let turn = 0;
  const text: string[] = [];
  server.on('data', (chunk: Buffer) => {
    sizes.push(chunk.length);
    turnOf.add(turn);
    text.push(chunk.toString());
  });
  const count = () => {
    turn++;
    if (text.join('').length < 2500) setImmediate(count);
  };
  setImmediate(count);
  const sent = 'abcde'.repeat(500);
  client.write(sent);
  const ended = endOf(server);
  client.end();
  t.equal(await ended, 'end');
  t.same(sizes, [1023, 1023, 454]);
  t.equal(turnOf.size, 1);
  t.equal(text.join(''), sent);
  t.equal(server.bytesRead, 2500);
});

t.test('a reader that pauses amid what arrives has the rest when it goes on', async t => {
  using world = smallWorld();
  const { client, server } = await connected(world);
  (server as VirtualSocket & ReadsInPieces).readInPieces(4);
  const seen: string[] = [];
  const whole = new Promise<void>(resolve => server.once('end', resolve));
  server.on('data', (chunk: Buffer) => {
    seen.push(chunk.toString());
    server.pause();
    setImmediate(() => {
      seen.push('|');
      server.resume();
    });
  });
  client.end('one two three');
  await whole;
  t.match(seen.join(''), /^one \|two/);
  t.equal(seen.join('').replaceAll('|', ''), 'one two three');
});

t.test('a reader of text gets whole characters', async t => {
  using world = smallWorld();
  const { client, server } = await connected(world);
  (server as VirtualSocket & ReadsInPieces).readInPieces(1);
  server.setEncoding('utf8');
  const seen: string[] = [];
  const whole = new Promise<void>(resolve => server.once('end', resolve));
  server.on('data', (text: string) => seen.push(text));
  client.end('é€');
  await whole;
  t.same(seen, ['é', '€']);
});

t.test('10 MB arrive whole, and a writer waits while nobody reads', async t => {
  using world = smallWorld();
  const { client, server } = await connected(world);
  const total = 10_000_000;
  const chunk = Buffer.alloc(50_000, 'x');
  let written = 0;
  const writeAll = async () => {
    while (written < total) {
      written += chunk.length;
      if (!client.write(chunk)) await new Promise(resolve => client.once('drain', resolve));
    }
    client.end();
  };
  const writing = writeAll();
  await sleep(world.clock, 1000);
  t.ok(written < 3_000_000, `only ${written} bytes were taken while nobody read`);
  let read = 0;
  for await (const piece of server) read += (piece as Buffer).length;
  await writing;
  t.equal(read, total);
  t.same([client.bytesWritten, server.bytesRead], [total, total]);
});

t.test('one side can end and still receive, if the other allows it', async t => {
  using world = smallWorld();
  const { client, server } = await connected(world);
  client.allowHalfOpen = true;
  server.allowHalfOpen = true;
  const heard = textOf(client);
  client.end('question');
  t.equal(await textOf(server), 'question');
  t.ok(server.writable);
  await sleep(world.clock, 60_000);
  server.end('answer');
  t.equal(await heard, 'answer');
});

t.test('by default an end answers an end, as with net.Socket', async t => {
  using world = smallWorld();
  const { client, server } = await connected(world);
  const bothClosed = Promise.all([closed(client), closed(server)]);
  server.resume();
  client.resume();
  client.end();
  await bothClosed;
  t.ok(client.destroyed && server.destroyed);
});

interface EndRow {
  readonly name: string;
  readonly act: (socket: VirtualSocket) => void;
  /** What the other end sees. */
  readonly seen: string;
}
const ENDS: readonly EndRow[] = [
  { name: 'an end', act: socket => socket.end(), seen: 'end' },
  { name: 'a destroy with nothing unread', act: socket => socket.destroy(), seen: 'end' },
  { name: 'a reset', act: socket => socket.resetAndDestroy(), seen: 'ECONNRESET' },
];
for (const { name, act, seen } of ENDS) {
  t.test(`${name} is seen as ${seen}`, async t => {
    using world = smallWorld();
    const { client, server } = await connected(world);
    const end = endOf(client);
    server.on('error', () => {});
    act(server);
    t.equal(await end, seen);
  });
}

t.test('closing with unread data resets, as Linux does', async t => {
  using world = smallWorld();
  const { client, server } = await connected(world);
  client.write('nobody reads this');
  await sleep(world.clock, 1);
  const end = endOf(client);
  server.destroy();
  t.equal(await end, 'ECONNRESET');
});

t.test('writing to a peer that has closed is answered with a reset', async t => {
  using world = smallWorld();
  const { client, server } = await connected(world);
  client.allowHalfOpen = true;
  client.resume();
  server.destroy();
  await sleep(world.clock, 1);
  const failed = new Promise<NodeJS.ErrnoException>(resolve => client.once('error', resolve));
  client.write('too late');
  t.equal((await failed).code, 'ECONNRESET');
});

t.test('a write that waits for a reader fails when the socket is destroyed', async t => {
  using world = smallWorld();
  const { client, server } = await connected(world);
  t.ok(server);
  const failed = new Promise<Error | null | undefined>(resolve =>
    client.write(Buffer.alloc(3_000_000), resolve),
  );
  await sleep(world.clock, 1);
  client.destroy();
  t.match(await failed, { code: 'ECANCELED' });
});

t.test('the idle timer is the world’s, and traffic puts it off', async t => {
  using world = smallWorld();
  const { client, server } = await connected(world);
  server.resume();
  const timedOut = new Promise<number>(resolve => client.setTimeout(10_000, () => resolve(world.elapsed())));
  world.clock.setTimeout(() => client.write('still here'), 7000);
  t.equal(await timedOut, 17_000);
  t.notOk(client.destroyed, 'a timeout only tells');
  client.setTimeout(0);
  await sleep(world.clock, 100_000);
});

t.test('a destroyed namespace resets its connections and frees its ports', async t => {
  using world = smallWorld();
  const a = world.clusters.east.addPod('a', 'east-node');
  const b = world.clusters.east.addPod('b', 'east-node');
  b.listen(80, () => {});
  const client = a.connect(b.address, 80);
  await outcomeOf(client);
  const end = endOf(client);
  b.destroy();
  t.equal(await end, 'ECONNRESET');
  t.equal(await outcomeOf(a.connect(b.address, 80)), 'ETIMEDOUT');
  t.throws(() => b.listen(81, () => {}), { code: 'EADDRNOTAVAIL' });
});

t.test('what a process opened ends with it; the rest of its namespace goes on', async t => {
  using world = smallWorld();
  const pod = world.clusters.east.addPod('pod', 'east-node');
  const other = world.clusters.east.addPod('other', 'east-node');
  other.listen(80, socket => socket.resume());
  pod.listen(81, socket => socket.resume());
  const program = pod.forProcess();
  program.listen(82, socket => socket.resume());
  const outgoing = program.connect(other.address, 80);
  await outcomeOf(outgoing);
  const incoming = other.connect(pod.address, 82);
  await outcomeOf(incoming);
  const incomingEnd = endOf(incoming);
  const outgoingClosed = closed(outgoing);
  program.exit();
  await outgoingClosed;
  t.equal(await incomingEnd, 'end');
  t.equal(await outcomeOf(other.connect(pod.address, 82)), 'ECONNREFUSED');
  t.equal(await outcomeOf(other.connect(pod.address, 81)), 'connected');
  t.ok(program.connect(other.address, 80).destroyed, 'a process that is gone opens nothing');
});

t.test('a port is taken once', async t => {
  using world = smallWorld();
  const pod = world.clusters.east.addPod('pod', 'east-node');
  const listener = pod.listen(80, () => {});
  t.throws(() => pod.listen(80, () => {}), { code: 'EADDRINUSE' });
  t.throws(() => pod.listen(80, () => {}, '127.0.0.1'), { code: 'EADDRINUSE' });
  listener.close();
  pod.listen(80, () => {}, '127.0.0.1');
  t.equal(await outcomeOf(pod.connect('127.0.0.1', 80)), 'connected');
  t.equal(await outcomeOf(pod.connect(pod.address, 80)), 'ECONNREFUSED');
});

t.test('an attempt that is given up costs nothing later', async t => {
  using world = smallWorld();
  const pod = world.clusters.east.addPod('pod', 'east-node');
  const socket = pod.connect('10.10.0.200', 80);
  await sleep(world.clock, 5000);
  const gone = closed(socket);
  socket.destroy();
  await gone;
  t.equal(world.clock.pendingTimers, 0);
  t.match(world.network.recorder.records, [{ outcome: 'abandoned' }]);
});

t.test('the order of arrivals is the order of writes, in two runs alike', async t => {
  const run = async () => {
    using world = smallWorld();
    const seen: string[] = [];
    const hub = world.clusters.east.addPod('hub', 'east-node');
    hub.listen(80, socket => socket.on('data', data => seen.push(`${socket.remoteAddress} ${data}`)));
    const clients = Array.from({ length: 10 }, (_, index) =>
      world.clusters.west.addPod(`p${index}`, 'west-node').connect(hub.address, 80),
    );
    await Promise.all(
      clients.map(async (client, index) => {
        await outcomeOf(client);
        for (let round = 0; round < 5; round++) {
          client.write(`round ${round}`);
          await sleep(world.clock, (index * 7) % 3);
        }
      }),
    );
    await sleep(world.clock, 10);
    return seen;
  };
  const first = await run();
  t.equal(first.length, 50);
  t.same(await run(), first);
});
