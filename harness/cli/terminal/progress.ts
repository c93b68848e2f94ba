/** Progress of runs as a listener of their events. */
import type { RunListener } from '../../run/events.ts';

export interface Progress {
  /** Takes the events of one run after the other. */
  readonly listener: RunListener;
  /** Ends drawing and gives the terminal back; safe to call twice, and in the middle of a run. */
  stop(): void;
}

/** Nothing but results: `--quiet`. */
export const silentProgress: Progress = { listener: () => {}, stop: () => {} };
