/** Replaces a file of somebody's by another text. */
import { constants, realpathSync, type Stats, statSync } from 'node:fs';
import { codeOf, HarnessError } from '../errors.ts';
import { accessSync, chmodSync, chownSync, renameSync, rmSync, writeFileSync } from './disk.ts';
import { writeError } from './write-error.ts';

/** Names the file that a path leads to, past links; a pipe, which has no path of its own, keeps its name. */
export function realFile(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

/**
 * Writes beside the file and moves into its place, so that nobody finds half of it. Its mode and its owner
 * stay; of a link, the file that it leads to is replaced. A file with several names, and one of another owner
 * that this user cannot give it back to, is written in place.
 * @throws HarnessError ERR_WRITE_FAILED; then the file is as it was, save for one that was written in place
 */
export function replaceFile(file: string, text: string): void {
  const target = realpathSync(file);
  assertWritable(file, target);
  const before = statSync(target);
  const beside = `${target}.${process.pid}.new`;
  try {
    if (before.nlink > 1 || !makeBeside(beside, text, before)) writeFileSync(target, text);
    else renameSync(beside, target);
  } catch (error) {
    throw isOfFolder(error) ? inFolder(file, error) : error;
  } finally {
    rmSync(beside, { force: true });
  }
}

/** @returns false if it could not be given the owner of the file that it is to replace */
function makeBeside(beside: string, text: string, { mode, uid, gid }: Stats): boolean {
  writeFileSync(beside, text, { flag: 'wx' });
  const own = statSync(beside);
  if (own.uid !== uid || own.gid !== gid) {
    try {
      chownSync(beside, uid, gid);
    } catch {
      return false;
    }
  }
  chmodSync(beside, mode & 0o7777);
  return true;
}

/** A file that its owner may only read is not written over, though the folder would allow it. */
function assertWritable(file: string, target: string): void {
  try {
    accessSync(target, constants.W_OK);
  } catch (error) {
    throw new HarnessError('ERR_WRITE_FAILED', `${file} cannot be written: it is read-only for you.`, {
      hint: 'Nothing of it was changed. chmod u+w FILE allows it.',
      cause: error,
    });
  }
}

const isOfFolder = (error: unknown): error is HarnessError =>
  error instanceof HarnessError && ['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error.cause));

function inFolder(file: string, { cause }: HarnessError): HarnessError {
  return new HarnessError('ERR_WRITE_FAILED', writeError(file, cause).message, {
    hint: 'Nothing of it was changed. The new text is written beside it first: the folder must allow that.',
    cause,
  });
}
