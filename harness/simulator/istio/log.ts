/** istiod's log on standard output, in the form of the real one: time, level, message, separated by tabs. */
import type { Clock } from '../../base/clock.ts';

/** Where istiod and the agent write what they do. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** @param write - takes whole lines */
export function createLog(clock: Clock, write: (text: string) => void): Log {
  const line = (level: string) => (message: string) => {
    write(`${new Date(clock.now()).toISOString().replace('Z', '000Z')}\t${level}\t${message}\n`);
  };
  return { info: line('info'), warn: line('warn'), error: line('error') };
}
