import t from 'tap';
import * as der from '../../harness/base/der.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

t.test('values are encoded as in X.690 and RFC 5280', async t => {
  const rows: readonly [string, Buffer, string][] = [
    ['an empty sequence', der.sequence(), '3000'],
    ['the longest short length', der.octetString(Buffer.alloc(127)), `047f${'00'.repeat(127)}`],
    ['the shortest long length', der.octetString(Buffer.alloc(128)), `048180${'00'.repeat(128)}`],
    ['a length of two bytes', der.octetString(Buffer.alloc(300)), `0482012c${'00'.repeat(300)}`],
    ['an integer', der.integer(Buffer.from([5])), '020105'],
    ['an integer whose first bit is set', der.integer(Buffer.from([0x80])), '02020080'],
    ['an integer with zeros in front', der.integer(Buffer.from([0, 0, 1])), '020101'],
    ['zero', der.integer(Buffer.from([0])), '020100'],
    ['an object identifier', der.objectIdentifier('1.2.840.113549.1.9.14'), '06092a864886f70d01090e'],
    ['a bit string', der.bitString(Buffer.from([0xa0]), 5), '030205a0'],
    ['true', der.boolean(true), '0101ff'],
    [
      'a time before 2050',
      der.time(Date.UTC(2049, 11, 31, 23, 59, 59)),
      hex(Buffer.concat([Buffer.from([0x17, 13]), Buffer.from('491231235959Z')])),
    ],
    [
      'a time from 2050 on',
      der.time(Date.UTC(2050, 0, 1)),
      hex(Buffer.concat([Buffer.from([0x18, 15]), Buffer.from('20500101000000Z')])),
    ],
  ];
  for (const [name, value, expected] of rows) t.equal(hex(value), expected, name);
});

t.test('what was encoded is read again', async t => {
  const inner = der.octetString(Buffer.alloc(300, 7));
  const [outer, after] = der.decode(Buffer.concat([der.sequence(inner, der.boolean(true)), der.sequence()]));
  t.equal(outer?.tag, der.TAG.sequence);
  t.same(
    der.decode(outer?.contents ?? Buffer.alloc(0)).map(({ whole }) => hex(whole)),
    [hex(inner), '0101ff'],
  );
  t.equal(hex(after?.whole ?? Buffer.alloc(0)), '3000');
});

t.test('what is no DER is refused', async t => {
  for (const bytes of ['30', '3001', '3080', '30820001', '308500000000010000', '1f0100'])
    t.throws(() => der.decode(Buffer.from(bytes, 'hex')), /not the encoding/, bytes);
});
