/** The figures of one minute, and what they must not show in the end. */
import type { Latencies } from './load.ts';
import type { Held } from './world.ts';

/** What was held at rest after some minutes, and how long requests took in the last of them. */
export interface Row extends Held {
  /** Minutes under load since the beginning. */
  readonly minute: number;
  readonly gets: Spread;
  readonly calls: Spread;
}

/** Milliseconds. */
export interface Spread {
  readonly count: number;
  readonly median: number;
  readonly most: number;
}

/** Heap may be so much more at the end than after the first minute, as a share. */
const MOST_GROWTH = 0.1;

/** Tells median and 99th percentile. */
export function spreadOf(latencies: readonly number[]): Spread {
  const sorted = [...latencies].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { count: sorted.length, median: at(0.5), most: at(0.99) };
}

export const rowOf = (minute: number, held: Held, { gets, calls }: Latencies): Row => ({
  minute,
  ...held,
  gets: spreadOf(gets),
  calls: spreadOf(calls),
});

/** Lists what has grown from the first row to the last: sentences. */
export function growthIn(rows: readonly Row[]): readonly string[] {
  const [first, last] = [rows[0], rows.at(-1)];
  if (!first || !last) return ['Nothing was measured.'];
  const growth = last.heapBytes / first.heapBytes - 1;
  const share = `${(growth * 100).toFixed(1)} %`;
  return [
    ...(growth > MOST_GROWTH ? [`The heap has grown by ${share} since minute ${first.minute}.`] : []),
    ...(last.handles > first.handles
      ? [`${last.handles} handles are open, ${first.handles} were after minute ${first.minute}.`]
      : []),
  ];
}

const MEBIBYTE = 2 ** 20;
const mebibytes = (bytes: number): string => (bytes / MEBIBYTE).toFixed(1);
const milliseconds = (value: number): string => value.toFixed(1);

/** The columns of the table, and how a row is written in them. */
export const COLUMNS: readonly { readonly title: string; readonly cell: (row: Row) => string }[] = [
  { title: 'minute', cell: row => String(row.minute) },
  { title: 'heap (MiB)', cell: row => mebibytes(row.heapBytes) },
  { title: 'RSS (MiB)', cell: row => mebibytes(row.rssBytes) },
  { title: 'handles', cell: row => String(row.handles) },
  { title: 'GETs', cell: row => String(row.gets.count) },
  { title: 'median (ms)', cell: row => milliseconds(row.gets.median) },
  { title: '99 % (ms)', cell: row => milliseconds(row.gets.most) },
  { title: 'calls', cell: row => String(row.calls.count) },
  { title: 'median (ms)', cell: row => milliseconds(row.calls.median) },
  { title: '99 % (ms)', cell: row => milliseconds(row.calls.most) },
];
