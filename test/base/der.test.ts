import { createPrivateKey, createPublicKey } from 'node:crypto';
import * as fc from 'fast-check';
import t from 'tap';
import {
  bitString,
  bitsOf,
  element,
  octetString,
  partsOf,
  readElements,
  sequence,
  smallInteger,
  TAG,
} from '../../harness/base/der.ts';
import { createKeyPair } from '../../harness/base/keys.ts';

const hex = (text: string) => Buffer.from(text, 'hex');

t.test('a key has the bytes that OpenSSL writes', async t => {
  for (let round = 0; round < 20; round++) {
    const { privateKey, privateKeyPem, publicKeyDer } = createKeyPair();
    t.equal(privateKeyPem, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    t.same(publicKeyDer, createPublicKey(privateKey).export({ type: 'spki', format: 'der' }));
    t.ok(createPrivateKey(privateKeyPem).equals(privateKey));
  }
});

t.test('what is written is read again, whatever its length', async t => {
  for (const length of [0, 1, 127, 128, 255, 256, 65_528]) {
    const content = Buffer.alloc(length, 7);
    const bytes = sequence(octetString(content), smallInteger(5));
    const [first, second] = partsOf(readElements(bytes)[0]);
    t.same(first?.content, content, `${length}`);
    t.same(second?.bytes, smallInteger(5));
  }
  t.throws(() => octetString(Buffer.alloc(65_536)), /longer/);
  t.same(bitsOf(readElements(bitString(hex('0102')))[0]), hex('0102'));
});

t.test('what is no DER is refused', async t => {
  for (const text of ['30', '3001', '3080', '308100', '30817f00', '30820080', '1f0100', '3085000000000100'])
    t.throws(() => readElements(hex(text)), text);
  t.throws(() => partsOf(readElements(hex('3100'))[0]), /tag 48/);
  t.throws(() => partsOf(undefined));
  t.throws(() => bitsOf(readElements(hex('030101'))[0]));
  t.throws(() => bitsOf(readElements(element(TAG.bitString))[0]));
});

t.test('bytes by chance are read to the last one, or refused', async t => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
      let found: ReturnType<typeof readElements>;
      try {
        found = readElements(Buffer.from(bytes));
      } catch (error) {
        return error instanceof Error && !(error instanceof RangeError);
      }
      return Buffer.concat(found.map(each => each.bytes)).equals(bytes);
    }),
    { numRuns: 2000 },
  );
  t.pass();
});
