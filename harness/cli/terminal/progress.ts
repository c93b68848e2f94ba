/** Progress of runs as a listener of their events. */
import type { Clock } from '../../base/clock.ts';
import type { RunListener } from '../../run/events.ts';
import { createPlainProgress } from './plain.ts';
import type { Screen } from './screen.ts';

export interface Progress {
  /** Takes the events of one run after the other. */
  readonly listener: RunListener;
  /** Ends drawing and gives the terminal back; safe to call twice, and in the middle of a run. */
  stop(): void;
}

/** Nothing but results: `--quiet`. */
export const silentProgress: Progress = { listener: () => {}, stop: () => {} };

/**
 * The progress that suits the screen: live on a terminal, plain lines elsewhere.
 * @param clock - the wall's, for the timers that people see
 */
export async function createProgress(screen: Screen, clock: Clock): Promise<Progress> {
  if (!screen.isTTY || !screen.stream) return createPlainProgress(screen);
  const { createLiveProgress } = await import('./live.ts');
  return createLiveProgress(screen, screen.stream, clock);
}
