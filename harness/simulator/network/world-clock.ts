/** The clock as the network sees it. */
import type { Clock } from '../../base/clock.ts';

/** A clock that wants to hear of all activity; a plain `Clock` will do too. */
export interface WorldClock extends Clock {
  bump?(): void;
}
