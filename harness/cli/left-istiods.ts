/** Real istiods that a killed mesh-harness has left: it had no time to end them. */
import { systemClock } from '../base/clock.ts';
import { killAll, processesMarked } from '../process/liveness.ts';
import { desertedFolders, sweepFolders } from '../process/temporary-folders.ts';
import { FOLDER_PREFIX } from '../simulator/bridge/real-istiod.ts';

const KILL_MS = 5000;

/**
 * Ends them and removes their folders, by which they are known: each has its own as HOME.
 * @returns the folders
 */
export async function sweepLeftIstiods(): Promise<readonly string[]> {
  const pids = desertedFolders(FOLDER_PREFIX).flatMap(folder => processesMarked('HOME', folder));
  await killAll(pids, systemClock, KILL_MS);
  return sweepFolders(FOLDER_PREFIX);
}
