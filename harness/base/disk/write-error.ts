/** Errors of writes to the disk, in words: which file, why, and what to do. */
import { statfsSync } from 'node:fs';
import path from 'node:path';
import { codeOf, HarnessError, messageOf } from '../errors.ts';

/** Reasons by the code of the system's error: what is said, and what helps. */
const REASONS: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  ENOSPC: ['the disk is full', 'Make room there, or name a folder on another disk.'],
  EDQUOT: ['your share of the disk is used up', 'Make room there, or name a folder on another disk.'],
  EROFS: ['it lies on a disk that can only be read', 'Name a folder that can be written to.'],
  EACCES: ['you may not write there', 'Name a folder that can be written to.'],
  EPERM: ['you may not write there', 'Name a folder that can be written to.'],
  ENOENT: ['its folder is gone, or nothing can be made in it', 'Name a folder that can be written to.'],
  ENOTDIR: ['a file is in the place of its folder', 'Name another folder.'],
  ENAMETOOLONG: ['its name is too long', 'Name a folder with a shorter path.'],
  EMFILE: ['too many files are open', 'Raise the limit of open files: ulimit -n.'],
  ENFILE: ['too many files are open', 'Close other programs.'],
  EPIPE: ['nobody reads it any more', 'Let the reader go on to the end.'],
  EIO: ['the disk does not work as it should', 'Look at the system’s log, or name a folder on another disk.'],
};

/**
 * Makes the error of a write that failed.
 * @param file - what was to be written
 * @param error - the file system's
 * @param deed - what was to be done with it
 */
export function writeError(file: string, error: unknown, deed = 'written'): HarnessError {
  const code = codeOf(error);
  const hint = REASONS[code]?.[1] ?? 'Name another folder.';
  const space = code === 'ENOSPC' || code === 'EDQUOT' ? spaceAt(path.dirname(file)) : '';
  return new HarnessError('ERR_WRITE_FAILED', `${file} cannot be ${deed}: ${reasonOf(error)}${space}.`, {
    hint,
    cause: error,
  });
}

/** Tells why a write failed, as a sentence ends: `the disk is full`. */
export const reasonOf = (error: unknown): string => REASONS[codeOf(error)]?.[0] ?? messageOf(error);

/** Tells how much of the disk is free, as an insertion: ` (0.1 of 20.0 GB are free)`. */
function spaceAt(folder: string): string {
  try {
    const { bavail, blocks, bsize } = statfsSync(folder);
    const gigabytes = (count: number) => ((count * bsize) / 1e9).toFixed(1);
    return ` (${gigabytes(bavail)} of ${gigabytes(blocks)} GB are free)`;
  } catch {
    return ''; // The folder is gone: what is free there cannot be asked.
  }
}
