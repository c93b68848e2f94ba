/**
 * The folder of a world that is up: which entries are ours, and how to take and leave it. What a user keeps
 * in it, or has changed, stays whatever happens to the world.
 */
import path from 'node:path';
import { type Clock, sleep } from '../../base/clock.ts';
import { existsSync, lstatSync, readdirSync, rmdirSync, rmSync } from '../../base/disk/disk.ts';
import { namesIn, removeIfEmpty } from '../../base/disk/folders.ts';
import { codeOf, HarnessError } from '../../base/errors.ts';
import { assertFolderWritable } from '../../base/writable-folder.ts';
import { identityOf, isAlive, type ProcessIdentity, processesMarked } from '../../process/liveness.ts';
import { claimantOf, claimantsOf, downLine, isClaim, isTaken } from './claim.ts';
import type { UpPaths } from './paths.ts';
import { readState, unusable } from './state.ts';
import { WRITTEN, WrittenFiles } from './written-files.ts';

/** What a world says of itself, and its list. */
const STATE = ['state.json', 'state.json.new', WRITTEN, `${WRITTEN}.new`];
/** What kubectl makes in a cache (client-go discovery/cached/disk, and its HTTP cache beside that). */
const KUBECTL_CACHES = ['discovery', 'http'];
/** The log of a process that has not claimed the folder yet, by the process that reads it. */
const EARLY_LOG = /^mesh-harness-up\.(\d+)\.log$/;
/** Returns the path of that log. */
export const earlyLog = ({ folder }: UpPaths): string =>
  path.join(folder, `mesh-harness-up.${process.pid}.log`);
/** How long a process takes, on a busy machine, to find the folder taken; how often is looked. */
const COMING_MS = 10_000;
const LOOK_EVERY_MS = 100;
/** The mark in the environment of a detached process: the folder of its state. */
export const UP_MARK = 'MESH_HARNESS_UP';

/** Tells whether a file is one that stands for a process that comes up. */
const isOfProcess = (folder: string, name: string): boolean => EARLY_LOG.test(name) || isClaim(folder, name);

/**
 * Accepts a folder that we made, that is empty or that is missing.
 * @throws HarnessError ERR_USAGE while a world runs there; ERR_UNWRITABLE_FOLDER for files of others
 */
export function assertUsable(paths: UpPaths): void {
  const found = readState(paths);
  if (found?.alive) {
    throw new HarnessError(
      'ERR_USAGE',
      `${found.state.scenario} is up already (process ${found.state.owner.pid}).`,
      {
        hint: `${downLine(paths.folder)} ends it; another --state-dir starts another one beside it.`,
      },
    );
  }
  const holder = claimantsOf(paths.folder).find(({ holds }) => holds);
  if (holder) throw isTaken(paths.folder, holder.pid);
  // A folder of ours may hold more: it stays, and nothing is written over it.
  if (found || new WrittenFiles(paths.folder).isThere) return;
  const strange = entriesOf(paths.folder).filter(
    name => !EARLY_LOG.test(name) && claimantOf(name) === undefined,
  );
  if (strange.length > 0) {
    throw new HarnessError(
      'ERR_UNWRITABLE_FOLDER',
      `${paths.folder} holds files that are not ours: ${strange[0]}`,
      {
        hint: 'Name an empty folder, or one that is not there yet, with --state-dir.',
      },
    );
  }
}

/**
 * Waits, with the folder claimed, until those that came to take it too have gone. A process that stays keeps
 * clusters up, and its state has been taken away.
 * @throws HarnessError ERR_USAGE, which names it
 */
export async function assertAlone({ folder }: UpPaths, clock: Clock): Promise<void> {
  const others = () => {
    const claimants = claimantsOf(folder);
    return processesMarked(UP_MARK, folder).filter(
      pid => pid !== process.pid && !claimants.some(each => each.pid === pid),
    );
  };
  for (let waitedMs = 0; waitedMs < COMING_MS; waitedMs += LOOK_EVERY_MS) {
    if (others().length === 0) return;
    await sleep(clock, LOOK_EVERY_MS);
  }
  const [other] = others();
  if (other !== undefined) throw isTaken(folder, other);
}

