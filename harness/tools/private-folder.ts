/** A folder for temporary files that nobody else can read, and that a later process removes after a crash. */
import { dirname, relative, resolve } from 'node:path';
import { makeFolderSync, writeFile } from '../base/disk/disk.ts';
import { OWNER_ONLY, OWNER_ONLY_FOLDER } from '../base/disk/modes.ts';
import { HarnessError } from '../base/errors.ts';
import { makeOwnFolder, sweepFolders, TOOLS_PREFIX } from '../process/temporary-folders.ts';

/**
 * Makes a new folder, and removes those whose processes have ended.
 * @returns the path of the new folder
 */
export function makePrivateFolder(parent: string): string {
  sweepFolders(TOOLS_PREFIX, parent);
  return makeOwnFolder(TOOLS_PREFIX, parent);
}

/**
 * Writes a file, and the folders on the way to it, for the owner alone.
 * @param path - below the folder
 * @throws HarnessError ERR_TOOL for a path that leads out of the folder
 */
export async function writePrivately(
  folder: string,
  path: string,
  text: string,
  { isProgram = false }: { readonly isProgram?: boolean } = {},
): Promise<void> {
  const target = resolve(folder, path);
  if (relative(folder, target).startsWith('..')) {
    throw new HarnessError('ERR_TOOL', `"${path}" does not lie in the working folder of the tools.`);
  }
  makeFolderSync(dirname(target), OWNER_ONLY_FOLDER);
  await writeFile(target, text, { mode: isProgram ? OWNER_ONLY_FOLDER : OWNER_ONLY });
}
