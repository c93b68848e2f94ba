/** Runs a session from its options to the report: what the library calls `run`. */
import os from 'node:os';
import { systemClock } from '../base/clock.ts';
import { builtFrom, packageVersion } from '../base/package-root.ts';
import { buildReport } from '../report/build.ts';
import type { ConformanceReport, RunFacts } from '../report/report.ts';
import type { RunEvent } from '../run/events.ts';
import type { SessionOptions } from './options.ts';
import { prepareSession } from './prepare.ts';

/**
 * Runs a topology from the start to the clean-up.
 * @returns the report, whatever the verdict: failures of the mesh and of the environment are values
 * @throws HarnessError for options that are wrong, before anything is started
 */
export async function run(options: SessionOptions): Promise<ConformanceReport> {
  const events: RunEvent[] = [];
  const startedAtMs = systemClock.now();
  const session = await prepareSession({
    ...options,
    listeners: [event => void events.push(event), ...(options.listeners ?? [])],
  });
  await session.start();
  return reportOf(events, startedAtMs);
}

/**
 * Builds the report of one or more runs that have just ended.
 * @param startedAtMs - when the first of them began, on the wall's clock
 * @param told - what the caller knows: names of scenarios that an interruption has left out (`notBegun`),
 *   the part of a run, the line that repeats it, the folder of diagnostics
 */
export function reportOf(
  events: readonly RunEvent[],
  startedAtMs: number,
  told: Pick<RunFacts, 'notBegun' | 'shard' | 'reproduce' | 'diagnostics'> = {},
): ConformanceReport {
  const { notBegun = [], ...facts } = told;
  const commit = builtFrom();
  const endedAtMs = systemClock.now();
  return buildReport(events, {
    ...facts,
    ...(notBegun.length > 0 && { notBegun }),
    ...(commit !== undefined && { harnessCommit: commit }),
    harnessVersion: packageVersion(),
    nodeVersion: process.version,
    startedAt: new Date(startedAtMs).toISOString(),
    endedAt: new Date(endedAtMs).toISOString(),
    wallDurationMs: endedAtMs - startedAtMs,
    host: {
      name: os.hostname(),
      os: `${os.type()} ${os.release()}`,
      architecture: os.arch(),
      cpus: os.cpus().length,
    },
  });
}
