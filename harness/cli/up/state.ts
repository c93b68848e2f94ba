/**
 * What a world that was left running keeps on disk: who runs it, what it is, and the files that its users
 * need.
 */
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { HarnessError, messageOf } from '../../base/errors.ts';
import { stateFolder } from '../../process/folders.ts';
import { identityOf, isAlive, type ProcessIdentity } from '../../process/liveness.ts';

export interface UpCluster {
  readonly name: string;
  /** `https://127.0.0.1:40123` */
  readonly server: string;
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

/** `state.json`. */
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

const STATE = 'state.json';
/** Everything that we ever write into the folder; nothing else is removed with it. */
const ENTRIES = [STATE, `${STATE}.new`, 'kubeconfig', 'log', 'istio', 'kube-cache'];
/** The last ones are kept; the log has all. */
const MAX_DEFECTS = 20;
const OWNER_ONLY = 0o600;
const OWNER_ONLY_FOLDER = 0o700;

/** Paths in the state folder. */
export interface UpPaths {
  readonly folder: string;
  readonly kubeconfig: string;
  readonly log: string;
  /** What stands in for the folder of an Istio release: `istioctl` and `samples/`. */
  readonly release: string;
  /**
   * kubectl keeps what it has learnt of a server by address and port for hours; other clusters may get the
   * same port later.
   */
  readonly kubeCache: string;
}

export function upPaths(
  stateDir: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): UpPaths {
  const folder = path.resolve(stateDir ?? path.join(stateFolder(env), 'up'));
  const inside = (name: string) => path.join(folder, name);
  return {
    folder,
    kubeconfig: inside('kubeconfig'),
    log: inside('log'),
    release: inside('istio'),
    kubeCache: inside('kube-cache'),
  };
}

/** @returns undefined if nothing was left here; `alive` is false for what a killed process left */
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
    const state = JSON.parse(text) as UpState; // written by us; another version is refused below
    if (state.version === 1) return { state, alive: isAlive(state.owner) };
  } catch {
    // Not ours, or cut off: told below.
  }
  throw new HarnessError(
    'ERR_UNREADABLE_FILE',
    `${path.join(folder, STATE)} is not what this version writes.`,
    {
      hint: `Remove ${folder}, or name another folder with --state-dir.`,
    },
  );
}

/** Whether this folder can be the state's: made by us, empty, or not there. @throws HarnessError */
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

/** The state of this process. */
export class OwnState implements Disposable {
  readonly paths: UpPaths;
  #state: UpState;

  private constructor(paths: UpPaths, state: UpState) {
    this.paths = paths;
    this.#state = state;
  }

  /**
   * Takes the folder, and replaces what a dead process has left in it. The log stays: a detached process
   * writes to it already.
   * @throws HarnessError if a living process has it, or it is somebody else's
   */
  static take(paths: UpPaths, about: Omit<UpState, 'version' | 'owner' | 'phase' | 'clusters'>): OwnState {
    assertUsable(paths);
    const state: UpState = {
      version: 1,
      owner: identityOf(process.pid),
      ...about,
      phase: 'starting',
      clusters: [],
    };
    try {
      mkdirSync(paths.folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
      chmodSync(paths.folder, OWNER_ONLY_FOLDER);
      removeEntries(paths, name => name !== 'log');
      // Of two that start at once one gets the file.
      writeFileSync(path.join(paths.folder, STATE), JSON.stringify(state), { mode: OWNER_ONLY, flag: 'wx' });
    } catch (error) {
      throw unusable(paths.folder, error);
    }
    return new OwnState(paths, state);
  }

  started(clusters: readonly UpCluster[], kubeconfig: string): void {
    writeFileSync(this.paths.kubeconfig, kubeconfig, { mode: OWNER_ONLY });
    this.#update({ clusters });
  }

  ready(): void {
    this.#update({ phase: 'ready' });
  }

  /**
   * Keeps a defect for `status`.
   * @returns how often this one has come
   */
  failed(defect: Pick<UpDefect, 'cluster' | 'message'>, at: string): number {
    const { defects = [] } = this.#state;
    const isSame = (each: UpDefect) => each.cluster === defect.cluster && each.message === defect.message;
    const count = (defects.find(isSame)?.count ?? 0) + 1;
    const others = defects.filter(each => !isSame(each)).slice(-MAX_DEFECTS + 1);
    this.#update({ defects: [...others, { ...defect, count, lastAt: at }] });
    return count;
  }

  #update(change: Partial<UpState>): void {
    this.#state = { ...this.#state, ...change };
    const file = path.join(this.paths.folder, STATE);
    writeFileSync(`${file}.new`, JSON.stringify(this.#state), { mode: OWNER_ONLY });
    renameSync(`${file}.new`, file);
  }

  get state(): UpState {
    return this.#state;
  }

  [Symbol.dispose](): void {
    removeState(this.paths);
  }
}

/** Removes what we wrote, and the folder if that was all. */
export function removeState(paths: UpPaths): void {
  removeEntries(paths, () => true);
  try {
    rmdirSync(paths.folder);
  } catch {
    // Not there, or somebody keeps files in it.
  }
}

function removeEntries({ folder }: UpPaths, wanted: (name: string) => boolean): void {
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

function unusable(folder: string, error: unknown): HarnessError {
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
