/** What killed commands of the simulator have left on this machine; the ledgers tell of all other runs. */
import { sweepFolders, TOOLS_PREFIX } from '../process/temporary-folders.ts';
import type { Environment } from './environment.ts';
import { sweepLeftIstiods } from './left-istiods.ts';
import { STATE_DIR, type UpPaths, upPaths } from './up/paths.ts';
import { readState } from './up/state.ts';
import { livingOwners, removeState, stateIsLeft } from './up/state-folder.ts';

/**
 * Removes the state of a world whose process is gone, and the temporary folders of ended processes.
 * @returns a sentence for each
 */
export async function removeLeftovers(env: Environment['env']): Promise<readonly string[]> {
  const folders = [...(await sweepLeftIstiods()), ...sweepFolders(TOOLS_PREFIX)];
  const worlds = [env, { ...env, [STATE_DIR]: undefined }].map(each => upPaths(undefined, each));
  return [...worlds.flatMap(removeDeadWorld), ...folders.map(folder => `temporary folder ${folder}`)];
}

function removeDeadWorld(paths: UpPaths): readonly string[] {
  if (!stateIsLeft(paths) || livingOwners(paths).length > 0 || readState(paths)?.alive) return [];
  return [[`what a world had left in ${paths.folder}`, ...removeState(paths)].join('. ')];
}