/**
 * Lists the processes that keep clusters up with their state in this folder, also where that state is gone:
 * those that claim it, and those that carry it as their mark.
 */
export function livingOwners({ folder }: UpPaths): readonly ProcessIdentity[] {
  const claimants = claimantsOf(folder);
  const marked = processesMarked(UP_MARK, folder).filter(
    pid => pid !== process.pid && !claimants.some(each => each.pid === pid),
  );
  return [...claimants, ...marked.map(identityOf)];
}

/** Tells whether anything of ours is in the folder that no living process needs. */
export const stateIsLeft = (paths: UpPaths): boolean =>
  existsSync(paths.state) ||
  new WrittenFiles(paths.folder).hasAny() ||
  entriesOf(paths.folder).some(name => isOfProcess(paths.folder, name) && !isInUse(name));

/** @throws HarnessError ERR_UNWRITABLE_FOLDER if no file can be made there */
export async function assertStateFolder({ folder }: UpPaths): Promise<void> {
  try {
    await assertFolderWritable(folder);
  } catch (error) {
    throw unusable(folder, error);
  }
}

/**
 * Removes what we wrote, and the folder if nothing else is in it. Who does not own it removes nothing.
 * @returns a sentence on what stays, or none
 */
export function removeState(paths: UpPaths): readonly string[] {
  const written = new WrittenFiles(paths.folder);
  const isOurs = written.isThere || existsSync(paths.state);
  removeOwn(paths);
  const kept = isOurs ? keptIn(paths) : [];
  // Without the list, what lies in the places of our own files would be taken for a stranger's folder.
  if (kept.every(name => !name.startsWith('istio/') && !['istio', 'kubeconfig', 'log'].includes(name)))
    written.forget();
  removeFolderIfEmpty(paths.folder);
  return kept.length === 0 ? [] : [`Kept, as it is yours: ${listed(kept)} in ${paths.folder}`];
}

function removeFolderIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Not there, or somebody keeps files in it.
  }
}

/**
 * Removes what a world has written, but neither what others have, nor what another process still needs.
 * @param wanted - of the files that stand for processes, those to remove
 */
export function removeOwn(
  { folder, state, kubeCache, control }: UpPaths,
  wanted = (_: string) => true,
): void {
  const written = new WrittenFiles(folder);
  if (written.isThere || existsSync(state)) {
    written.remove();
    if (lstatSync(kubeCache, { throwIfNoEntry: false })?.isDirectory()) {
      for (const name of KUBECTL_CACHES) rmSync(path.join(kubeCache, name), { recursive: true, force: true });
      removeIfEmpty(kubeCache);
    }
    if (lstatSync(control, { throwIfNoEntry: false })?.isSocket()) rmSync(control, { force: true });
    for (const name of STATE.filter(each => each !== WRITTEN))
      rmSync(path.join(folder, name), { force: true });
  }
  for (const name of entriesOf(folder))
    if (isOfProcess(folder, name) && !isInUse(name) && wanted(name))
      rmSync(path.join(folder, name), { force: true });
}

/** Lists what stays in the folder, and what in that of the release. */
function keptIn({ folder, release }: UpPaths): readonly string[] {
  const names = entriesOf(folder).filter(name => name !== WRITTEN && !isInUse(name));
  return names.flatMap(name =>
    path.join(folder, name) === release ? namesIn(release).map(each => `${name}/${each}`) : [name],
  );
}

const MOST_LISTED = 5;
const listed = (names: readonly string[]): string =>
  [
    ...names.slice(0, MOST_LISTED),
    ...(names.length > MOST_LISTED ? [`${names.length - MOST_LISTED} more`] : []),
  ].join(', ');

/** Tells whether an entry belongs to another process that still runs. */
function isInUse(name: string): boolean {
  const owner = claimantOf(name) ?? Number(EARLY_LOG.exec(name)?.[1] ?? Number.NaN);
  return Number.isInteger(owner) && owner !== process.pid && isAlive({ pid: owner });
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw unusable(folder, error);
  }
}
