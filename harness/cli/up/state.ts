/** What a world that was left running tells on disk, and which files of the folder are ours. */
import { readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { HarnessError, messageOf } from '../../base/errors.ts';
import { isAlive, type ProcessIdentity } from '../../process/liveness.ts';
import type { UpPaths } from './paths.ts';

/** A cluster as the user reaches it. */
export interface UpCluster {
  readonly name: string;
  /** `https://127.0.0.1:40123` */
  readonly server: string;
  /** Where other clusters' pods find it: `https://172.18.0.2:6443`. */
  readonly inNetworkServer?: string;
}

/** A defect of ours in the running world, and how often it came. */
export interface UpDefect {
  /** The cluster in which it came; absent if it cannot be told. */
  readonly cluster?: string;
  readonly message: string;
  readonly count: number;
  /** ISO 8601, of the last one. */
  readonly lastAt: string;
}

/** The content of `state.json`. */
export interface UpState {
  /** Of this format. */
  readonly version: 1;
  readonly owner: ProcessIdentity;
  readonly scenario: string;
  readonly edition: string;
  readonly istioVersion: string;
  readonly seed: string;
  /** Whether the guide's steps were left to the user. */
  readonly bare: boolean;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly phase: 'starting' | 'ready';
  /** In the topology's order; none while they are starting. */
  readonly clusters: readonly UpCluster[];
  /** The oldest first. */
  readonly defects?: readonly UpDefect[];
}

/** The name of the file with the state, in the folder. */
export const STATE = 'state.json';
/** Everything that we ever write into the folder; nothing else is removed with it. */
const ENTRIES = [STATE, `${STATE}.new`, 'kubeconfig', 'log', 'istio', 'kube-cache'];

/** The mode of our files: they hold keys of clusters. */
export const OWNER_ONLY = 0o600;
/** The mode of the state folder. */
export const OWNER_ONLY_FOLDER = 0o700;

/**
 * Reads what a process left in the folder.
 * @returns undefined if there is nothing; `alive` is false for what a killed process left
 * @throws HarnessError ERR_UNREADABLE_FILE, ERR_UNWRITABLE_FOLDER
 */
export function readState({
  folder,
}: UpPaths): { readonly state: UpState; readonly alive: boolean } | undefined {
  let text: string;
  try {
    text = readFileSync(path.join(folder, STATE), 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw unusable(folder, error);
  }
  try {
    const state = JSON.parse(text) as UpState; // we wrote it; another version is refused below
    if (state.version === 1) return { state, alive: isAlive(state.owner) };
  } catch {
    // Not ours, or cut off: the error below says so.
  }
  throw new HarnessError(
    'ERR_UNREADABLE_FILE',
    `${path.join(folder, STATE)} is not what this version writes.`,
    {
      hint: `Remove ${folder}, or name another folder with --state-dir.`,
    },
  );
}

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
    if (codeOf(error) === 'ENOENT') return [];
    throw unusable(folder, error);
  }
}

/** Makes the error of a folder that cannot be read or written. */
export function unusable(folder: string, error: unknown): HarnessError {
  return new HarnessError(
    'ERR_UNWRITABLE_FOLDER',
    `The state cannot be kept in ${folder}: ${messageOf(error)}`,
    {
      hint: 'Name another folder with --state-dir.',
      cause: error,
    },
  );
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : undefined);
