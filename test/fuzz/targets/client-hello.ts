/** First bytes of connections, at the inspectors of a proxy's listener. */
import { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import fc, { type Arbitrary } from 'fast-check';
import type { Inspection } from '../../../harness/simulator/istio/envoy/listeners/client-hello.ts';
import { peekFirstBytes } from '../../../harness/simulator/istio/envoy/listeners/first-bytes.ts';
import { inspectProtocol } from '../../../harness/simulator/istio/envoy/listeners/plaintext-protocol.ts';
import { cut, cuts, type Damage, damaged, damages } from '../inputs/bytes.ts';
import { oddText } from '../inputs/values.ts';
import { target } from '../target.ts';

interface FirstBytes {
  readonly bytes: Buffer;
  readonly changes: readonly Damage[];
  readonly cuts: readonly number[];
  readonly ends: boolean;
}

/** A length before its bytes, which may lie. */
function sized(width: 1 | 2 | 3, bytes: Buffer, lie = 0): Buffer {
  const length = Buffer.alloc(width);
  length.writeUIntBE((bytes.length + lie) & (256 ** width - 1), 0, width);
  return Buffer.concat([length, bytes]);
}

const lie = fc.oneof(
  { weight: 40, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: -300, max: 300 }) },
);
const text = fc.oneof(
  fc.constantFrom('istio', 'h2', 'http/1.1', 'outbound_.5000_._.helloworld.sample.svc.cluster.local'),
  oddText,
);

const serverName = fc
  .array(fc.tuple(fc.constantFrom(0, 0, 0, 1), text, lie), { maxLength: 3 })
  .map(names =>
    Buffer.concat(
      names.map(([type, name, by]) => Buffer.concat([Buffer.from([type]), sized(2, Buffer.from(name), by)])),
    ),
  );
const protocols = fc
  .array(fc.tuple(text, lie), { maxLength: 4 })
  .map(names => Buffer.concat(names.map(([name, by]) => sized(1, Buffer.from(name).subarray(0, 255), by))));

/** A type and what it has. */
const extension: Arbitrary<Buffer> = fc
  .oneof(
    fc.tuple(fc.constant(0), serverName),
    fc.tuple(fc.constant(16), protocols),
    fc.tuple(fc.nat(65_535), fc.uint8Array({ maxLength: 20 }).map(Buffer.from)),
  )
  .chain(([type, list]) =>
    fc.tuple(lie, lie).map(([inner, outer]) => {
      const body = type === 0 || type === 16 ? sized(2, list, inner) : list;
      return Buffer.concat([Buffer.from([type >> 8, type & 255]), sized(2, body, outer)]);
    }),
  );

const hello: Arbitrary<Buffer> = fc
  .record({
    session: fc.uint8Array({ maxLength: 32 }),
    ciphers: fc.uint8Array({ maxLength: 60 }),
    extensions: fc.array(extension, { maxLength: 6 }),
    lies: fc.tuple(lie, lie, lie, lie),
    type: fc.constantFrom(1, 1, 1, 1, 1, 1, 2, 0),
  })
  .map(({ session, ciphers, extensions, lies: [a, b, c, d], type }) => {
    const body = Buffer.concat([
      Buffer.from([3, 3]),
      Buffer.alloc(32, 7),
      sized(1, Buffer.from(session), a),
      sized(2, Buffer.from(ciphers), b),
      sized(1, Buffer.from([0])),
      sized(2, Buffer.concat(extensions), c),
    ]);
    return Buffer.concat([Buffer.from([type]), sized(3, body, d)]);
  });

/** Puts a message into records: of any size, empty ones too. */
const records = fc
  .record({
    message: hello,
    cuts,
    minor: fc.constantFrom(1, 1, 3, 0),
    empty: fc.constantFrom(0, 0, 0, 1, 500),
    by: lie,
  })
  .map(({ message, cuts: places, minor, empty, by }) => {
    const record = (part: Buffer, own = 0) =>
      Buffer.concat([Buffer.from([22, 3, minor]), sized(2, part, own)]);
    const none = Array.from({ length: empty }, () => record(Buffer.alloc(0)));
    return Buffer.concat([
      ...none,
      ...cut(message, places).map((part, index) => record(part, index === 0 ? by : 0)),
    ]);
  });

const plaintext = fc
  .tuple(
    fc.constantFrom('GET', 'POST', 'PRI', 'M-SEARCH', 'get', ''),
    fc.oneof(fc.constantFrom('/', '*', '/hello'), oddText),
    fc.constantFrom('HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/1.9', ''),
    fc.constantFrom('\r\n', '\n', '\r', ''),
  )
  .map(([method, url, version, end]) => Buffer.from(`${method} ${url} ${version}${end}`));

const firstBytes: Arbitrary<FirstBytes> = fc.record({
  bytes: fc.oneof(
    { weight: 6, arbitrary: records },
    { weight: 2, arbitrary: plaintext },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map(Buffer.from) },
  ),
  changes: damages(3),
  cuts,
  ends: fc.boolean(),
});

/** Names what an inspection has found. @throws Error if it has found more than there was */
function wordFor(found: Inspection, bytes: Buffer): string {
  if (!found) return 'undecided';
  const { protocols = [] } = found;
  const name = found.transport === 'tls' ? (found.serverName ?? '') : '';
  const length = protocols.reduce((sum, protocol) => sum + protocol.length, name.length);
  if (length > bytes.length) throw new Error(`${length} characters out of ${bytes.length} bytes`);
  if (protocols.length > bytes.length) throw new Error(`${protocols.length} protocols`);
  const more = `${name === '' ? '' : ' with a name'}${protocols.length > 0 ? ' and protocols' : ''}`;
  return `${found.transport}${more}`;
}

async function judge({ bytes: right, changes, cuts: places, ends }: FirstBytes): Promise<string> {
  const bytes = damaged(right, changes);
  const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  const results: Inspection[] = [];
  peekFirstBytes(stream, inspectProtocol, result => results.push(result));
  for (const piece of cut(bytes, places)) {
    stream.push(piece);
    await turn();
  }
  if (ends) stream.push(null);
  await turn();
  if (results.length > 1) throw new Error(`${results.length} results`);
  const [result] = results;
  const isOver = results.length === 1;
  if (isOver && result !== undefined) {
    // Whoever reads next gets all that came.
    const left: Buffer = stream.read() ?? Buffer.alloc(0);
    if (!left.equals(bytes)) throw new Error(`${left.length} of ${bytes.length} bytes are put back`);
  }
  stream.destroy();
  await turn();
  if (results.length !== 1) throw new Error('nobody is told of the end');
  return wordFor(result, bytes);
}

/** ClientHellos and plaintext. */
export const clientHello = target<FirstBytes>({
  name: 'client-hello',
  what: "first bytes of connections, to the TLS and HTTP inspectors of a proxy's listener",
  inputs: firstBytes,
  judge,
});
