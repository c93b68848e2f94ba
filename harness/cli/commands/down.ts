/** `mesh-harness down`: ends the world that is up, and removes its state. */
import { systemClock } from '../../base/clock.ts';
import { EXIT, HarnessError, messageOf } from '../../base/errors.ts';
import { waitUntil } from '../../base/wait.ts';
import { isAlive, killAll } from '../../process/liveness.ts';
import { sweepFolders, TOOLS_PREFIX } from '../../process/temporary-folders.ts';
import type { Environment } from '../environment.ts';
import { createScreen } from '../terminal/screen.ts';
import { noWorldIn, type UpPaths, upPaths } from '../up/paths.ts';
import { readState } from '../up/state.ts';
import { livingOwners, removeState } from '../up/state-folder.ts';
import type { StateDirFlags } from './state-dir.flags.ts';

/** A world that has been asked to end does so at once; one that hangs is killed after this. */
const PATIENCE_MS = 10_000;
const LOOK_EVERY_MS = 50;

/** Ends a world that is up. @returns 0 also if nothing was up */
export async function downCommand(flags: StateDirFlags, environment: Environment): Promise<number> {
  const { env, signal } = environment;
  const { progress } = createScreen(environment);
  const paths = upPaths(flags.stateDir, env);
  const found = readState(paths);
  if (!found) return await endWithoutState(paths, progress, environment);
  const { state, alive } = found;
  if (alive) await end(state.owner, signal);
  else sweepFolders(TOOLS_PREFIX);
  const kept = removeState(paths);
  progress(alive ? `${state.scenario} is down.` : `Removed what ${state.scenario} had left.`);
  for (const line of kept) progress(line);
  return EXIT.passed;
}

/** Ends worlds whose state is gone: their processes are known by what they claim, and by their mark. */
async function endWithoutState(
  paths: UpPaths,
  progress: (text: string) => void,
  { env, signal }: Environment,
): Promise<number> {
  const owners = livingOwners(paths);
  for (const owner of owners) await end(owner, signal);
  const kept = removeState(paths);
  progress(
    owners.length === 0
      ? noWorldIn(paths, env)
      : `A world whose state was gone is down (process ${owners.map(({ pid }) => pid).join(', ')}).`,
  );
  for (const line of kept) progress(line);
  return EXIT.passed;
}

async function end(owner: Parameters<typeof isAlive>[0], signal: AbortSignal): Promise<void> {
  try {
    process.kill(owner.pid, 'SIGTERM');
    await waitUntil(
      `process ${owner.pid} to end`,
      () => isAlive(owner),
      alive => !alive,
      { clock: systemClock, timeoutMs: PATIENCE_MS, intervalMs: LOOK_EVERY_MS, signal },
    );
  } catch (error) {
    signal.throwIfAborted();
    if (isAlive(owner)) await killAll([owner.pid], systemClock, PATIENCE_MS);
    if (!isAlive(owner)) return;
    throw new HarnessError(
      'ERR_PLATFORM_NOT_READY',
      `Process ${owner.pid} cannot be ended: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}
