/** Calls between our client and our server, on a pipe, and on a virtual network in clear and with TLS. */
import { createHash } from 'node:crypto';
import t from 'tap';
import { GrpcError } from '../../../harness/base/grpc/status.ts';
import { failureOf, outcomeOf, pipe, until, world } from '../../support/grpc.ts';

const MIB = 1024 * 1024;
const digest = (bytes: Buffer | undefined) =>
  createHash('md5')
    .update(bytes ?? '')
    .digest('hex');

for (const kind of ['pipe', 'clear', 'tls'] as const) {
  t.test(`over ${kind}`, async t => {
    const make = async () => (kind === 'pipe' ? pipe() : await world(kind));
    const made = await make();
    const { client, seen } = made;
    t.teardown(() => {
      client.close();
      if ('base' in made) made[Symbol.dispose]();
    });

    t.test('unary', async t => {
      const metadata = { authorization: 'Bearer x', clusterid: 'east' };
      const answer = await client.unary('/test.Echo/Echo', Buffer.from('hello'), { metadata });
      t.equal(answer.toString(), 'hello');
      t.equal((await client.unary('/test.Echo/Echo', Buffer.alloc(0))).length, 0);
      t.equal((await client.unary('/test.Echo/Later', Buffer.from('later'))).toString(), 'later');
      const [call] = seen.calls;
      t.match(call?.metadata, { ...metadata, te: 'trailers', 'content-type': 'application/grpc' });
      t.match(call?.metadata, { ':authority': kind === 'pipe' ? 'test' : 'server.test:15012' });
      t.notOk(Object.keys(call?.metadata ?? {}).includes(':path'));
      t.equal(call?.path, '/test.Echo/Echo');
      t.equal(call?.deadlineMs, undefined);
      t.ok(call?.signal.aborted, 'a call that is over is done with');
      t.ok(call?.peer.socket);
      if (kind === 'tls') t.match(call?.peer.address, /^10\./);
      if (kind === 'clear') t.match(call?.peer.address, /^10\.[\d.]+:\d+$/);
    });

    t.test('statuses', async t => {
      const fail = async (path: string) =>
        (await failureOf(client.unary(path, Buffer.from('x')))).message.replace('rpc error: code = ', '');
      t.equal(await fail('/test.Echo/Refuse'), 'PermissionDenied desc = no: 100 % ünüsual\n');
      t.equal(await fail('/test.Echo/Break'), 'Unknown desc = broken');
      t.match(seen.defects.pop(), { message: 'broken' });
      t.equal(
        await fail('/test.Echo/Other'),
        'Unimplemented desc = unknown method Other for service test.Echo',
      );
      t.equal(await fail('/a.B/C'), 'Unimplemented desc = unknown service a.B');
      t.equal(await fail('/x'), 'Unimplemented desc = malformed method name: "/x"');
      t.equal((await client.unary('/test.Echo/Echo', Buffer.from('on'))).toString(), 'on');
    });

    t.test('3 MB, and more than is allowed', async t => {
      const large = Buffer.alloc(3 * MIB);
      for (let at = 0; at < large.length; at += 4) large.writeUInt32LE(Math.imul(at, 2654435761) >>> 0, at);
      t.equal(digest(await client.unary('/test.Echo/Echo', large)), digest(large));
      const failure = await failureOf(client.unary('/test.Echo/Echo', Buffer.alloc(4 * MIB + 1)));
      t.match(failure, {
        code: 'ResourceExhausted',
        description: 'grpc: received message larger than max (4194305 vs. 4194304)',
      });
      t.equal((await client.unary('/test.Echo/Echo', Buffer.from('on'))).toString(), 'on');
    });

    t.test('1,000 messages each way, then half close', async t => {
      const stream = client.stream('/test.Echo/Both');
      const answers: string[] = [];
      const closed = new Promise<GrpcError | undefined>(resolve => {
        stream.onClose = resolve;
      });
      stream.onMessage = message => answers.push(message.toString());
      const sent = Array.from({ length: 1000 }, (_, index) => `${index} ${'x'.repeat(index)}`);
      for (const text of sent) t.equal(stream.send(Buffer.from(text)) || text, true);
      stream.end();
      t.equal(stream.send(Buffer.from('late')), false, 'no message after the end');
      t.equal(await closed, undefined);
      t.same(answers, sent);
      t.ok(stream.isOver);
      await until(() => seen.closes.length > 0);
      t.same(seen.closes.splice(0), ['OK']);
    });

    t.test('many megabytes both ways at once do not lock up', async t => {
      const stream = client.stream('/test.Echo/Both');
      let bytes = 0;
      stream.onMessage = message => {
        bytes += message.length;
        if (bytes === 20 * MIB) stream.end();
      };
      const closed = new Promise(resolve => {
        stream.onClose = resolve;
      });
      for (let index = 0; index < 20; index++) stream.send(Buffer.alloc(MIB, index));
      t.equal(await closed, undefined);
      t.equal(bytes, 20 * MIB);
      await until(() => seen.closes.length > 0);
      seen.closes.length = 0;
    });

    t.test('the server speaks first, and ends first', async t => {
      const stream = client.stream('/test.Echo/Hold');
      const heard: string[] = [];
      stream.onMessage = message => heard.push(message.toString());
      const closed = new Promise<GrpcError | undefined>(resolve => {
        stream.onClose = resolve;
      });
      await until(() => seen.streams.at(-1)?.path === '/test.Echo/Hold');
      const call = seen.streams.at(-1);
      call?.send(Buffer.from('first'));
      await until(() => heard.length > 0);
      call?.send(Buffer.from('last'));
      call?.end();
      call?.end(new GrpcError('Internal', 'twice'));
      t.equal(call?.send(Buffer.from('after')), false);
      t.equal(await closed, undefined, 'OK, though the client has not ended');
      t.same(heard, ['first', 'last']);
      t.equal(stream.send(Buffer.from('after')), false);
      await until(() => seen.closes.length > 0);
      t.same(seen.closes.splice(0), ['OK']);
    });

    t.test('a server that ends without a word, or throws', async t => {
      const run = async (path: string) => {
        const stream = client.stream(path);
        let heard = 0;
        stream.onMessage = () => heard++;
        const closed = new Promise<GrpcError | undefined>(resolve => {
          stream.onClose = resolve;
        });
        stream.send(Buffer.from('a'));
        stream.send(Buffer.from('b'));
        return [heard && 0, outcomeOf(await closed), heard];
      };
      t.same(await run('/test.Echo/Throw'), [0, 'rpc error: code = Aborted desc = enough', 1]);
      t.same(await run('/test.Echo/ThrowAtOnce'), [0, 'rpc error: code = Unknown desc = at once', 0]);
      await until(() => seen.closes.length > 1);
      t.equal(seen.closes.splice(0).length, 2);
      t.match(seen.defects.pop(), { message: 'at once' });
    });

    t.test('the client cancels', async t => {
      const stream = client.stream('/test.Echo/Hold');
      const outcomes: string[] = [];
      stream.onClose = error => outcomes.push(outcomeOf(error));
      const before = seen.streams.length;
      await until(() => seen.streams.length > before);
      const call = seen.streams.at(-1);
      const signal = call?.signal;
      t.notOk(signal?.aborted);
      stream.cancel();
      stream.cancel();
      t.same(outcomes, ['rpc error: code = Canceled desc = context canceled']);
      await until(() => seen.closes.length > 0);
      t.same(seen.closes.splice(0), ['rpc error: code = Canceled desc = context canceled']);
      t.ok(signal?.aborted);
      t.equal(call?.send(Buffer.from('late')), false);

      const controller = new AbortController();
      const unary = client.unary('/test.Echo/Never', Buffer.from('x'), { signal: controller.signal });
      const calls = seen.calls.length;
      await until(() => seen.calls.length > calls);
      controller.abort();
      t.match(await failureOf(unary), { code: 'Canceled' });
      await until(() => seen.calls.at(-1)?.signal.aborted === true);
      const failure = await failureOf(
        client.unary('/test.Echo/Echo', Buffer.from('x'), { signal: controller.signal }),
      );
      t.match(failure, { code: 'Canceled' }, 'a signal that has aborted before');
    });

    t.test('headers that HTTP/2 cannot carry', async t => {
      const fail = async (metadata: Record<string, string>) =>
        (await failureOf(client.unary('/test.Echo/Echo', Buffer.from('x'), { metadata }))).message;
      t.equal(
        await fail({ 'Bad name': 'x' }),
        'rpc error: code = Internal desc = header key "bad name" contains illegal characters not in [0-9a-z-_.]',
      );
      t.equal(
        await fail({ name: 'ä' }),
        'rpc error: code = Internal desc = header key "name" contains value with non-printable ASCII characters',
      );
      const metadata = { ClusterID: 'west', 'content-type': 'text/plain', te: 'x' };
      t.equal((await client.unary('/test.Echo/Echo', Buffer.from('on'), { metadata })).toString(), 'on');
      t.match(seen.calls.at(-1)?.metadata, { clusterid: 'west', 'content-type': 'application/grpc' });
    });

    t.test('the server breaks the connection off', async t => {
      let loss: GrpcError | undefined;
      client.onClose = error => {
        loss = error;
      };
      const waiting = failureOf(client.unary('/test.Echo/Never', Buffer.from('x')));
      const calls = seen.calls.length;
      await until(() => seen.calls.length > calls);
      t.ok(client.isOpen);
      t.equal(made.listener.connections, 1);
      made.listener.close();
      t.match(await waiting, { code: 'Unavailable', description: /^error reading from server: / });
      t.match(loss, { code: 'Unavailable' });
      t.notOk(client.isOpen);
      t.match(await failureOf(client.unary('/test.Echo/Echo', Buffer.from('x'))), { code: 'Unavailable' });
      await until(() => made.listener.connections === 0);
    });
  });
}

