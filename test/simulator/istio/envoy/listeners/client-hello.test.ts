import { Duplex } from 'node:stream';
import tls from 'node:tls';
import t from 'tap';
import { inspectTls } from '../../../../../harness/simulator/istio/envoy/listeners/client-hello.ts';

/** What OpenSSL would send first. */
async function helloOf(options: tls.ConnectionOptions): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const wire = new Duplex({
    read() {},
    write(chunk, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  const socket = tls.connect({ socket: wire, ...options });
  socket.on('error', () => {});
  while (chunks.length === 0) await new Promise(setImmediate);
  socket.destroy();
  return Buffer.concat(chunks);
}

const SNI = 'outbound_.5000_._.helloworld.sample.svc.cluster.local';

t.test('server name and protocols are read from a ClientHello', async t => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const hello = await helloOf({ servername: SNI, ALPNProtocols: ['istio-http/1.1', 'istio'], maxVersion });
    t.same(inspectTls(hello), { transport: 'tls', serverName: SNI, protocols: ['istio-http/1.1', 'istio'] });
  }
});

t.test('a ClientHello without extensions of ours has neither', async t => {
  const hello = await helloOf({ host: '10.0.0.1' });
  t.same(inspectTls(hello), { transport: 'tls', serverName: undefined, protocols: [] });
});

t.test('a part of a ClientHello is not enough, and nothing is decided on it', async t => {
  const hello = await helloOf({ servername: SNI });
  for (const length of [0, 1, 2, 5, 6, 40, hello.length - 1])
    t.equal(inspectTls(hello.subarray(0, length)), undefined, `${length} bytes`);
});

t.test('a ClientHello spread over several records is put together', async t => {
  const hello = await helloOf({ servername: SNI });
  const body = hello.subarray(5);
  const record = (part: Buffer) =>
    Buffer.concat([Buffer.from([22, 3, 1, part.length >> 8, part.length & 255]), part]);
  const spread = Buffer.concat([
    record(body.subarray(0, 3)),
    record(body.subarray(3, 100)),
    record(body.subarray(100)),
  ]);
  t.match(inspectTls(spread), { transport: 'tls', serverName: SNI });
});

t.test('anything else is plaintext', async t => {
  for (const text of ['GET /hello HTTP/1.1\r\n', 'P', '\x16\x02\x01', 'SSH-2.0-OpenSSH\r\n'])
    t.same(inspectTls(Buffer.from(text, 'latin1')), { transport: 'raw_buffer' }, JSON.stringify(text));
});

t.test('lengths that point past the end make it plaintext, not an exception', async t => {
  const hello = Buffer.from(await helloOf({ servername: SNI }));
  hello.writeUInt8(255, 5 + 4 + 34); // the session id's length
  t.same(inspectTls(hello), { transport: 'raw_buffer' });
});

t.test('thousands of records that come byte by byte are no work', async t => {
  const record = Buffer.from([22, 3, 1, 0, 0]);
  const bytes = Buffer.concat(Array.from({ length: 4000 }, () => record));
  const before = process.cpuUsage().user;
  for (let length = 1; length <= bytes.length; length++)
    if (inspectTls(bytes.subarray(0, length)) !== undefined) t.fail(`decided at ${length}`);
  const seconds = (process.cpuUsage().user - before) / 1e6;
  t.ok(seconds < 0.8, `${seconds} s of CPU for ${bytes.length} bytes`); // it was 2
});
