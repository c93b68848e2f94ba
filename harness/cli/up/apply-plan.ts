/** The guide's steps in a world that stays. */
import { randomBytes } from 'node:crypto';
import { systemClock } from '../../base/clock.ts';
import type { Topology } from '../../model/topology.ts';
import type { Plan } from '../../plan/step.ts';
import type { Platform, StartedPlatform } from '../../platform/platform.ts';
import { run } from '../../run/runner.ts';
import { toolsFor } from '../../session/target.ts';
import { createProgress } from '../terminal/create-progress.ts';
import type { Screen } from '../terminal/screen.ts';

/** The plan to apply, its clusters, and the screen that shows the progress. */
interface Application {
  readonly topology: Topology;
  readonly plan: Plan;
  readonly platform: Platform;
  readonly started: StartedPlatform;
  readonly samples: ReadonlyMap<string, string>;
  readonly seed: string;
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

/**
 * Carries a plan out. After a failure it leaves everything as it is, for a look.
 * @returns the exit code of the run; no checks are part of it
 */
export async function applyPlan(application: Application): Promise<number> {
  const { topology, plan, platform, started, samples, seed, screen, signal } = application;
  const progress = await createProgress(screen, systemClock);
  try {
    const outcome = await run({
      topology,
      plan,
      platform,
      started,
      tools: now => toolsFor(now, plan, samples, seed),
      // No checks: a fixed sample of the traffic is what `run` is for.
      listeners: [progress.listener],
      seed,
      runId: `up-${randomBytes(3).toString('hex')}`,
      signal,
    });
    progress.stop();
    if (!signal.aborted && outcome.reason) {
      screen.progress('\nThe plan was not carried out to its end. The clusters are left as they are.');
    }
    return outcome.exitCode;
  } finally {
    progress.stop();
  }
}
