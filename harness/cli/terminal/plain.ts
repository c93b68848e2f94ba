/** Progress as plain lines: for files, pipes and CI. */
import type { Clock } from '../../base/clock.ts';
import { ProgressLines } from './lines.ts';
import type { Progress } from './progress.ts';
import type { Screen } from './screen.ts';

/** @param clock - the wall's, for how long a scenario took */
export function createPlainProgress(screen: Screen, clock: Clock, isVerbose = false): Progress {
  const lines = new ProgressLines({ style: screen.progressStyle, now: () => clock.now(), isVerbose });
  return {
    listener: event => {
      for (const line of lines.of(event)) screen.progress(line, 'whole');
    },
    stop: () => {},
  };
}
