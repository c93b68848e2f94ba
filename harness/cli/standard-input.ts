/** What stands on standard input, as a whole. */

import { MAX_TEXT_BYTES, tooLong } from '../base/disk/read-file.ts';
import { HarnessError, messageOf } from '../base/errors.ts';

/** The word of a command line that stands for standard input. */
export const STANDARD_INPUT = '-';

/**
 * Reads standard input to its end.
 * @param signal - ends the wait at once
 * @throws HarnessError ERR_UNREADABLE_FILE, also for more than `maxBytes`; the signal's reason
 */
export async function readStandardInput(
  signal: AbortSignal,
  stream: NodeJS.ReadableStream = process.stdin,
  maxBytes: number = MAX_TEXT_BYTES,
): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    await new Promise<void>((resolve, reject) => {
      stream.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > maxBytes) reject(tooLong(maxBytes));
        else chunks.push(chunk);
      });
      stream.once('end', resolve).once('error', reject);
      if (signal.aborted) reject(signal.reason);
      else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  } catch (error) {
    signal.throwIfAborted();
    throw new HarnessError('ERR_UNREADABLE_FILE', `Standard input cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  } finally {
    stream.pause();
  }
  return Buffer.concat(chunks).toString('utf8');
}
