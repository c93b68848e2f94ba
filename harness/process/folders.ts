/** Where mesh-harness keeps what outlives a process: the ledgers of runs, and the cache of programs. */
import { homedir } from 'node:os';
import { join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Returns the folder with a folder for each run that made something outside of this process.
 * `MESH_HARNESS_STATE` names another.
 */
export function stateFolder(env: Env = process.env): string {
  return (
    env['MESH_HARNESS_STATE'] ||
    join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'mesh-harness')
  );
}

/** Returns the folder with programs that were fetched. `MESH_HARNESS_CACHE` names another. */
export function cacheFolder(env: Env = process.env): string {
  return (
    env['MESH_HARNESS_CACHE'] || join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'mesh-harness')
  );
}
