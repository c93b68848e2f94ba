/** Peers that do not speak gRPC, or speak it badly. */

import http2 from 'node:http2';
import type { Duplex } from 'node:stream';
import t from 'tap';
import { GrpcClient } from '../../../harness/base/grpc/client.ts';
import { encodeFrame } from '../../../harness/base/grpc/frames.ts';
import { createRandom } from '../../../harness/base/random.ts';
import { duplexPair } from '../../support/duplex-pair.ts';
import { failureOf, pipe, testServer, until } from '../../support/grpc.ts';
import { rounds } from '../../support/nightly.ts';

const turn = () => new Promise(resolve => setImmediate(resolve));

/** What a request by hand is answered: headers, then trailers. */
async function ask(headers: http2.OutgoingHttpHeaders, ...chunks: Buffer[]) {
  const { listener, seen } = testServer();
  const [near, far] = duplexPair();
  listener.accept(far);
  const session = http2.connect('http://test', { createConnection: () => near });
  const request = session.request({ ':method': 'POST', ...headers });
  const heard: http2.IncomingHttpHeaders[] = [];
  request.on('response', head => heard.push(head));
  request.on('trailers', tail => heard.push(tail));
  request.on('error', () => {});
  request.resume();
  const closed = new Promise(resolve => request.once('close', resolve));
  for (const chunk of chunks) {
    request.write(chunk);
    await turn();
  }
  if (chunks.length > 0) request.end();
  await closed;
  session.destroy();
  listener.close();
  return { head: heard[0], tail: heard[1], rstCode: request.rstCode, seen };
}

const GRPC = { ':path': '/test.Echo/Echo', 'content-type': 'application/grpc', te: 'trailers' };

t.test('requests that are no calls', async t => {
  const html = await ask({ ...GRPC, 'content-type': 'text/html' }, Buffer.from('x'));
  t.match(html.head, {
    ':status': 415,
    'grpc-status': '3',
    'grpc-message': 'invalid gRPC request content-type "text/html"',
  });
  t.match((await ask({ ...GRPC, ':method': 'GET' })).head, { ':status': 405, 'grpc-status': '13' });
  t.match((await ask({ ...GRPC, 'grpc-timeout': 'soon' })).head, { ':status': 400 });
});

t.test('a client that does not end is sent away after the status', async t => {
  const { head, tail, rstCode } = await ask({ ...GRPC, ':path': '/no.Such/Method' });
  t.match(head, { ':status': 200, 'grpc-status': '12', 'grpc-message': 'unknown service no.Such' });
  t.equal(tail, undefined, 'trailers only');
  t.equal(rstCode, 0);
});

t.test('messages that are none', async t => {
  const message = encodeFrame(Buffer.from('hello'));
  const whole = await ask(GRPC, ...[...message].map(byte => Buffer.from([byte])));
  t.match(whole.head, { ':status': 200, 'content-type': 'application/grpc' });
  t.match(whole.tail, { 'grpc-status': '0' }, 'split at every byte');
  t.match((await ask(GRPC, message, message)).head, {
    'grpc-status': '13',
    'grpc-message': /^cardinality violation: received multiple request messages/,
  });
  t.match((await ask(GRPC, Buffer.alloc(0))).head, {
    'grpc-status': '13',
    'grpc-message': /^cardinality violation: received no request message/,
  });
  t.match((await ask(GRPC, message.subarray(0, 7))).head, { 'grpc-message': 'unexpected EOF' });
  const gzip = { ...GRPC, 'grpc-encoding': 'gzip' };
  const compressed = Buffer.from(message);
  compressed[0] = 1;
  t.match((await ask(gzip, compressed)).head, {
    'grpc-status': '12',
    'grpc-message': 'grpc: Decompressor is not installed for grpc-encoding "gzip"',
  });
  t.match((await ask(GRPC, Buffer.from('0000500000', 'hex'))).head, { 'grpc-status': '8' });
});

/** Our client against a server of node:http2. */
async function against(answer: (stream: http2.ServerHttp2Stream) => void) {
  const [near, far] = duplexPair();
  const session = http2.performServerHandshake(far);
  session.on('error', () => {});
  session.on('stream', stream => {
    stream.on('error', () => {});
    stream.resume();
    answer(stream);
  });
  const client = new GrpcClient(near, { authority: 'test' });
  const { message } = await failureOf(client.unary('/a.B/C', Buffer.from('x')));
  client.close();
  return message.replace('rpc error: code = ', '');
}

