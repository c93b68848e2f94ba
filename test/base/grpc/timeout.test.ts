import t from 'tap';
import { decodeTimeout, encodeTimeout } from '../../../harness/base/grpc/timeout.ts';

t.test('a timeout has the finest unit that holds it, as in grpc-go', async t => {
  const wanted: readonly (readonly [number, string])[] = [
    [0, '0n'],
    [-5, '0n'],
    [1, '1000000n'],
    [99, '99000000n'],
    [100, '100000u'],
    [20_000, '20000000u'],
    [99_999.999, '99999999u'],
    [100_000, '100000m'],
    [99_999_999, '99999999m'],
    [100_000_000, '100000S'],
    [1e12, '16666667M'],
    [Number.POSITIVE_INFINITY, '99999999H'],
  ];
  for (const [milliseconds, text] of wanted) t.equal(encodeTimeout(milliseconds), text);
});

t.test('timeouts are read, and bad ones refused', async t => {
  for (const [text, milliseconds] of [
    ['1H', 3_600_000],
    ['2M', 120_000],
    ['3S', 3000],
    ['4m', 4],
  ] as const)
    t.equal(decodeTimeout(text), milliseconds);
  t.equal(decodeTimeout('5000u'), 5);
  t.equal(decodeTimeout('6000000n'), 6);
  t.throws(() => decodeTimeout('S'), /^transport: timeout string is too short: "S"$|too short/);
  t.throws(() => decodeTimeout('123456789S'), /too long: "123456789S"/);
  t.throws(() => decodeTimeout('5x'), /timeout unit is not recognized: "5x"/);
  t.throws(() => decodeTimeout('-5S'), /strconv.ParseUint: parsing "-5": invalid syntax/);
  t.throws(() => decodeTimeout('5valueOf'.slice(0, 8)), /not recognized/);
});
