import t from 'tap';
import { parseDuration } from '../../harness/base/go-duration.ts';

t.test('durations as in Go', async t => {
  const rows: readonly [string, number | undefined][] = [
    ['300s', 300_000],
    ['1h30m', 5_400_000],
    ['1m30s', 90_000],
    ['1.5s', 1500],
    ['100ms', 100],
    ['.5s', 500],
    ['1.s', 1000],
    ['250us', 0.25],
    ['250µs', 0.25],
    ['0', 0],
    ['-0', 0],
    ['-1s', -1000],
    ['+1s', 1000],
    ['5', undefined],
    ['5x', undefined],
    ['1s ', undefined],
    ['.s', undefined],
    ['', undefined],
  ];
  for (const [text, expected] of rows) t.equal(parseDuration(text), expected, text);
});
