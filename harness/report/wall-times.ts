/** How long the steps and checks of a run took on the wall's clock, out of its events. Pure. */
import type { RunEvent } from '../run/events.ts';
import type { WallTimes } from './report.ts';

/** Measures one run. Where the events have no time of the wall, as in a log of old, nothing is told. */
export function wallTimesOf(events: readonly RunEvent[]): WallTimes {
  const steps: Record<string, number> = {};
  const checks: Record<string, number> = {};
  const begun = new Map<string, number>();
  for (const { wallMs, ...event } of events) {
    if (wallMs === undefined) continue;
    if (event.type === 'step-started') begun.set(`step ${event.step}`, wallMs);
    else if (event.type === 'check-started') begun.set(`check ${event.check}`, wallMs);
    else if (event.type === 'step-ended') {
      const from = begun.get(`step ${event.step}`);
      if (from !== undefined) steps[event.step] = wallMs - from;
    } else if (event.type === 'check-ended') {
      const from = begun.get(`check ${event.result.id}`);
      if (from !== undefined) checks[event.result.id] = wallMs - from;
    }
  }
  const [first, last] = [events[0]?.wallMs, events.at(-1)?.wallMs];
  const started = events.find(event => event.type === 'run-started');
  return {
    scenario: started?.topology.name ?? '',
    startedAt: first === undefined ? null : new Date(first).toISOString(),
    durationMs: first === undefined || last === undefined ? 0 : last - first,
    steps,
    checks,
  };
}
