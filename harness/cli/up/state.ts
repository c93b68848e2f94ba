/** Format and reader of `state.json`, in which a running world describes itself to other commands. */
import { readFileSync } from '../../base/disk/disk.ts';
import { codeOf, HarnessError, messageOf } from '../../base/errors.ts';
import { isAlive, type ProcessIdentity } from '../../process/liveness.ts';
import type { OwnIstioctl } from '../own-istioctl.ts';
import type { UpPaths } from './paths.ts';

/** A cluster as the user reaches it. */
export interface UpCluster {
  readonly name: string;
  /** `https://127.0.0.1:40123` */
  readonly server: string;
  /** Where other clusters' pods find it: `https://172.18.0.2:6443`. */
  readonly inNetworkServer?: string;
}

/** A defect of the harness in the running world, and how often it came. */
export interface UpDefect {
  /** The cluster in which it came; absent if that is unknown. */
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
  /** Present if a real istiod takes the place of ours. */
  readonly istiod?: { readonly path: string; readonly version: string };
  /** Present if an istioctl of the user's works. */
  readonly istioctl?: OwnIstioctl;
  readonly seed: string;
  /** True if the guide's steps were left to the user. */
  readonly bare: boolean;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly phase: 'starting' | 'ready';
  /** In the topology's order; none while they are starting. */
  readonly clusters: readonly UpCluster[];
  /** The oldest first. */
  readonly defects?: readonly UpDefect[];
}

/**
 * Reads what a process left in the folder.
 * @returns undefined if there is nothing; `alive` is false for what a killed process left
 * @throws HarnessError ERR_UNREADABLE_FILE, ERR_UNWRITABLE_FOLDER
 */
export function readState({
  folder,
  state: stateFile,
}: UpPaths): { readonly state: UpState; readonly alive: boolean } | undefined {
  let text: string;
  try {
    text = readFileSync(stateFile, 'utf8');
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
  throw new HarnessError('ERR_UNREADABLE_FILE', `${stateFile} is not what this version writes.`, {
    hint: `Remove ${folder}, or name another folder with --state-dir.`,
  });
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
