/** Tries misconfigurations, in as many rows side by side as there are workers. */
import { systemClock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { AttemptResult, PreparedAttempt } from './attempts.ts';
import type { Held } from './hold.ts';
import { isOfTheSample, tryInOneWorld, tryTrial } from './try-trial.ts';

/** How many share a world: enough to save its installation, and few enough that no worker is left alone. */
const MOST_IN_A_WORLD = 16;

/** Tries some that share a mesh: this thread, or another one. */
export interface Worker {
  /** @returns what became of each, in their order */
  tryThem(attempts: readonly PreparedAttempt[], signal: AbortSignal): Promise<readonly Held[]>;
}

/** Lists what is tried together: those that only touch the sample of one mesh; each other one is alone. */
export function groupsOf(attempts: readonly PreparedAttempt[]): readonly (readonly PreparedAttempt[])[] {
  const groups: PreparedAttempt[][] = [];
  const open = new Map<unknown, PreparedAttempt[]>();
  for (const attempt of attempts) {
    const shared = isOfTheSample(attempt.trial) ? open.get(attempt.plan) : undefined;
    if (shared && shared.length < MOST_IN_A_WORLD) {
      shared.push(attempt);
      continue;
    }
    const group = [attempt];
    groups.push(group);
    if (isOfTheSample(attempt.trial)) open.set(attempt.plan, group);
  }
  // The longest first, so that no worker ends long after the others.
  return groups.sort((one, other) => other.length - one.length);
}

/** What is told of attempts that could not be tried: why, and nothing of the mesh. */
const notTried = (error: unknown): Held => ({
  ...{ problems: [`not tried: ${messageOf(error)}`], calls: '', caughtBy: null },
  ...{ headline: null, causes: [], rank: null },
});

/**
 * Tries them all. One whose worker fails is told so, and the others are tried all the same.
 * @param onResult - called with each result as it comes
 * @returns the results in the order of `attempts`, whoever tried them; fewer if it was interrupted
 */
export async function tryAll(
  attempts: readonly PreparedAttempt[],
  workers: readonly Worker[],
  onResult: (result: AttemptResult) => void,
  signal: AbortSignal,
): Promise<readonly AttemptResult[]> {
  const results = new Map<PreparedAttempt, AttemptResult>();
  const open = groupsOf(attempts).values();
  const work = async (worker: Worker): Promise<void> => {
    for (const group of open) {
      if (signal.aborted) return;
      const startedAtMs = systemClock.now();
      const held = await triedBy(worker, group, signal);
      const wallMs = Math.round((systemClock.now() - startedAtMs) / group.length);
      for (const [index, attempt] of group.entries()) {
        const own = held[index];
        if (!own) continue;
        const result = { ...attempt, held: own, wallMs };
        results.set(attempt, result);
        onResult(result);
      }
    }
  };
  await Promise.all(workers.map(work));
  return attempts.flatMap(attempt => results.get(attempt) ?? []);
}

/** Has a group tried. @returns nothing of one that was interrupted */
async function triedBy(
  worker: Worker,
  group: readonly PreparedAttempt[],
  signal: AbortSignal,
): Promise<readonly Held[]> {
  try {
    return await worker.tryThem(group, signal);
  } catch (error) {
    return signal.aborted ? [] : group.map(() => notTried(error));
  }
}

/** Tries a group in this thread. */
export const inThisThread: Worker = {
  tryThem: async (attempts, signal) => {
    const [first] = attempts;
    if (!first) return [];
    const trials = attempts.map(({ trial }) => trial);
    return attempts.length > 1
      ? await tryInOneWorld(first, trials, signal)
      : [await tryTrial(first, first.trial, signal)];
  },
};
