/** Names of runs. */
import { randomBytes } from 'node:crypto';
import { systemClock } from '../base/clock.ts';

/** Returns an id that sorts by time, and differs between two runs that start at once. */
export function newRunId(): string {
  const time = new Date(systemClock.now()).toISOString().replace(/[-:]/g, '').slice(0, 15).replace('T', '-');
  return `${time}-${randomBytes(3).toString('hex')}`;
}