t.test('answers that are none', async t => {
  const head = { ':status': 200, 'content-type': 'application/grpc' };
  t.equal(
    await against(stream => stream.respond({ ':status': 503 }, { endStream: true })),
    'Unavailable desc = unexpected HTTP status code received from server: 503 (Service Unavailable); ' +
      'malformed header: missing HTTP content-type',
  );
  t.equal(
    await against(stream => {
      stream.respond({ ':status': 200, 'content-type': 'text/html' });
      stream.end('<html>');
    }),
    'Unknown desc = transport: received unexpected content-type "text/html"',
  );
  t.equal(
    await against(stream => {
      stream.respond(head);
      stream.end(encodeFrame(Buffer.from('x')));
    }),
    'Internal desc = server closed the stream without sending trailers',
  );
  const trailers = (bytes: Buffer) => (stream: http2.ServerHttp2Stream) => {
    stream.respond(head, { waitForTrailers: true });
    stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(bytes);
  };
  t.match(
    await against(trailers(Buffer.alloc(0))),
    /^Internal desc = cardinality violation: received no resp/,
  );
  t.equal(await against(trailers(Buffer.from('0000000005aa', 'hex'))), 'Internal desc = unexpected EOF');
  const frame = encodeFrame(Buffer.from('x'));
  t.match(
    await against(trailers(Buffer.concat([frame, frame]))),
    /^Internal desc = cardinality violation: exp/,
  );
  t.equal(
    await against(trailers(Buffer.from('01000000010a', 'hex'))),
    'Internal desc = grpc: compressed flag set with identity or empty encoding',
  );
  for (const [code, text] of [
    [7, 'Unavailable desc = stream terminated by RST_STREAM with error code: REFUSED_STREAM'],
    [8, 'Canceled desc = stream terminated by RST_STREAM with error code: CANCEL'],
    [2, 'Internal desc = stream terminated by RST_STREAM with error code: INTERNAL_ERROR'],
    [11, 'ResourceExhausted desc = stream terminated by RST_STREAM with error code: ENHANCE_YOUR_CALM'],
  ] as const)
    t.equal(await against(stream => stream.close(code)), text);
  t.match(await against(stream => stream.session?.destroy()), /^Unavailable desc = /);
});

t.test('a server that is none', async t => {
  const [near, far] = duplexPair();
  const client = new GrpcClient(near, { authority: 'test' });
  far.write('HTTP/1.1 400 Bad Request\r\n\r\n');
  t.match(await failureOf(client.unary('/a.B/C', Buffer.from('x'))), { code: 'Unavailable' });
  t.notOk(client.isOpen);
});

t.test('a server that spoke before the client was made', async t => {
  const { listener } = testServer();
  const [near, far] = duplexPair();
  listener.accept(far);
  for (let index = 0; index < 5; index++) await turn();
  const client = new GrpcClient(near, { authority: 'test' });
  t.equal((await client.unary('/test.Echo/Echo', Buffer.from('x'))).toString(), 'x');
  client.close();
});

/** What one end of ours writes for a few calls: the client is `near`. */
async function recorded(side: 'near' | 'far'): Promise<Buffer> {
  const { client, [side]: socket } = pipe();
  const chunks: Buffer[] = [];
  const write = socket.write.bind(socket);
  socket.write = ((chunk: Buffer) => {
    chunks.push(chunk);
    return write(chunk);
  }) as Duplex['write']; // the one form that is used
  for (const text of ['hello', 'a longer message '.repeat(5), '']) {
    await client.unary('/test.Echo/Echo', Buffer.from(text), {
      metadata: { authorization: `Bearer ${text}` },
    });
    const stream = client.stream('/test.Echo/Both');
    stream.send(Buffer.from(text));
    stream.send(Buffer.from('two'));
    stream.end();
    await until(() => stream.isOver);
  }
  client.close();
  return Buffer.concat(chunks);
}

const CONNECTIONS = rounds(10_000, { daily: 1500 });
t.test(`${CONNECTIONS} mutated connections break nothing`, { timeout: 120_000 }, async t => {
  const bytes = await recorded('near');
  const random = createRandom('connections');
  const { listener, seen } = testServer();
  let open: Duplex[] = [];
  let answered = 0;
  for (let run = 0; run < CONNECTIONS; run++) {
    const [near, far] = duplexPair();
    near.on('error', () => {});
    near.once('data', () => answered++);
    listener.accept(far);
    const mutated = Buffer.from(bytes);
    // The preface stays most of the time: behind it is more to break.
    for (let change = random.integer(4); change >= 0; change--)
      mutated[(random.integer(8) === 0 ? 0 : 24) + random.integer(mutated.length - 24)] = random.integer(256);
    const cut = random.integer(mutated.length);
    near.write(mutated.subarray(0, cut));
    if (run % 2 === 0) near.end(mutated.subarray(cut));
    else near.write(mutated.subarray(cut));
    open.push(near, far);
    if (open.length < 200) continue;
    for (let index = 0; index < 5; index++) await turn();
    for (const socket of open) socket.destroy();
    open = [];
  }
  listener.close();
  await until(() => listener.connections === 0);
  t.ok(answered > CONNECTIONS / 2);
  t.ok(Math.min(seen.calls.length, seen.streams.length) > CONNECTIONS / 10, 'some calls came through');
  t.same(seen.defects, []);
});

const ANSWERS = rounds(2000, { daily: 400 });
t.test(`${ANSWERS} mutated answers end all calls`, { timeout: 120_000 }, async t => {
  const bytes = await recorded('far');
  const random = createRandom('answers');
  const outcomes = new Map<string, number>();
  for (let run = 0; run < ANSWERS; run++) {
    const [near, far] = duplexPair();
    far.on('error', () => {});
    const client = new GrpcClient(near, { authority: 'test' });
    const calls = [0, 1, 2, 3, 4, 5].map(() =>
      client.unary('/test.Echo/Echo', Buffer.from('x')).then(
        () => 'OK',
        error => String(error.code),
      ),
    );
    const mutated = Buffer.from(bytes);
    for (let change = random.integer(4); change > 0; change--)
      mutated[random.integer(mutated.length)] = random.integer(256);
    far.resume();
    for (let index = 0; index < 3; index++) await turn();
    far.end(mutated);
    for (const outcome of await Promise.all(calls)) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  t.ok((outcomes.get('OK') ?? 0) > 100);
  t.ok((outcomes.get('Unavailable') ?? 0) > 100);
  t.notOk(outcomes.has('undefined'), 'all failures are statuses');
});
