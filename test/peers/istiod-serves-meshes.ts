/**
 * A real istiod serves simulated proxies: the four scenarios by `run all --istiod`, and each of them by `up`
 * with the real istiod and with ours, for time. `npm run peers` prints a table; it ends with 1 if a
 * scenario does not pass.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from '../../harness/base/clock.ts';
import type { ConformanceReport } from '../../harness/report/report.ts';
import { runCli, temporaryFolder } from '../support/cli.ts';
import { findReal } from './real-programs.ts';

const SCENARIOS = [
  'multi-primary',
  'multi-primary-multi-network',
  'primary-remote',
  'primary-remote-multi-network',
];

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

/** Seconds until a scenario is up. */
async function secondsUp(scenario: string, flags: readonly string[]): Promise<number> {
  const state = ['--state-dir', path.join(folder.path, 'state')];
  const before = systemClock.now();
  const up = await runCli(['up', scenario, '--detach', ...state, ...flags], folder.path);
  const seconds = (systemClock.now() - before) / 1000;
  await runCli(['down', ...state], folder.path);
  if (up.code !== 0) throw new Error(`up ${scenario} ${flags.join(' ')}: ${up.stderr}`);
  return seconds;
}

const failures = await runAll(istiod.path);
for (const scenario of SCENARIOS) {
  const ours = await secondsUp(scenario, ['--edition', 'current']);
  const real = await secondsUp(scenario, ['--istiod', istiod.path]);
  console.log(
    `up ${scenario}: real ${real.toFixed(1)} s, ours ${ours.toFixed(1)} s, ${(real / ours).toFixed(2)} times`,
  );
}
console.log(failures === 0 ? `${SCENARIOS.length} scenarios passed.` : `${failures} scenarios did not pass`);
process.exitCode = failures === 0 ? 0 : 1;