t.test('the client closes', async t => {
  const { client, seen, listener } = pipe();
  const waiting = failureOf(client.unary('/test.Echo/Never', Buffer.from('x')));
  const stream = client.stream('/test.Echo/Hold');
  await until(() => seen.calls.length > 0 && seen.streams.length > 0);
  client.close();
  client.close();
  t.match(await waiting, { code: 'Canceled', description: 'grpc: the client connection is closing' });
  t.match(stream.isOver, true);
  await until(() => seen.closes.length > 0 && listener.connections === 0);
  t.same(seen.closes, ['rpc error: code = Canceled desc = context canceled']);
  t.ok(seen.calls[0]?.signal.aborted);
});

t.test('the server says farewell', async t => {
  const { client, seen, listener } = pipe();
  const stream = client.stream('/test.Echo/Both');
  const heard: string[] = [];
  let outcome: string | undefined;
  stream.onMessage = message => heard.push(message.toString());
  stream.onClose = error => {
    outcome = outcomeOf(error);
  };
  await until(() => seen.streams.length > 0);
  listener.drain();
  await until(() => !client.isOpen);
  t.match(await failureOf(client.unary('/test.Echo/Echo', Buffer.from('x'))), {
    code: 'Unavailable',
    description: 'the connection is draining',
  });
  stream.send(Buffer.from('goes on'));
  await until(() => heard.length > 0);
  listener.close();
  await until(() => outcome !== undefined);
  t.equal(
    outcome,
    'rpc error: code = Unavailable desc = closing transport due to: connection error: desc = ' +
      '"error reading from server: EOF", received prior goaway: code: NO_ERROR, debug data: "graceful_stop"',
  );
});
