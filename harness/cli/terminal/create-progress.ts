/** Which kind of progress a screen gets. */
import type { Clock } from '../../base/clock.ts';
import { allPrintable } from '../../base/printable.ts';
import { createPlainProgress } from './plain.ts';
import type { Progress } from './progress.ts';
import type { Screen } from './screen.ts';

/**
 * Makes the progress that suits the screen: live on a terminal, plain lines elsewhere.
 * @param clock - the wall's, for the timers that people see
 * @param isVerbose - tells commands with their output, too
 */
export async function createProgress(screen: Screen, clock: Clock, isVerbose = false): Promise<Progress> {
  const { listener, stop } = await rawProgress(screen, clock, isVerbose);
  // What servers and programs say is painted with our colours, and has none of its own.
  return { listener: event => listener(allPrintable(event)), stop };
}

async function rawProgress(screen: Screen, clock: Clock, isVerbose: boolean): Promise<Progress> {
  if (!screen.isTTY || !screen.stream) return createPlainProgress(screen, clock, isVerbose);
  const { createLiveProgress } = await import('./live.ts');
  return createLiveProgress(screen, screen.stream, clock, isVerbose);
}
