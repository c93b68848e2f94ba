/** Our client and server against those of @grpc/grpc-js, over loopback. */
import net from 'node:net';
import t from 'tap';
import { GrpcClient } from '../../../harness/base/grpc/client.ts';
import { GrpcError } from '../../../harness/base/grpc/status.ts';
import { failureOf, testServer } from '../../support/grpc.ts';

const grpc = await import('@grpc/grpc-js').catch(() => undefined);
const skip = grpc ? false : '@grpc/grpc-js is not installed';
const same = (message: Buffer): Buffer => message;

t.test('their client, our server', { skip }, async t => {
  if (!grpc) return;
  const { listener, seen } = testServer();
  const tcp = net.createServer(socket => listener.accept(socket));
  await new Promise<void>(resolve => tcp.listen(0, '127.0.0.1', resolve));
  const address = tcp.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  t.teardown(() => {
    client.close();
    listener.close();
    tcp.close();
  });
  type Outcome = Buffer | { code: number; details: string };
  const unary = (path: string, message: Buffer, options = {}) =>
    new Promise<Outcome>(resolve => {
      const metadata = new grpc.Metadata();
      metadata.set('authorization', 'Bearer x');
      client.makeUnaryRequest(path, same, same, message, metadata, options, (error, answer) =>
        resolve(error ?? answer ?? Buffer.alloc(0)),
      );
    });
  t.same(await unary('/test.Echo/Echo', Buffer.from('hello')), Buffer.from('hello'));
  t.match(seen.calls[0]?.metadata, { authorization: 'Bearer x' });
  t.match(seen.calls[0]?.peer.address, /^127\.0\.0\.1:\d+$/);
  const large = Buffer.alloc(3 * 1024 * 1024, 'large');
  const answer = await unary('/test.Echo/Echo', large);
  t.ok(Buffer.isBuffer(answer) && answer.equals(large));
  t.match(await unary('/test.Echo/Refuse', large), { code: 7, details: 'no: 100 % ünüsual\n' });
  t.match(await unary('/test.Echo/Other', large), { code: 12, details: /^unknown method Other/ });
  t.match(await unary('/test.Echo/Never', Buffer.from('x'), { deadline: Date.now() + 100 }), { code: 4 });

  const stream = client.makeBidiStreamRequest('/test.Echo/Both', same, same);
  const heard: string[] = [];
  stream.on('data', (message: Buffer) => heard.push(message.toString()));
  for (let index = 0; index < 1000; index++) stream.write(Buffer.from(`${index}`));
  stream.end();
  const status = await new Promise<{ code: number }>(resolve => stream.once('status', resolve));
  t.equal(status.code, 0);
  t.equal(heard.join(), Array.from({ length: 1000 }, (_, index) => index).join());

  const held = client.makeBidiStreamRequest('/test.Echo/Hold', same, same);
  held.on('error', () => {});
  held.on('data', () => {});
  const over = new Promise<{ code: number }>(resolve => held.once('status', resolve));
  while (seen.streams.length < 2) await new Promise(resolve => setImmediate(resolve));
  seen.streams[1]?.end(new GrpcError('Aborted', 'no more'));
  t.match(await over, { code: 10, details: 'no more' });
});

t.test('our client, their server', { skip }, async t => {
  if (!grpc) return;
  const server = new grpc.Server();
  const method = (path: string, isStream: boolean) => ({
    path,
    requestStream: isStream,
    responseStream: isStream,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  });
  const service = {
    echo: method('/test.Echo/Echo', false),
    refuse: method('/test.Echo/Refuse', false),
    never: method('/test.Echo/Never', false),
    both: method('/test.Echo/Both', true),
  };
  const cancelled: string[] = [];
  server.addService(service, {
    echo: (call: { request: Buffer }, done: (error: null, answer: Buffer) => void) =>
      done(null, call.request),
    refuse: (_call: unknown, done: (error: object) => void) => done({ code: 7, details: 'no: ünüsual' }),
    never: (call: NodeJS.EventEmitter) => call.on('cancelled', () => cancelled.push('never')),
    both: (call: import('@grpc/grpc-js').ServerDuplexStream<Buffer, Buffer>) => {
      call.on('data', (message: Buffer) => call.write(message));
      call.on('end', () => call.end());
    },
  });
  const credentials = grpc.ServerCredentials.createInsecure();
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound))),
  );
  const socket = net.connect(port, '127.0.0.1');
  await new Promise(resolve => socket.once('connect', resolve));
  const client = new GrpcClient(socket, { authority: `127.0.0.1:${port}`, userAgent: 'mesh-harness' });
  t.teardown(() => {
    client.close();
    server.forceShutdown();
  });
  t.equal((await client.unary('/test.Echo/Echo', Buffer.from('hello'))).toString(), 'hello');
  const large = Buffer.alloc(3 * 1024 * 1024, 'large');
  t.ok((await client.unary('/test.Echo/Echo', large)).equals(large));
  const refused = await failureOf(client.unary('/test.Echo/Refuse', large));
  t.equal(refused.message, 'rpc error: code = PermissionDenied desc = no: ünüsual');
  t.match(await failureOf(client.unary('/test.Echo/Other', large)), { code: 'Unimplemented' });

  const stream = client.stream('/test.Echo/Both');
  const heard: string[] = [];
  stream.onMessage = message => heard.push(message.toString());
  const closed = new Promise(resolve => {
    stream.onClose = resolve;
  });
  for (let index = 0; index < 1000; index++) stream.send(Buffer.from(`${index}`));
  stream.end();
  t.equal(await closed, undefined);
  t.equal(heard.join(), Array.from({ length: 1000 }, (_, index) => index).join());

  const controller = new AbortController();
  const waiting = failureOf(
    client.unary('/test.Echo/Never', Buffer.from('x'), { signal: controller.signal }),
  );
  await client.unary('/test.Echo/Echo', Buffer.from('after it'));
  controller.abort();
  t.match(await waiting, { code: 'Canceled' });
  while (cancelled.length === 0) await new Promise(resolve => setImmediate(resolve));
  server.forceShutdown();
  t.match(await failureOf(client.unary('/test.Echo/Never', Buffer.from('x'))), { code: 'Unavailable' });
});
