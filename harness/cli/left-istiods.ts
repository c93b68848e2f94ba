/** Real istiods that a killed mesh-harness has left: it had no time to end them. */
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../base/clock.ts';
import { readdirSync, rmSync } from '../base/disk/disk.ts';
import { isAlive, killAll, processesMarked } from '../process/liveness.ts';
import { FOLDER_PREFIX } from '../simulator/bridge/real-istiod.ts';

const KILL_MS = 5000;

/** Ends them and removes their folders, by which they are known: each has its own as HOME. */
export async function sweepLeftIstiods(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const owner = new RegExp(`^${FOLDER_PREFIX}(\\d+)-`).exec(name)?.[1];
    if (owner === undefined || isAlive({ pid: Number(owner) })) continue;
    const folder = path.join(tmpdir(), name);
    await killAll(processesMarked('HOME', folder), systemClock, KILL_MS);
    rmSync(folder, { recursive: true, force: true });
  }
}
