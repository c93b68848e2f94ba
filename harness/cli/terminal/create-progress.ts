/** Which kind of progress a screen gets. */
import type { Clock } from '../../base/clock.ts';
import { createPlainProgress } from './plain.ts';
import type { Progress } from './progress.ts';
import type { Screen } from './screen.ts';

/**
 * Makes the progress that suits the screen: live on a terminal, plain lines elsewhere.
 * @param clock - the wall's, for the timers that people see
 */
export async function createProgress(screen: Screen, clock: Clock): Promise<Progress> {
  if (!screen.isTTY || !screen.stream) return createPlainProgress(screen);
  const { createLiveProgress } = await import('./live.ts');
  return createLiveProgress(screen, screen.stream, clock);
}
