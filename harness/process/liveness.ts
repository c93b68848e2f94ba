/** Finds processes that still run, or that carry a mark in their environment, and ends those. */

import { type Clock, sleep } from '../base/clock.ts';
import { readFileSync } from '../base/disk/disk.ts';
import { namesIn } from '../base/disk/folders.ts';
import { codeOf } from '../base/errors.ts';
import * as z from '../base/zod.ts';

/** Identifies a process, also against a later one with the same id. */
export const processIdentity = z.object({
  // 0 and less are groups of processes to kill(2).
  pid: z.int().positive(),
  /** Start in clock ticks since the boot; absent where there is no /proc. */
  startTicks: z.string().exactOptional(),
});
/** A process as files tell of it. */
export type ProcessIdentity = Readonly<z.infer<typeof processIdentity>>;

export function identityOf(pid: number): ProcessIdentity {
  const startTicks = startTicksOf(pid);
  return { pid, ...(startTicks !== undefined && { startTicks }) };
}

/**
 * Tells whether this very process still runs. Ids are reused, so it compares the time of the start where that
 * is known.
 */
export function isAlive({ pid, startTicks }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Someone else's process is there nevertheless.
    if (codeOf(error) !== 'EPERM') return false;
  }
  // It has ended, and its parent has not asked how.
  if (isZombie(pid)) return false;
  const now = startTicksOf(pid);
  return startTicks === undefined || now === undefined || now === startTicks;
}

/**
 * Finds the processes of this user whose environment holds `name=value`: those that a killed process left
 * behind.
 * @returns none where there is no /proc
 */
export function processesMarked(name: string, value: string): readonly number[] {
  const mark = `${name}=${value}`;
  return entriesOfProc().filter(pid => {
    if (pid === process.pid) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(mark);
    } catch {
      return false; // gone, or someone else's
    }
  });
}

const POLL_MS = 50;

/** Kills each, and waits until none is left. @throws the signal's reason */
export async function killAll(pids: readonly number[], clock: Clock, timeoutMs: number): Promise<void> {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
  const until = clock.now() + timeoutMs;
  while (pids.some(pid => isAlive({ pid }) && !isZombie(pid)) && clock.now() < until)
    await sleep(clock, POLL_MS);
}

function entriesOfProc(): readonly number[] {
  return namesIn('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number);
}

/** Reads the fields of /proc/PID/stat after the name, which may hold anything: state, ppid, … */
function statOf(pid: number): readonly string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop()?.split(' ');
  } catch {
    return undefined;
  }
}

const START_FIELD = 19;
const startTicksOf = (pid: number): string | undefined => statOf(pid)?.[START_FIELD];
const isZombie = (pid: number): boolean => statOf(pid)?.[0] === 'Z';
