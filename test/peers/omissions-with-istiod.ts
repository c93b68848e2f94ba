/**
 * The omission tables of edition current, with a real istiod: every step of the four plans left out, and what
 * is then seen held against what is seen with ours, which is in the tables. What the guide waits for is
 * waited
 * for a tenth of the time. `npm run peers` prints a line for each row; it ends with 1 if one differs in a way
 * that docs/parity.md does not have.
 *
 *     node --import=./test/support/loader.mjs test/peers/omissions-with-istiod.ts \
 *       [--filter TEXT]     rows with TEXT in their titles only
 *       [--rows N]          N rows at most, from all scenarios in turn
 *       [--results FILE]    appends what each row showed, and leaves out the rows that FILE has
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { systemClock } from '../../harness/base/clock.ts';
import type { RealIstiodProgram } from '../../harness/cli/real-istiod.ts';
import { SimulatorPlatform } from '../../harness/platform/simulator/simulator-platform.ts';
import { run } from '../../harness/session/run.ts';
import { type Case, casesOf } from '../omissions/hold-against.ts';
import { PLAN_TABLES } from '../tables/catalog.ts';
import { differencesOf } from './omissions/differences.ts';
import { isKnown } from './omissions/known.ts';
import { findReal } from './real-programs.ts';

/** So many rows at a time: most of it is waiting. */
const SIDE_BY_SIDE = 2;
/** Of what istioctl, kubectl and the checks wait for. */
const DEADLINE_SCALE = 0.1;
const EDITION = 'current';

const { values: asked } = parseArgs({
  options: {
    filter: { type: 'string', default: '' },
    rows: { type: 'string', default: 'Infinity' },
    results: { type: 'string' },
  },
});
const program = findReal('pilot-discovery');
if ('reason' in program) {
  console.log(`skipped: no istiod (${program.reason})`);
  process.exit(0);
}
const istiod: RealIstiodProgram = program;
const interruption = new AbortController();
process.once('SIGINT', () => interruption.abort());

/** What one row showed: a line of the file of results. */
interface Result {
  readonly title: string;
  readonly seconds: number;
  readonly differences: readonly string[];
}

/** Lists the rows that are asked for, the first of each scenario before the second of any. */
async function casesAskedFor(): Promise<readonly Case[]> {
  const tables = PLAN_TABLES.filter(({ edition }) => edition === EDITION);
  const lists = await Promise.all(tables.map(casesOf));
  const longest = Math.max(...lists.map(({ length }) => length));
  const inTurn = Array.from({ length: longest }, (_, at) => lists.flatMap(list => list[at] ?? [])).flat();
  const done = new Set(earlierResults().map(({ title }) => title));
  return inTurn
    .filter(({ title }) => title.includes(asked.filter) && !done.has(title))
    .slice(0, Number(asked.rows));
}

function earlierResults(): readonly Result[] {
  if (asked.results === undefined || !existsSync(asked.results)) return [];
  const lines = readFileSync(asked.results, 'utf8').trim().split('\n');
  // A cast: this program wrote them.
  return lines.map(line => JSON.parse(line) as Result);
}

async function resultOf(each: Case, program: RealIstiodProgram): Promise<Result> {
  const startedAtMs = systemClock.now();
  const report = await run({
    topology: each.topology,
    plan: each.changed,
    omit: each.omit,
    keepGoing: true,
    deadlineScale: DEADLINE_SCALE,
    platform: new SimulatorPlatform({
      seed: '1',
      open: { istioVersion: each.plan.istioVersion, istiod: program },
    }),
    signal: interruption.signal,
  });
  const seconds = Math.round((systemClock.now() - startedAtMs) / 100) / 10;
  return { title: each.title, seconds, differences: differencesOf(report, each) };
}

function tell({ title, seconds, differences }: Result): void {
  console.log(
    `${differences.length === 0 ? 'as with ours' : 'DIFFERS     '}  ${seconds.toFixed(1)} s  ${title}`,
  );
  for (const difference of differences)
    console.log(`    ${isKnown(title, difference) ? 'known' : 'NEW'}: ${difference}`);
}

const startedAtMs = systemClock.now();
const results = [...earlierResults()];
const left = (await casesAskedFor()).values();

/** Runs rows until none is left. The workers take them from one iterator. */
async function work(program: RealIstiodProgram): Promise<void> {
  for (const each of left) {
    const result = await resultOf(each, program);
    if (interruption.signal.aborted) return;
    tell(result);
    results.push(result);
    if (asked.results !== undefined) appendFileSync(asked.results, `${JSON.stringify(result)}\n`);
  }
}

await Promise.all(Array.from({ length: SIDE_BY_SIDE }, () => work(istiod)));
const minutes = (systemClock.now() - startedAtMs) / 60_000;
const isNew = ({ title, differences }: Result) => differences.some(it => !isKnown(title, it));
const differing = results.filter(isNew);
console.log(
  `${results.length} rows with pilot-discovery ${istiod.version}, ${minutes.toFixed(1)} minutes: ` +
    `${differing.length} with a new difference`,
);
process.exitCode = differing.length === 0 ? 0 : 1;
