/** What an API server does from time to time, and only where somebody lives with it for long. */
import type { Clock } from '../../base/clock.ts';

const INTERVAL_MS = 300_000;

/**
 * Works every five minutes. On a virtual clock it does nothing: there every idle minute would be work, and no
 * run is so long.
 * @returns ends it
 */
export function everyFiveMinutes(clock: Clock, work: () => void): () => void {
  if (clock.kind === 'virtual') return () => {};
  const wait = () =>
    clock.setTimeout(() => {
      work();
      timer = wait();
    }, INTERVAL_MS);
  let timer = wait();
  return () => clock.clearTimeout(timer);
}
