/** Tests if files can be made in a folder, which need not exist yet. */
import path from 'node:path';
import { access, constants, lstatSync, makeTemporaryFolderSync, rmdirSync, stat } from './disk/disk.ts';
import { codeOf } from './errors.ts';

/** Characters of the longest path that we write below a folder that the user names. */
const LONGEST_NAME = 160;

/**
 * Looks at the folder, or at the nearest one above it that exists. Leaves nothing behind.
 * @param folder - absolute
 * @throws the file system's error, or one that names what is no folder
 */
export async function assertFolderWritable(folder: string): Promise<void> {
  const nearest = await nearestThatExists(folder);
  await assertShortEnough(folder);
  await access(nearest, constants.W_OK | constants.X_OK);
  // Permissions do not tell all: root may write to /proc, where nothing can be made (and Node's recursive
  // mkdir then tries forever).
  rmdirSync(makeTemporaryFolderSync(path.join(nearest, '.mesh-harness-')));
}

/** The files in the folder have names as well. */
async function assertShortEnough(folder: string): Promise<void> {
  try {
    await stat(path.join(folder, 'x'.repeat(LONGEST_NAME)));
  } catch (error) {
    if (codeOf(error) === 'ENAMETOOLONG') throw new Error('its path is too long for the files in it');
  }
}

async function nearestThatExists(folder: string): Promise<string> {
  for (let current = folder; ; current = path.dirname(current)) {
    try {
      if ((await stat(current)).isDirectory()) return current;
    } catch (error) {
      const isMissing = codeOf(error) === 'ENOENT';
      if (!isMissing || path.dirname(current) === current) throw error;
      // No folder can be made where a link stands, nor below it.
      if (lstatSync(current, { throwIfNoEntry: false })?.isSymbolicLink())
        throw new Error(`${current} is a link to something that is not there`);
      continue;
    }
    throw new Error(`${current} is not a folder`);
  }
}
