/**
 * Keeps an opened world busy for a while, and says each minute what it holds and how fast it answers.
 *
 *   npm run soak -- [--minutes 10] [--html mesh-harness-report/soak.html]
 *
 * Ends with 1 if the heap has grown by more than a tenth since the first minute, or if handles stay open.
 * Linux only.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { findKubectl } from '../support/kubectl.ts';
import { COLUMNS, growthIn, type Row, rowOf } from './soak/figures.ts';
import { load, waitForMesh } from './soak/load.ts';
import { soakPage } from './soak/page.ts';
import { soakWorld } from './soak/world.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    html: { type: 'string', default: 'mesh-harness-report/soak.html' },
  },
});
const MINUTE_MS = 60_000;
/** Until pods that were deleted are gone, and connections closed. */
const REST_MS = 5000;

/** Ctrl-C takes the clusters away as the end does. */
const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => interrupted.abort(new Error(`interrupted by ${name}`)));

const line = (cells: readonly string[]): string => cells.map(cell => cell.padStart(11)).join(' ');

async function soak(minutes: number): Promise<readonly Row[]> {
  await using world = await soakWorld();
  const hasKubectl = findKubectl() !== undefined;
  if (!hasKubectl) console.log('There is no kubectl on PATH: its part is left out.');
  console.log(line(COLUMNS.map(({ title }) => title)));
  await waitForMesh(world);
  const rows: Row[] = [];
  for (let minute = 1; minute <= minutes; minute++) {
    const { signal } = interrupted;
    const latencies = await load(world, { durationMs: MINUTE_MS - REST_MS, hasKubectl, signal });
    await sleep(REST_MS, undefined, { signal });
    const row = rowOf(minute, await world.held(), latencies);
    rows.push(row);
    console.log(line(COLUMNS.map(({ cell }) => cell(row))));
  }
  return rows;
}

const rows = await soak(Number(values.minutes));
const growth = growthIn(rows);
mkdirSync(path.dirname(values.html), { recursive: true });
writeFileSync(values.html, soakPage(rows, growth));
console.log(growth.length === 0 ? 'Nothing has grown.' : growth.join('\n'));
console.log(`The table and its curves: ${values.html}`);
process.exitCode = growth.length === 0 ? 0 : 1;
