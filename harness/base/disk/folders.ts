/** What is in a folder, where one that is not there is as good as an empty one. */
import { existsSync, readdirSync, rmdirSync } from './disk.ts';

/** Lists the names in a folder; none if it cannot be read. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Removes a folder that nobody keeps anything in. @throws HarnessError ERR_WRITE_FAILED */
export function removeIfEmpty(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}
