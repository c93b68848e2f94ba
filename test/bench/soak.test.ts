/** What the soak makes of its figures. */
import t from 'tap';
import { readMarkup } from '../support/markup.ts';
import { growthIn, type Row, rowOf, spreadOf } from './soak/figures.ts';
import { soakPage } from './soak/page.ts';

const row = (minute: number, heapBytes: number, handles = 27): Row =>
  rowOf(minute, { heapBytes, rssBytes: 2 * heapBytes, handles }, { gets: [3, 1, 2], calls: [] });

t.test('growth is told from the first minute to the last', async t => {
  t.same(growthIn([row(1, 100e6), row(2, 150e6), row(3, 109e6)]), [], 'what goes again is none');
  t.match(growthIn([row(1, 100e6), row(2, 111e6)]), [/^The heap has grown by 11\.0 % since minute 1\.$/]);
  t.match(growthIn([row(1, 100e6, 27), row(2, 90e6, 28)]), [
    /^28 handles are open, 27 were after minute 1\.$/,
  ]);
  t.same(growthIn([]), ['Nothing was measured.']);
});

t.test('median and 99th percentile', async t => {
  const latencies = Array.from({ length: 200 }, (_, index) => 200 - index);
  t.same(spreadOf(latencies), { count: 200, median: 101, most: 199 });
  t.same(spreadOf([]), { count: 0, median: 0, most: 0 });
});

t.test('the page is one file', async t => {
  const page = soakPage([row(1, 100e6), row(2, 111e6)], ['The heap has grown.']);
  const root = readMarkup(page.replace('<!doctype html>\n', ''));
  t.equal(root.find('svg').length, 5);
  t.equal(root.find('tr').length, 3);
  t.notMatch(page, /https?:|src=|url\(/);
  t.match(page, /<p>The heap has grown\.<\/p>/);
});
