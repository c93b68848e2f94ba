/**
 * Reads whole files that somebody has named. What is no file of moderate size is refused, and nothing is
 * waited for: a pipe that nobody writes to would stop this process, signals included.
 */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { codeOf } from '../errors.ts';

/** How many bytes a text has at most that people or programs write for us. */
export const MAX_TEXT_BYTES = 1024 * 1024;

const CHUNK_BYTES = 64 * 1024;
/** The name of a pipe that a shell has made of a command: `<(…)`. */
const OF_A_SHELL = /^\/(dev|proc\/self)\/fd\/\d+$/;
/** How long such a command may say nothing, and how often it is asked, in milliseconds. */
const PATIENCE_MS = 5000;
const ASK_EVERY_MS = 10;

/**
 * Reads a regular file as UTF-8.
 * @param maxBytes - 1 MiB by default
 * @throws the file system's error, with its code; an Error for what is no regular file, or has more bytes
 */
export function readTextFile(file: string, maxBytes: number = MAX_TEXT_BYTES): string {
  // Opened so, a pipe does not wait for its other end.
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(descriptor);
    const kind = stats.isFIFO() && OF_A_SHELL.test(file) ? undefined : kindOf(stats);
    if (kind !== undefined) throw new Error(`it is ${kind}, and only regular files are read`);
    return readAll(descriptor, maxBytes);
  } finally {
    closeSync(descriptor);
  }
}

/** Reads the beginning of a regular file as UTF-8. @throws the file system's error, with its code */
export function readHead(file: string, bytes: number): string {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const head = Buffer.alloc(bytes);
    return head.toString('utf8', 0, readSync(descriptor, head, 0, bytes, 0));
  } finally {
    closeSync(descriptor);
  }
}

/** Makes the error for a text that is too long. */
export const tooLong = (maxBytes: number): Error =>
  new Error(`it has more than ${maxBytes} bytes, which is all that is read`);

/** Reads to the end; the size that the file system tells may be another, as in /proc. */
function readAll(descriptor: number, maxBytes: number): string {
  const chunks: Buffer[] = [];
  let size = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const count = readSome(descriptor, chunk);
    if (count === 0) return Buffer.concat(chunks).toString('utf8');
    size += count;
    if (size > maxBytes) throw tooLong(maxBytes);
    chunks.push(chunk.subarray(0, count));
  }
}

/** Reads what is there; of a pipe that is empty so far, what comes. @returns the bytes; 0 at the end */
function readSome(descriptor: number, chunk: Buffer): number {
  for (let waitedMs = 0; ; waitedMs += ASK_EVERY_MS) {
    try {
      return readSync(descriptor, chunk, 0, CHUNK_BYTES, null);
    } catch (error) {
      if (codeOf(error) !== 'EAGAIN') throw error;
      if (waitedMs >= PATIENCE_MS) throw new Error(`nothing came out of it for ${PATIENCE_MS / 1000} s`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ASK_EVERY_MS);
    }
  }
}

/** Names what is no regular file. */
function kindOf(stats: Stats): string | undefined {
  if (stats.isFile()) return undefined;
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}
