/** Writes the state of a world, for the process that runs it. */
import { systemClock } from '../../base/clock.ts';
import { chmodSync, renameSync, writeFileSync } from '../../base/disk/disk.ts';
import { OWNER_ONLY, OWNER_ONLY_FOLDER } from '../../base/disk/modes.ts';
import { identityOf } from '../../process/liveness.ts';
import { claim, claimantOf, disclaim } from './claim.ts';
import type { UpPaths } from './paths.ts';
import type { UpCluster, UpDefect, UpState } from './state.ts';
import { assertUsable, removeEntries, removeState } from './state-folder.ts';

/** How many defects the state keeps, the last ones; the log has all. */
const MAX_DEFECTS = 20;

/** The state of the world that this process runs; disposal removes it from disk. */
export class OwnState implements Disposable {
  readonly paths: UpPaths;
  #state: UpState;

  private constructor(paths: UpPaths, state: UpState) {
    this.paths = paths;
    this.#state = state;
  }

  /**
   * Takes the folder, and replaces what a dead process has left in it.
   * @param early - the log that a detached process writes to already: from here on it is that of the world
   * @throws HarnessError if a living process has the folder, or it holds files of others
   */
  static async take(
    paths: UpPaths,
    about: Omit<UpState, 'version' | 'owner' | 'phase' | 'clusters'>,
    early?: string,
  ): Promise<OwnState> {
    await claim(paths.folder, systemClock);
    try {
      return OwnState.#begin(paths, about, early);
    } catch (error) {
      disclaim(paths.folder);
      throw error;
    }
  }

  static #begin(
    paths: UpPaths,
    about: Omit<UpState, 'version' | 'owner' | 'phase' | 'clusters'>,
    early: string | undefined,
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
    removeEntries(paths, name => claimantOf(name) === undefined);
    if (early !== undefined) renameSync(early, paths.log);
    const own = new OwnState(paths, state);
    try {
      own.#update({});
      return own;
    } catch (error) {
      own[Symbol.dispose]();
      throw error;
    }
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
    const { state: file } = this.paths;
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
