/** Replaces a file by another text, whole or not at all. */
import { realpathSync, statSync } from 'node:fs';
import { chmodSync, renameSync, rmSync, writeFileSync } from './disk.ts';

/**
 * Writes beside the file and moves into its place, so that nobody finds half of it. Its mode stays; of a
 * link, the file that it leads to is replaced.
 * @throws HarnessError ERR_WRITE_FAILED; then the file is as it was
 */
export function replaceFile(file: string, text: string): void {
  const target = realpathSync(file);
  const beside = `${target}.${process.pid}.new`;
  try {
    writeFileSync(beside, text, { flag: 'wx' });
    chmodSync(beside, statSync(target).mode & 0o7777);
    renameSync(beside, target);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}
