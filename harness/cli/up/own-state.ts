/** Writes the state of a world, for the process that runs it. */
import path from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { chmodSync, renameSync, writeFileSync } from '../../base/disk/disk.ts';
import { OWNER_ONLY, OWNER_ONLY_FOLDER } from '../../base/disk/modes.ts';
import { identityOf } from '../../process/liveness.ts';
import { claim, claimantOf, disclaim } from './claim.ts';
import type { UpPaths } from './paths.ts';
import type { UpCluster, UpDefect, UpState } from './state.ts';
import { assertAlone, assertUsable, removeOwn, removeState } from './state-folder.ts';
import { type OwnFile, WrittenFiles } from './written-files.ts';

/** How many defects the state keeps, the last ones; the log has all. */
const MAX_DEFECTS = 20;

/** How a world takes its folder. */
interface Taking {
  /** The log that a detached process writes to already: from here on it is that of the world. */
  readonly early?: string | undefined;
  /** Called with a sentence on what of the user's stays, or was moved aside. */
  readonly tell: (text: string) => void;
}

/** The state of the world that this process runs; disposal removes it from disk. */
export class OwnState implements Disposable {
  readonly paths: UpPaths;
  readonly #written: WrittenFiles;
  readonly #tell: Taking['tell'];
  #state: UpState;

  private constructor(paths: UpPaths, state: UpState, tell: Taking['tell']) {
    this.paths = paths;
    this.#written = new WrittenFiles(paths.folder);
    this.#tell = tell;
    this.#state = state;
  }

  /**
   * Takes the folder, and replaces what a dead process has left in it.
   * @throws HarnessError if a living process has the folder, or it holds files of others
   */
  static async take(
    paths: UpPaths,
    about: Omit<UpState, 'version' | 'owner' | 'phase' | 'clusters'>,
    taking: Taking,
  ): Promise<OwnState> {
    await claim(paths.folder, systemClock);
    try {
      await assertAlone(paths, systemClock);
      return OwnState.#begin(paths, about, taking);
    } catch (error) {
      disclaim(paths.folder);
      throw error;
    }
  }

  static #begin(
    paths: UpPaths,
    about: Omit<UpState, 'version' | 'owner' | 'phase' | 'clusters'>,
    { early, tell }: Taking,
  ): OwnState {
    assertUsable(paths);
    const state: UpState = {
      version: 1,
      owner: identityOf(process.pid),
      ...about,
      phase: 'starting',
      clusters: [],
    };
    chmodSync(paths.folder, OWNER_ONLY_FOLDER);
    removeOwn(paths, name => claimantOf(name) === undefined);
    const own = new OwnState(paths, state, tell);
    try {
      own.#written.begin();
      if (early !== undefined) own.#tellMoved(own.#written.adopt(early, path.basename(paths.log)));
      own.#update({});
      return own;
    } catch (error) {
      own[Symbol.dispose]();
      throw error;
    }
  }

  started(clusters: readonly UpCluster[], kubeconfig: string): void {
    const { folder, kubeconfig: file } = this.paths;
    this.write(folder, new Map([[path.basename(file), { content: kubeconfig, mode: OWNER_ONLY }]]));
    this.#update({ clusters });
  }

  /** Writes files into a folder of the state; they go with it, unless somebody changes them. */
  write(folder: string, files: ReadonlyMap<string, OwnFile>): void {
    const below = path.relative(this.paths.folder, folder);
    this.#tellMoved(
      this.#written.write(new Map([...files].map(([name, file]) => [path.join(below, name), file]))),
    );
  }

  #tellMoved(moved: ReturnType<WrittenFiles['write']>): void {
    for (const [from, to] of moved) this.#tell(`${from} was yours: it is ${to} now, in ${this.paths.folder}`);
  }

  /** @param control - the socket at which this process is asked */
  ready(control?: string): void {
    this.#update({ phase: 'ready', ...(control !== undefined && { control }) });
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
    const { state: file } = this.paths;
    writeFileSync(`${file}.new`, JSON.stringify(this.#state), { mode: OWNER_ONLY });
    renameSync(`${file}.new`, file);
  }

  get state(): UpState {
    return this.#state;
  }

  [Symbol.dispose](): void {
    for (const line of removeState(this.paths)) this.#tell(line);
  }
}
