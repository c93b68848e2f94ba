/** Fetches a file once: resumed when cut off, tried again, kept only if its checksum is right. */
import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pRetry, { AbortError } from 'p-retry';
import { systemClock, type Timer } from '../base/clock.ts';
import { linkedSignal } from '../base/deadline.ts';
import {
  chmodSync,
  createReadStream,
  createWriteStream,
  makeFolderSync,
  rename,
  rm,
  stat,
} from '../base/disk/disk.ts';
import { HarnessError, messageOf } from '../base/errors.ts';

export interface FetchOptions {
  readonly url: string;
  /**
   * Where the file with the checksum lies: 64 hexadecimal digits, then perhaps a name. Beside the file by
   * default.
   */
  readonly checksumUrl?: string;
  /** What is known beforehand, instead of a file of the server's. */
  readonly sha256?: string;
  /** The path of the file, which appears there complete or not at all. */
  readonly file: string;
  readonly isProgram: boolean;
  readonly signal: AbortSignal;
  /** Attempts after the first; 4 by default. */
  readonly retries?: number;
  /** Milliseconds before the second attempt, doubled each time; 500 by default. */
  readonly minWaitMs?: number;
  /** Milliseconds without a byte after which an attempt counts as failed; 30,000 by default. */
  readonly stallMs?: number;
  readonly onProgress?: (message: string) => void;
}

/**
 * Fetches a file, and checks it.
 * @returns the SHA-256 of the file, in hexadecimal digits
 * @throws HarnessError ERR_TOOL if it cannot be had, or is not what its checksum says; nothing is kept then
 */
export async function fetchFile(options: FetchOptions): Promise<string> {
  const { url, checksumUrl = `${options.url}.sha256`, sha256, file, isProgram, signal } = options;
  const part = `${file}.${process.pid}.part`;
  makeFolderSync(dirname(file));
  try {
    const expected =
      sha256 ??
      (await retried(options, () => unlessStalled(options, read => readChecksum(checksumUrl, read))));
    await retried(options, () => unlessStalled(options, read => download(url, part, read)));
    const found = await digestOf(part);
    if (found !== expected) throw otherContent(url, expected, found);
    if (isProgram) chmodSync(part, 0o755);
    await rename(part, file);
    return found;
  } catch (error) {
    if (error instanceof HarnessError) throw error;
    signal.throwIfAborted();
    throw new HarnessError('ERR_TOOL', `${url} cannot be fetched: ${messageOf(error)}`, {
      hint: 'Without a network: put the program on PATH, or name a mirror with --mirror.',
      cause: error,
    });
  } finally {
    await rm(part, { force: true });
  }
}

function otherContent(url: string, expected: string, found: string): HarnessError {
  return new HarnessError(
    'ERR_TOOL',
    `${url} is not what its checksum says: expected ${expected}, found ${found}.`,
    {
      hint: 'Nothing of it was kept. A proxy or a mirror may serve something else; --mirror names another.',
    },
  );
}

function retried<T>(
  { url, signal, retries = 4, minWaitMs = 500, onProgress }: FetchOptions,
  work: () => Promise<T>,
): Promise<T> {
  return pRetry(work, {
    retries,
    minTimeout: minWaitMs,
    signal,
    onFailedAttempt: ({ error, retriesLeft }) => {
      if (retriesLeft > 0) onProgress?.(`${url}: ${messageOf(error)}; trying again`);
    },
  });
}

/** How an attempt reads from the server. */
interface Reading {
  /** Aborts when the caller does, or when nothing has come for too long. */
  readonly signal: AbortSignal;
  /** Called when something has come. */
  readonly onBytes: () => void;
}

/** Runs an attempt that may be as long as it likes, as long as something comes. */
async function unlessStalled<T>(
  { signal, stallMs = 30_000 }: FetchOptions,
  attempt: (reading: Reading) => Promise<T>,
): Promise<T> {
  using linked = linkedSignal(signal);
  let timer: Timer | undefined;
  const wait = () => {
    systemClock.clearTimeout(timer);
    timer = systemClock.setTimeout(
      () => linked.abort(new Error(`nothing came for ${stallMs / 1000} s`)),
      stallMs,
    );
  };
  wait();
  try {
    return await attempt({ signal: linked.signal, onBytes: wait });
  } finally {
    systemClock.clearTimeout(timer);
  }
}

async function readChecksum(url: string, { signal }: Reading): Promise<string> {
  const response = await fetch(url, { signal });
  assertOk(response, url);
  const checksum = /^\s*([0-9a-fA-F]{64})\b/.exec(await response.text())?.[1];
  if (checksum === undefined) throw new AbortError(`${url} holds no SHA-256 checksum`);
  return checksum.toLowerCase();
}

/** Goes on where an earlier attempt was cut off, if the server lets us. */
async function download(url: string, part: string, { signal, onBytes }: Reading): Promise<void> {
  const have = await stat(part).then(
    ({ size }) => size,
    () => 0,
  );
  const response = await fetch(url, { signal, headers: have > 0 ? { range: `bytes=${have}-` } : {} });
  // Nothing is left to fetch, or what we have is no part of it: then it starts anew.
  if (response.status === 416) {
    await rm(part, { force: true });
    throw new Error('the server does not know the part that is missing');
  }
  assertOk(response, url);
  if (!response.body) throw new Error('an answer without content');
  const resumes =
    response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${have}-`) === true;
  // undici's stream is the same as Node's; only their types differ.
  const body = Readable.fromWeb(response.body as import('node:stream/web').ReadableStream);
  await pipeline(body, told(onBytes), createWriteStream(part, resumes ? 'a' : 'w'), { signal });
  assertComplete(response, resumes ? have : 0, (await stat(part)).size);
}

/** Passes a stream on, and tells of each piece. */
const told = (onBytes: () => void) =>
  async function* (source: Readable) {
    for await (const piece of source) {
      onBytes();
      yield piece;
    }
  };

/**
 * Some servers and proxies end a cut-off answer as if it were complete.
 * @param before - bytes of the file that the answer goes on behind
 * @throws Error if the file has another size than was announced
 */
function assertComplete({ headers }: Response, before: number, size: number): void {
  const expected = before + Number(headers.get('content-length') ?? Number.NaN);
  if (Number.isFinite(expected) && headers.get('content-encoding') === null && size !== expected)
    throw new Error(`cut off after ${size} of ${expected} bytes`);
}

function assertOk({ ok, status }: Response, url: string): void {
  if (ok) return;
  const message = `${url} answered ${status}`;
  // A file that is not there will not come.
  throw status >= 400 && status < 500 && status !== 408 && status !== 429
    ? new AbortError(message)
    : new Error(message);
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
