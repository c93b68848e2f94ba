/** The folder of a world that is up: which entries are ours, their modes, and how to take and leave it. */
import path from 'node:path';
import { readdirSync, rmdirSync, rmSync } from '../../base/disk/disk.ts';
import { codeOf, HarnessError } from '../../base/errors.ts';
import { assertFolderWritable } from '../../base/writable-folder.ts';
import { identityOf, isAlive, type ProcessIdentity, processesMarked } from '../../process/liveness.ts';
import { claimantOf, claimantsOf, isTaken } from './claim.ts';
import type { UpPaths } from './paths.ts';
import { readState, unusable } from './state.ts';

/** Everything that we ever write into the folder; we remove nothing else with it. */
const ENTRIES = ['state.json', 'state.json.new', 'kubeconfig', 'log', 'istio', 'kube-cache'];
/** The log of a process that has not claimed the folder yet: `log.123`, by the process that reads it. */
const EARLY_LOG = /^log\.(\d+)$/;
/** The mark in the environment of a detached process: the folder of its state. */
export const UP_MARK = 'MESH_HARNESS_UP';

/** Tells whether an entry of the folder is one that we write. */
const isOurs = (name: string): boolean =>
  ENTRIES.includes(name) || EARLY_LOG.test(name) || claimantOf(name) !== undefined;

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
        hint: 'mesh-harness down ends it; --state-dir DIR starts another one beside it.',
      },
    );
  }
  const [owner] = livingOwners(paths);
  if (owner) throw isTaken(paths.folder, owner.pid);
  const strange = entriesOf(paths.folder).filter(name => !isOurs(name));
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
export const stateIsLeft = ({ folder }: UpPaths): boolean =>
  entriesOf(folder).some(name => isOurs(name) && !isInUse(name));

/** @throws HarnessError ERR_UNWRITABLE_FOLDER if no file can be made there */
export async function assertStateFolder({ folder }: UpPaths): Promise<void> {
  try {
    await assertFolderWritable(folder);
  } catch (error) {
    throw unusable(folder, error);
  }
}

/** Removes what we wrote, and the folder if nothing else is in it. Who does not own it removes nothing. */
export function removeState(paths: UpPaths): void {
  removeEntries(paths, () => true);
  try {
    rmdirSync(paths.folder);
  } catch {
    // Not there, or somebody keeps files in it.
  }
}

/** Removes those of our entries whose names are wanted; others in the folder stay. */
export function removeEntries({ folder }: UpPaths, wanted: (name: string) => boolean): void {
  for (const name of entriesOf(folder).filter(each => isOurs(each) && !isInUse(each) && wanted(each)))
    rmSync(path.join(folder, name), { recursive: true, force: true });
}

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
