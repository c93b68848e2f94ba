/** The folder of a world that is up: which entries are ours, their modes, and how to take and leave it. */
import { readdirSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { HarnessError } from '../../base/errors.ts';
import type { UpPaths } from './paths.ts';
import { readState, unusable } from './state.ts';

/** Everything that we ever write into the folder; we remove nothing else with it. */
const ENTRIES = ['state.json', 'state.json.new', 'kubeconfig', 'log', 'istio', 'kube-cache'];

/** The mode of our files: they hold keys of clusters. */
export const OWNER_ONLY = 0o600;
/** The mode of the state folder. */
export const OWNER_ONLY_FOLDER = 0o700;

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
  const strange = entriesOf(paths.folder).filter(name => !ENTRIES.includes(name));
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

/** Removes what we wrote, and the folder if nothing else is in it. */
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
  for (const name of ENTRIES.filter(wanted))
    rmSync(path.join(folder, name), { recursive: true, force: true });
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw unusable(folder, error);
  }
}
