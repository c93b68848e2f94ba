/** Which kind of progress a screen gets. */
import type { Clock } from '../../base/clock.ts';
import { allPrintable } from '../../base/printable.ts';
import { createPlainProgress } from './plain.ts';
import type { Progress } from './progress.ts';
import type { Screen } from './screen.ts';

/**
 * Makes the progress that suits the screen: live on a terminal, plain lines elsewhere.
 * @param clock - the wall's, for the timers that people see
 */
export async function createProgress(screen: Screen, clock: Clock): Promise<Progress> {
  const { listener, stop } = await rawProgress(screen, clock);
  // What servers and programs say is painted with our colours, and has none of its own.
  return { listener: event => listener(allPrintable(event)), stop };
}

async function rawProgress(screen: Screen, clock: Clock): Promise<Progress> {
  if (!screen.isTTY || !screen.stream) return createPlainProgress(screen);
  const { createLiveProgress } = await import('./live.ts');
  return createLiveProgress(screen, screen.stream, clock);
}
