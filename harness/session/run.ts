/** Runs a session from its options to the report: what the library calls `run`. */
import os from 'node:os';
import { systemClock } from '../base/clock.ts';
import { packageVersion } from '../base/package-root.ts';
import { buildReport } from '../report/build.ts';
import type { ConformanceReport } from '../report/report.ts';
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
 * @param notBegun - names of scenarios that an interruption has left out
 */
export function reportOf(
  events: readonly RunEvent[],
  startedAtMs: number,
  notBegun: readonly string[] = [],
): ConformanceReport {
  const endedAtMs = systemClock.now();
  return buildReport(events, {
    ...(notBegun.length > 0 && { notBegun }),
    harnessVersion: packageVersion(),
    nodeVersion: process.version,
    startedAt: new Date(startedAtMs).toISOString(),
    endedAt: new Date(endedAtMs).toISOString(),
    wallDurationMs: endedAtMs - startedAtMs,
    host: { os: `${os.type()} ${os.release()}`, architecture: os.arch(), cpus: os.cpus().length },
  });
}
