/**
 * Claims a state folder for one process. Of several that start at once one goes on at most, and nobody
 * touches what a living process has claimed.
 */
import path from 'node:path';
import { type Clock, sleep } from '../../base/clock.ts';
import { makeFolderSync, readFileSync, renameSync, rmSync, writeFileSync } from '../../base/disk/disk.ts';
import { namesIn, removeIfEmpty } from '../../base/disk/folders.ts';
import { OWNER_ONLY, OWNER_ONLY_FOLDER } from '../../base/disk/modes.ts';
import { HarnessError } from '../../base/errors.ts';
import { quoteArgv } from '../../base/quote.ts';
import * as z from '../../base/zod.ts';
import { identityOf, isAlive, processIdentity } from '../../process/liveness.ts';

const CLAIM = /^claim\.(\d+)$/;
/** A claim, or one that is being written. */
const ANY_CLAIM = /^claim\.(\d+)(\.new)?$/;
/** How long those that meet wait for each other; in milliseconds. */
const WAIT_MS = 50;
const TRIES = 40;

/** The content of a claim. */
const claimSchema = processIdentity.extend({
  /** True once its maker has found nobody else: then it gives way to nobody. */
  holds: z.boolean().exactOptional(),
});
type Claim = Readonly<z.infer<typeof claimSchema>>;

/** Returns the process that made a claim, by the name of its file; undefined if that is no claim. */
export function claimantOf(name: string): number | undefined {
  const pid = ANY_CLAIM.exec(name)?.[1];
  return pid === undefined ? undefined : Number(pid);
}

/** Tells whether a file is a claim, and not just called so. */
export const isClaim = (folder: string, name: string): boolean =>
  ANY_CLAIM.test(name) && readClaimFile(path.join(folder, name)).length > 0;

const claimFile = (folder: string, pid: number): string => path.join(folder, `claim.${pid}`);

/**
 * Lists the living processes that claim a folder, this one apart.
 * @returns none if there is no folder
 */
export function claimantsOf(folder: string): readonly Claim[] {
  return namesIn(folder)
    .flatMap(name => CLAIM.exec(name)?.[1] ?? [])
    .map(Number)
    .filter(pid => pid !== process.pid)
    .flatMap(pid => readClaim(folder, pid))
    .filter(isAlive);
}

/**
 * Claims the folder for this process. Each writes a file of its own name first and looks for others then: so
 * of two the later one sees the other, whatever the order. Of those that see each other, the one with the
 * lowest process id waits for the others to give way.
 * @throws HarnessError ERR_USAGE, which names the process that has the folder; ERR_WRITE_FAILED
 */
export async function claim(folder: string, clock: Clock): Promise<void> {
  makeFolderSync(folder, OWNER_ONLY_FOLDER);
  for (let tries = 0; tries < TRIES; tries += 1) {
    writeClaim(folder, {});
    const others = claimantsOf(folder);
    if (others.length === 0) return writeClaim(folder, { holds: true });
    const holder = others.find(({ holds }) => holds);
    if (holder || others.some(({ pid }) => pid < process.pid))
      rmSync(claimFile(folder, process.pid), { force: true });
    if (holder) throw isTaken(folder, holder.pid);
    await sleep(clock, WAIT_MS);
  }
  const others = claimantsOf(folder);
  disclaim(folder);
  throw isTaken(folder, (others.find(({ holds }) => holds) ?? others[0])?.pid ?? process.pid);
}

/** Gives the folder back, and removes it if it is empty. */
export function disclaim(folder: string): void {
  rmSync(claimFile(folder, process.pid), { force: true });
  removeIfEmpty(folder);
}

function writeClaim(folder: string, state: Pick<Claim, 'holds'>): void {
  const file = claimFile(folder, process.pid);
  try {
    // A reader sees a whole claim or none.
    writeFileSync(`${file}.new`, JSON.stringify({ ...identityOf(process.pid), ...state }), {
      mode: OWNER_ONLY,
    });
    renameSync(`${file}.new`, file);
  } catch (error) {
    rmSync(`${file}.new`, { force: true });
    disclaim(folder);
    throw error;
  }
}

/** Writes the command line that ends what has its state in a folder. */
export const downLine = (folder: string): string =>
  quoteArgv(['mesh-harness', 'down', '--state-dir', folder]);

/** Makes the error of a folder that another process works with. */
export function isTaken(folder: string, pid: number): HarnessError {
  return new HarnessError('ERR_USAGE', `Process ${pid} is bringing clusters up in ${folder}.`, {
    hint: `${downLine(folder)} ends it; another --state-dir starts other clusters beside it.`,
  });
}

const readClaim = (folder: string, pid: number): readonly Claim[] => readClaimFile(claimFile(folder, pid));

/** Reads a claim. @returns none if it was taken back meanwhile */
function readClaimFile(file: string): readonly Claim[] {
  try {
    return [claimSchema.parse(JSON.parse(readFileSync(file, 'utf8')))];
  } catch {
    return [];
  }
}
