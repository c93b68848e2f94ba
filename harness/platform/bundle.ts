/** The folder that a failed run leaves for people to read: redacted, and never more than 25 MB. */
import { dirname, join } from 'node:path';
import { makeFolderSync, writeFileSync } from '../base/disk/disk.ts';
import { OWNER_ONLY, OWNER_ONLY_FOLDER } from '../base/disk/modes.ts';
import { messageOf } from '../base/errors.ts';
import { redact } from '../base/redact.ts';

/** Enough for two clusters, and still something to attach to an issue. */
export const MAX_BUNDLE_BYTES = 25 * 1024 * 1024;

/**
 * Writes files into one folder until the budget is spent. It never waits for the disk: meanwhile a simulated
 * world would go on.
 */
export class Bundle {
  readonly #folder: string;
  #left: number;

  constructor(folder: string, maxBytes = MAX_BUNDLE_BYTES) {
    this.#folder = folder;
    this.#left = maxBytes;
  }

  /** Adds a file. Never throws: if `read` fails, the file says why. */
  async add(name: string, read: () => Promise<string>): Promise<void> {
    let text: string;
    try {
      text = await read();
    } catch (error) {
      text = `not obtained: ${messageOf(error)}\n`;
    }
    const bytes = Buffer.from(redact(text)).subarray(0, this.#left);
    this.#left -= bytes.length;
    if (bytes.length === 0) return;
    const file = join(this.#folder, name);
    makeFolderSync(dirname(file), OWNER_ONLY_FOLDER);
    writeFileSync(file, bytes, { mode: OWNER_ONLY });
  }
}
