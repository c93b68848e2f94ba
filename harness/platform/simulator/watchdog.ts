/**
 * Detects a simulated world without progress: a defect of the simulator, which must end the run instead of
 * hanging it.
 */
import { type Clock, systemClock, type Timer } from '../../base/clock.ts';
import { HarnessError } from '../../base/errors.ts';
import type { VirtualClock } from '../../simulator/network/virtual-clock.ts';

/**
 * Milliseconds that this process worked without a jump of the virtual clock. Not those that went by: on a
 * machine that is busy with other things, or that slept, a sound run gets no further for as long as it takes.
 */
const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 5_000;

/** What a watchdog looks at; another one in tests. */
export interface Surroundings {
  readonly wall: Clock;
  /** Returns the milliseconds of processor time of this process. */
  readonly workedMs: () => number;
}

const thisMachine: Surroundings = {
  wall: systemClock,
  workedMs: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};

export interface Watchdog {
  /** Aborts with ERR_SIMULATOR_STALLED. */
  readonly signal: AbortSignal;
  stop(): void;
}

/**
 * Watches a world for stalls. It stalls when it is quiet and no timer is pending (nothing awaited can ever
 * come), or when it spins: something happens all the time, so that its clock never jumps.
 */
export function watchWorld(clock: VirtualClock, { wall, workedMs }: Surroundings = thisMachine): Watchdog {
  const controller = new AbortController();
  const stalled = (how: string) =>
    controller.abort(
      new HarnessError('ERR_SIMULATOR_STALLED', `The simulated world ${how}.`, {
        hint: 'This is a defect of mesh-harness. Please report it with the command line and the seed.',
      }),
    );
  clock.onStall = () => stalled('is quiet, and what is awaited cannot come any more');
  let timer: Timer;
  let jumps = clock.jumps;
  let sinceMs = workedMs();
  const look = () => {
    if (clock.jumps !== jumps) {
      jumps = clock.jumps;
      sinceMs = workedMs();
    } else if (workedMs() - sinceMs >= PATIENCE_MS) {
      stalled(`has not moved on for ${PATIENCE_MS / 1000} s`);
      return;
    }
    timer = wall.setTimeout(look, LOOK_EVERY_MS);
  };
  timer = wall.setTimeout(look, LOOK_EVERY_MS);
  return {
    signal: controller.signal,
    stop: () => {
      clock.onStall = undefined;
      wall.clearTimeout(timer);
    },
  };
}
