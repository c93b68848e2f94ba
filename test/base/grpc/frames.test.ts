import t from 'tap';
import { encodeFrame, FrameDecoder, type FrameLimits } from '../../../harness/base/grpc/frames.ts';
import { GrpcError } from '../../../harness/base/grpc/status.ts';
import { createRandom } from '../../../harness/base/random.ts';

function decode(chunks: readonly Buffer[], limits?: FrameLimits): string[] {
  const decoder = new FrameDecoder(limits);
  const messages: string[] = [];
  for (const chunk of chunks) decoder.push(chunk, message => messages.push(message.toString()) > 0);
  return messages;
}

const bytes = Buffer.concat(['one', '', 'three and more', ''].map(text => encodeFrame(Buffer.from(text))));
const WANTED = ['one', '', 'three and more', ''];

t.test('a frame is a flag, a length and the message', async t => {
  t.equal(encodeFrame(Buffer.from('ab')).toString('hex'), '00000000026162');
});

t.test('messages come out however their bytes are split', async t => {
  t.same(decode([bytes]), WANTED, 'in one chunk');
  t.same(decode([...bytes].map(byte => Buffer.from([byte]))), WANTED, 'byte by byte');
  for (let at = 0; at <= bytes.length; at++)
    t.same(decode([bytes.subarray(0, at), bytes.subarray(at)]), WANTED, `split at ${at}`);
});

t.test('a message in the middle is told', async t => {
  for (let at = 0; at < 8; at++) {
    const decoder = new FrameDecoder();
    decoder.push(bytes.subarray(0, at), () => true);
    t.equal(decoder.isWithinMessage, at > 0, `${at} bytes`);
  }
  const decoder = new FrameDecoder();
  decoder.push(bytes, () => true);
  t.notOk(decoder.isWithinMessage);
});

t.test('a whole message is not copied, and whoever has enough gets no more', async t => {
  const decoder = new FrameDecoder();
  const seen: Buffer[] = [];
  decoder.push(bytes, message => {
    seen.push(message);
    return false;
  });
  t.equal(seen.length, 1);
  t.equal(seen[0]?.buffer, bytes.buffer);
});

t.test('messages are refused in the words of grpc-go', async t => {
  const refusal = (hex: string, limits?: FrameLimits): string => {
    try {
      return decode([Buffer.from(hex, 'hex')], limits).join();
    } catch (error) {
      return error instanceof GrpcError ? `${error.code}: ${error.description}` : String(error);
    }
  };
  t.equal(
    refusal('0000400001'),
    'ResourceExhausted: grpc: received message larger than max (4194305 vs. 4194304)',
    'before the message has come',
  );
  t.equal(refusal('0000400000'), '', 'exactly the limit');
  t.equal(
    refusal('0000000004', { maxMessageBytes: 3 }),
    'ResourceExhausted: grpc: received message larger than max (4 vs. 3)',
  );
  t.equal(
    refusal('0100000001', { encoding: 'gzip' }),
    'Unimplemented: grpc: Decompressor is not installed for grpc-encoding "gzip"',
  );
  t.equal(refusal('0100000001'), 'Internal: grpc: compressed flag set with identity or empty encoding');
  t.equal(refusal('0200000001'), 'Internal: grpc: received unexpected payload format 2');
});

t.test('10,000 mutated streams give messages or a refusal', async t => {
  const random = createRandom('frames');
  const outcomes = { messages: 0, refused: 0 };
  for (let run = 0; run < 10_000; run++) {
    const mutated = Buffer.from(bytes);
    for (let change = random.integer(4); change >= 0; change--)
      mutated[random.integer(mutated.length)] = random.integer(256);
    const decoder = new FrameDecoder({ maxMessageBytes: 1000 });
    let at = 0;
    try {
      while (at < mutated.length) {
        const end = at + 1 + random.integer(12);
        decoder.push(mutated.subarray(at, end), message => message.length <= 1000);
        at = end;
      }
      outcomes.messages++;
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error;
      outcomes.refused++;
    }
  }
  t.ok(outcomes.messages > 1000);
  t.ok(outcomes.refused > 1000);
});
