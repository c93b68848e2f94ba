/**
 * A real istiod serves simulated proxies: the four scenarios by `run all --istiod`, and each of them by `up`
 * with the real istiod and with ours, for time and memory. `npm run peers` prints a table; it ends with 1 if
 * a scenario does not pass, or if the real one takes more than it may.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from '../../harness/base/clock.ts';
import type { ConformanceReport } from '../../harness/report/report.ts';
import { runCli, startCli, temporaryFolder } from '../support/cli.ts';
import { MemoryWatch } from './process-tree.ts';
import { findReal } from './real-programs.ts';

const SCENARIOS = [
  'multi-primary',
  'multi-primary-multi-network',
  'primary-remote',
  'primary-remote-multi-network',
];

/** What `up` with a real istiod may take, as a multiple of what it takes with ours. */
const MAX_TIMES = { seconds: 3, megabytes: 6 } as const;

const istiod = findReal('pilot-discovery');
if ('reason' in istiod) {
  console.log(`skipped: no istiod (${istiod.reason})`);
  process.exit(0);
}

using folder = temporaryFolder();

/** Runs all scenarios. @returns how many did not pass */
async function runAll(file: string): Promise<number> {
  const { code, stderr } = await runCli(
    ['run', 'all', '--istiod', file, '--report-dir', 'report'],
    folder.path,
  );
  const text = readFileSync(path.join(folder.path, 'report', 'report.json'), 'utf8');
  // A cast: our own report, of this version.
  const { scenarios, evidence } = JSON.parse(text) as ConformanceReport;
  console.log(stderr.split('\n').find(line => line.startsWith('Control plane')) ?? '');
  for (const { scenario, verdict, durationMs } of scenarios)
    console.log(`run ${scenario}: ${verdict}, ${(durationMs / 1000).toFixed(1)} s, ${evidence}`);
  const open = scenarios.filter(({ verdict }) => verdict !== 'passed').length;
  return scenarios.length < SCENARIOS.length || code !== 0 ? Math.max(open, 1) : open;
}

/** What it takes to bring a scenario up. */
interface Cost {
  readonly seconds: number;
  /** Of all processes at once, at most. */
  readonly megabytes: number;
}

/** Brings a scenario up, and ends it by Ctrl-C as soon as it is. */
async function costOfUp(scenario: string, flags: readonly string[]): Promise<Cost> {
  const state = ['--state-dir', path.join(folder.path, 'state')];
  const before = systemClock.now();
  let seconds = 0;
  const { child, ended } = startCli(['up', scenario, ...state, ...flags], {
    cwd: folder.path,
    onStderr: (text, process) => {
      if (seconds > 0 || !text.includes(`${scenario} is up.`)) return;
      seconds = (systemClock.now() - before) / 1000;
      process.kill('SIGINT');
    },
  });
  using memory = new MemoryWatch(child.pid ?? 0);
  const { stderr } = await ended;
  if (seconds === 0) throw new Error(`up ${scenario} ${flags.join(' ')}: ${stderr}`);
  return { seconds, megabytes: memory.peakMegabytes };
}

/** A call that comes before the endpoints of a gateway waits for 10 s, with either istiod: a second try. */
async function leastCost(scenario: string, flags: readonly string[]): Promise<Cost> {
  const [a, b] = [await costOfUp(scenario, flags), await costOfUp(scenario, flags)];
  return { seconds: Math.min(a.seconds, b.seconds), megabytes: Math.max(a.megabytes, b.megabytes) };
}

let failures = await runAll(istiod.path);
console.log('up: the faster of two, and the most memory of both');
console.log(
  ['scenario'.padEnd(30), '  seconds: real', 'ours', ' times', '            MB: real', 'ours', ' times'].join(
    ' ',
  ),
);
for (const scenario of SCENARIOS) {
  const ours = await leastCost(scenario, ['--edition', 'current']);
  const real = await leastCost(scenario, ['--istiod', istiod.path]);
  const times = { seconds: real.seconds / ours.seconds, megabytes: real.megabytes / ours.megabytes };
  const cells = [
    scenario.padEnd(30),
    real.seconds.toFixed(1).padStart(15),
    ours.seconds.toFixed(1).padStart(5),
    times.seconds.toFixed(2).padStart(6),
    real.megabytes.toFixed(0).padStart(20),
    ours.megabytes.toFixed(0).padStart(5),
    times.megabytes.toFixed(2).padStart(6),
  ];
  console.log(cells.join(' '));
  if (times.seconds > MAX_TIMES.seconds || times.megabytes > MAX_TIMES.megabytes) failures += 1;
}
console.log(failures === 0 ? `${SCENARIOS.length} scenarios passed.` : `${failures} scenarios did not pass`);
process.exitCode = failures === 0 ? 0 : 1;
