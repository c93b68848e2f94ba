/** Writes files that are of use together only. */
import path from 'node:path';
import { existsSync, makeFolderSync, rmdirSync, rmSync, writeFileSync } from './disk.ts';

/** A file that is not there yet. */
interface NewFile {
  readonly file: string;
  readonly content: string;
  readonly mode: number;
}

/**
 * Makes all files, and the folders that they lie in. If one of them cannot be made, none is left, and no
 * folder either.
 * @throws HarnessError ERR_WRITE_FAILED, also if a file is there already
 */
export function writeAllOrNone(files: readonly NewFile[]): void {
  const made: string[] = [];
  const folders: string[] = [];
  try {
    for (const { file, content, mode } of files) {
      folders.push(...missingAbove(file));
      makeFolderSync(path.dirname(file));
      if (!existsSync(file)) made.push(file);
      writeFileSync(file, content, { mode, flag: 'wx' });
    }
  } catch (error) {
    removeAgain(made, folders);
    throw error;
  }
}

/** Lists the folders above a file that are not there, the outermost first. */
function missingAbove(file: string): readonly string[] {
  const folder = path.dirname(path.resolve(file));
  return existsSync(folder) ? [] : [...missingAbove(folder), folder];
}

/** Removes what was made, as far as that can be done: the error that led here says more than another. */
function removeAgain(files: readonly string[], folders: readonly string[]): void {
  const tries = [
    ...files.map(file => () => rmSync(file, { force: true })),
    ...folders.toReversed().map(folder => () => existsSync(folder) && rmdirSync(folder)),
  ];
  for (const attempt of tries) {
    try {
      attempt();
    } catch {
      // See above.
    }
  }
}
