/** A fault that is in force, as a line. */
import type { FaultTold } from './control-protocol.ts';

/** Tells of a fault in force: `drop-calls-1: …, for 12 s, met 4 connections`. */
export function describeFault({ id, what, seconds, met }: FaultTold): string {
  const flows = met === undefined ? '' : `; it has met ${met} connection${met === 1 ? '' : 's'}`;
  return `${id}: ${what}, for ${seconds} s${flows}`;
}
