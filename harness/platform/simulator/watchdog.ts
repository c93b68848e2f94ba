/** Sees, in real time, when a simulated world gets nowhere: a defect of ours, which must end the run instead of hanging it. */
import { type Clock, systemClock, type Timer } from '../../base/clock.ts';
import { HarnessError } from '../../base/errors.ts';
import type { VirtualClock } from '../../simulator/network/virtual-clock.ts';

/** Milliseconds of the wall's clock without a jump of the virtual one. */
const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 5_000;

export interface Watchdog {
  /** Aborts with ERR_SIMULATOR_STALLED. */
  readonly signal: AbortSignal;
  stop(): void;
}

/**
 * A world stalls when it is quiet and no timer is pending (what is awaited can never come), or when it spins: something happens all the
 * time, so that its clock never jumps.
 * @param wall - the clock of this machine; another one in tests
 */
export function watchWorld(clock: VirtualClock, wall: Clock = systemClock): Watchdog {
  const controller = new AbortController();
  const stalled = (how: string) =>
    controller.abort(
      new HarnessError('ERR_SIMULATOR_STALLED', `The simulated world ${how}.`, {
        hint: 'This is a defect of mesh-harness. Please report it with the command line and the seed.',
      }),
    );
  clock.onStall = () => stalled('is quiet, and what is awaited can not come any more');
  let timer: Timer;
  let jumps = clock.jumps;
  let sinceMs = wall.now();
  const look = () => {
    if (clock.jumps !== jumps) {
      jumps = clock.jumps;
      sinceMs = wall.now();
    } else if (wall.now() - sinceMs >= PATIENCE_MS) {
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
