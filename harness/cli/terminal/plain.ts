/** Progress as plain lines: for files, pipes and CI. */
import { ProgressLines } from './lines.ts';
import type { Progress } from './progress.ts';
import type { Screen } from './screen.ts';

export function createPlainProgress(screen: Screen): Progress {
  const lines = new ProgressLines(screen.progressColours);
  return {
    listener: event => {
      for (const line of lines.of(event)) screen.progress(line, 'painted');
    },
    stop: () => {},
  };
}
