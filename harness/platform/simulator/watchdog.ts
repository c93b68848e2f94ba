/**
 * Detects a simulated world without progress: a defect of the simulator, or a loop that the user's
 * configuration makes, which must end the run instead of hanging it.
 */
import { type Clock, systemClock, type Timer } from '../../base/clock.ts';
import { HarnessError } from '../../base/errors.ts';
import type { VirtualClock } from '../../simulator/network/virtual-clock.ts';
import type { Activity } from './activity.ts';
import { ownWork } from './own-work.ts';

/**
 * Milliseconds that this thread worked without progress of the world. Not those that went by: on a machine
 * that is busy with other things, or that slept, a sound run gets no further for as long as it takes.
 */
const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 5_000;

/** What a watchdog looks at; another one in tests. */
export interface Surroundings {
  readonly wall: Clock;
  /** Returns the milliseconds that this thread has worked. */
  readonly workedMs: () => number;
}

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const thisThread = (): Surroundings => ({
  wall: systemClock,
  workedMs: ownWork(cpuMs, () => performance.eventLoopUtilization().active),
});

export interface Watchdog {
  /** Aborts with ERR_SIMULATOR_STALLED. */
  readonly signal: AbortSignal;
  stop(): void;
}

/**
 * Watches a world for stalls. It stalls when it is quiet and no timer is pending (nothing awaited can ever
 * come), or when it spins: something happens all the time, so that its clock never jumps, but nothing that it
 * has not done a hundred times since the last jump (`activity.ts`). A large mesh that is busy for minutes of
 * one moment is let through.
 */
export function watchWorld(
  clock: VirtualClock,
  activity: Activity,
  { wall, workedMs }: Surroundings = thisThread(),
): Watchdog {
  const controller = new AbortController();
  const stalled = (how: string, hint: string) =>
    controller.abort(new HarnessError('ERR_SIMULATOR_STALLED', `The simulated world ${how}.`, { hint }));
  clock.onStall = () => stalled('is quiet, and what is awaited cannot come any more', DEFECT);
  let timer: Timer;
  let progress = activity.progress;
  let sinceMs = workedMs();
  const look = () => {
    if (activity.progress !== progress) {
      progress = activity.progress;
      sinceMs = workedMs();
    } else if (workedMs() - sinceMs >= PATIENCE_MS) {
      stalled(describeSpin(clock, activity.mostFrequent), activity.mostFrequent.length > 0 ? LOOP : DEFECT);
      return;
    }
    timer = wall.setTimeout(look, LOOK_EVERY_MS);
  };
  timer = wall.setTimeout(look, LOOK_EVERY_MS);
  return {
    signal: controller.signal,
    stop: () => {
      clock.onStall = undefined;
      activity.rest();
      wall.clearTimeout(timer);
    },
  };
}

const DEFECT = 'This is a defect of mesh-harness. Please report it with the command line and the seed.';
const LOOP =
  'If what it repeats is a loop of your own configuration, mend that; else this is a defect of ' +
  'mesh-harness. Please report it with the command line and the seed.';

function describeSpin(clock: VirtualClock, mostFrequent: readonly string[]): string {
  const time = new Date(clock.now()).toISOString();
  const still = `has not moved on for ${PATIENCE_MS / 1000} s: its clock stands at ${time}`;
  if (mostFrequent.length === 0)
    return `${still}, and nobody in it dials, asks an API server or writes to one: some program spins`;
  return `${still}, and only what happened before happens again; most often: ${mostFrequent.join('; ')}`;
}
