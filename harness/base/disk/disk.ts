/**
 * The one place that touches the disk: a lint rule keeps `node:fs` out of all other files. What reads is the
 * file system's own; what writes throws ERR_WRITE_FAILED, which names the file and the reason.
 */
import * as fs from 'node:fs';
import * as promises from 'node:fs/promises';
import path from 'node:path';
import { diskFaults } from './faults.ts';
import { writeError } from './write-error.ts';

export {
  accessSync,
  constants,
  createReadStream,
  existsSync,
  fstatSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
export { access, readdir, readFile, stat, statfs } from 'node:fs/promises';

/** What a new file is made with. */
interface FileOptions {
  readonly mode?: number;
  /** `wx` refuses to write over a file. */
  readonly flag?: 'w' | 'wx' | 'a';
}

interface RemoveOptions {
  readonly recursive?: boolean;
  /** What is not there is no error. */
  readonly force?: boolean;
}

/** Says what an operation does, in a passive sentence. */
const deedOf = (operation: string): string => (operation.startsWith('rm') ? 'removed' : 'written');

/** Names the files that are open, for the errors of writes to them. */
const openFiles = new Map<number, string>();

/** @throws the error that a test wants for this write */
function refuse(operation: string, file: string): void {
  const fault = diskFaults.of({ operation, path: file });
  if (fault) throw fault;
}

function sync<T>(operation: string, file: string, write: () => T): T {
  try {
    refuse(operation, file);
    return write();
  } catch (error) {
    throw writeError(file, error, deedOf(operation));
  }
}

async function async<T>(operation: string, file: string, write: () => Promise<T>): Promise<T> {
  try {
    refuse(operation, file);
    return await write();
  } catch (error) {
    throw writeError(file, error, deedOf(operation));
  }
}

/**
 * Makes a folder and those above it, and leaves one that is there as it is. Node's own recursive mkdir tries
 * forever where nothing can be made and the error is ENOENT: in /proc.
 * @param mode - of each folder that is made
 */
export function makeFolderSync(folder: string, mode = 0o777): void {
  sync('mkdir', folder, () => makeBelow(path.resolve(folder), mode));
}

function makeBelow(folder: string, mode: number): void {
  const parent = path.dirname(folder);
  if (isFolder(folder)) return;
  if (parent !== folder && !isFolder(parent)) makeBelow(parent, mode);
  try {
    fs.mkdirSync(folder, { mode });
  } catch (error) {
    // Somebody else has made it meanwhile.
    if (!isFolder(folder)) throw error;
  }
}

const isFolder = (place: string): boolean =>
  fs.statSync(place, { throwIfNoEntry: false })?.isDirectory() === true;

/** Makes a folder with a name that nobody has. @returns its path */
export const makeTemporaryFolderSync = (prefix: string): string =>
  sync('mkdtemp', prefix, () => fs.mkdtempSync(prefix));

/** Writes a file, whole or with an error. */
export const writeFileSync = (file: string, content: string | Uint8Array, options: FileOptions = {}): void =>
  sync('write', file, () => fs.writeFileSync(file, content, options));

/** Writes a file, whole or with an error. */
export const writeFile = (
  file: string,
  content: string | Uint8Array,
  options: FileOptions = {},
): Promise<void> => async('write', file, () => promises.writeFile(file, content, options));

/** Changes the mode of a file or folder. */
export const chmodSync = (file: string, mode: number): void =>
  sync('chmod', file, () => fs.chmodSync(file, mode));

/** Gives a file to another user and group, by their numbers. */
export const chownSync = (file: string, uid: number, gid: number): void =>
  sync('chown', file, () => fs.chownSync(file, uid, gid));

/** Moves a file to where another may be, which it replaces. */
export const renameSync = (from: string, to: string): void =>
  sync('rename', to, () => fs.renameSync(from, to));

/** Moves a file to where another may be, which it replaces. */
export const rename = (from: string, to: string): Promise<void> =>
  async('rename', to, () => promises.rename(from, to));

/** Makes a link to a place, relative to the link’s own folder. */
export const symlink = (target: string, file: string, type: 'dir' | 'file'): Promise<void> =>
  async('symlink', file, () => promises.symlink(target, file, type));

/** Removes a file, or with `recursive` a folder with all that is in it. */
export const rmSync = (file: string, options: RemoveOptions = {}): void =>
  sync('rm', file, () => fs.rmSync(file, options));

/** Removes a file, or with `recursive` a folder with all that is in it. */
export const rm = (file: string, options: RemoveOptions = {}): Promise<void> =>
  async('rm', file, () => promises.rm(file, options));

/** Removes an empty folder. */
export const rmdirSync = (folder: string): void => sync('rmdir', folder, () => fs.rmdirSync(folder));

/** Opens a file to write to it. @returns its descriptor, for `writeSync` */
export function openSync(file: string, flag: 'w' | 'w+' | 'a', mode: number): number {
  const descriptor = sync('open', file, () => fs.openSync(file, flag, mode));
  openFiles.set(descriptor, file);
  return descriptor;
}

/** Appends to a file that `openSync` has opened. */
export function writeSync(descriptor: number, text: string): void {
  const file = openFiles.get(descriptor) ?? `file ${descriptor}`;
  sync('write', file, () => fs.writeSync(descriptor, text));
}

/** Waits until what was written to an open file lies on the disk. */
export function fsyncSync(descriptor: number): void {
  const file = openFiles.get(descriptor) ?? `file ${descriptor}`;
  sync('fsync', file, () => fs.fsyncSync(descriptor));
}

/** Closes what `openSync` has opened. */
export function closeSync(descriptor: number): void {
  openFiles.delete(descriptor);
  fs.closeSync(descriptor);
}

/**
 * Opens a stream into a file.
 * @param flags - `a` goes on behind what is there
 * @returns a stream whose errors are ERR_WRITE_FAILED
 */
export function createWriteStream(file: string, flags: 'w' | 'a'): NodeJS.WritableStream {
  return sync('open', file, () => fs.createWriteStream(file, { flags, fs: writesOf(file) }));
}

type Done = (error: Error | null, ...results: unknown[]) => void;

/** The operations of a stream into a file; their errors name it. */
const writesOf = (file: string) => {
  const named =
    (operation: (...given: never[]) => void) =>
    (...given: unknown[]): void => {
      const done = given.pop() as Done; // Node's own contract: the callback comes last
      const tell: Done = (error, ...results) => done(error && writeError(file, error), ...results);
      operation(...([...given, tell] as never[]));
    };
  return { open: named(fs.open), write: named(fs.write), writev: named(fs.writev), close: fs.close };
};
