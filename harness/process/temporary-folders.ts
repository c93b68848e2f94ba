/** Temporary folders with the id of their process in their name, so that a later one can remove them. */
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeTemporaryFolderSync, rmSync } from '../base/disk/disk.ts';
import { namesIn } from '../base/disk/folders.ts';
import { isAlive } from './liveness.ts';

/** What the names of programs' working folders begin with. */
export const TOOLS_PREFIX = 'mesh-harness-tools-';

/** Makes a folder of this process. @returns its path */
export const makeOwnFolder = (prefix: string, parent = tmpdir()): string =>
  makeTemporaryFolderSync(path.join(parent, `${prefix}${process.pid}-`));

/** Lists the folders of processes that have ended. */
export function desertedFolders(prefix: string, parent = tmpdir()): readonly string[] {
  return namesIn(parent)
    .filter(name => {
      const pid = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
      return pid !== undefined && !isAlive({ pid: Number(pid) });
    })
    .map(name => path.join(parent, name));
}

/**
 * Removes the folders of processes that have ended. One of another user stays, and is no error.
 * @returns the paths of those that are gone
 */
export function sweepFolders(prefix: string, parent = tmpdir()): readonly string[] {
  return desertedFolders(prefix, parent).filter(folder => {
    try {
      rmSync(folder, { recursive: true, force: true });
      return true;
    } catch {
      return false;
    }
  });
}
