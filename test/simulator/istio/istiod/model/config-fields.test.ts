import t from 'tap';
import { durationMs } from '../../../../../harness/simulator/istio/istiod/model/config-fields.ts';

t.test('a duration counts in whatever units it is written', async t => {
  const rows: readonly [unknown, number | undefined][] = [
    ['10s', 10_000],
    ['1m30s', 90_000],
    ['1h0m5s', 3_605_000],
    ['0s', 0],
    ['-1s', undefined],
    ['10', undefined],
    [10, undefined],
    [undefined, undefined],
  ];
  for (const [value, expected] of rows) t.equal(durationMs(value), expected, String(value));
});
