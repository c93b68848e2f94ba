/**
 * The files that a world writes into its state folder, known by a list with their digests. Only what is on
 * the list, and still is as it was written, is ever removed or written over: all else is somebody's work.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import {
  lstatSync,
  makeFolderSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from '../../base/disk/disk.ts';
import { namesIn } from '../../base/disk/folders.ts';
import { OWNER_ONLY, OWNER_ONLY_FOLDER } from '../../base/disk/modes.ts';
import * as z from '../../base/zod.ts';

/** The name of the list. */
export const WRITTEN = 'written.json';
/** Stands for the digest of a file to which its world goes on writing. */
const GROWS = 'grows';

const writtenList = z.object({
  version: z.literal(1),
  /** Path in the folder → SHA-256 of what was written. */
  files: z.record(z.string(), z.string()),
});

/** A file to write. */
export interface OwnFile {
  readonly content: string;
  readonly mode: number;
}

/** The list and the files of one state folder. */
export class WrittenFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Tells whether there is a list: then the folder is one of ours. */
  get isThere(): boolean {
    return this.#read() !== undefined;
  }

  /** Marks the folder as ours, with nothing written so far. */
  begin(): void {
    this.#keep({});
  }

  /**
   * Writes files; what stands in their way and is not ours is moved aside.
   * @param files - path in the folder → the file
   * @returns what was moved, as paths in the folder: from and to
   */
  write(files: ReadonlyMap<string, OwnFile>): readonly (readonly [from: string, to: string])[] {
    const before = this.#list();
    const moved = [...files.keys()].flatMap(name => this.#makeWay(name, before));
    // Noted first: of a process that is killed here nothing is left that nobody knows.
    const digests = [...files].map(([name, { content }]) => [name, digestOf(content)] as const);
    this.#keep({ ...before, ...Object.fromEntries(digests) });
    for (const [name, { content, mode }] of files) {
      makeFolderSync(path.dirname(this.#at(name)), OWNER_ONLY_FOLDER);
      writeFileSync(this.#at(name), content, { mode });
    }
    return moved;
  }

  /** Takes a file that its world goes on writing to, as one of ours. @returns what was moved aside for it */
  adopt(from: string, name: string): readonly (readonly [from: string, to: string])[] {
    const moved = this.#makeWay(name, this.#list());
    this.#keep({ ...this.#list(), [name]: GROWS });
    renameSync(from, this.#at(name));
    return moved;
  }

  /** Tells whether anything is there that was written and not changed. */
  hasAny(): boolean {
    return Object.entries(this.#list()).some(([name, digest]) => this.#isOurs(name, digest));
  }

  /**
   * Removes what was written and not changed, with the folders that are empty then. The list stays: what is
   * gone is not on it in effect, and a disk that is full refuses a new one.
   */
  remove(): void {
    const list = this.#list();
    const ours = Object.entries(list).filter(([name, digest]) => this.#isOurs(name, digest));
    for (const [name] of ours) rmSync(this.#at(name), { force: true });
    for (const folder of foldersOf(Object.keys(list)))
      if (this.#isReal(folder) && namesIn(this.#at(folder)).length === 0) rmdirSync(this.#at(folder));
  }

  /** Takes the list itself away. */
  forget(): void {
    rmSync(this.#at(WRITTEN), { force: true });
  }

  #at(name: string): string {
    return path.join(this.#folder, name);
  }

  #list(): Readonly<Record<string, string>> {
    return this.#read() ?? {};
  }

  #read(): Readonly<Record<string, string>> | undefined {
    try {
      return writtenList.parse(JSON.parse(readFileSync(this.#at(WRITTEN), 'utf8'))).files;
    } catch {
      return undefined; // none, or none of ours: then nothing is known to be ours
    }
  }

  #keep(files: Readonly<Record<string, string>>): void {
    const file = this.#at(WRITTEN);
    try {
      writeFileSync(`${file}.new`, JSON.stringify({ version: 1, files }), { mode: OWNER_ONLY });
      renameSync(`${file}.new`, file);
    } catch (error) {
      rmSync(`${file}.new`, { force: true });
      throw error;
    }
  }

  /** Tells whether a file is as it was written; one behind a link is somebody else's. */
  #isOurs(name: string, digest: string): boolean {
    if (!isInside(name) || !this.#isReal(path.dirname(name))) return false;
    const found = lstatSync(this.#at(name), { throwIfNoEntry: false });
    if (!found?.isFile()) return false;
    return digest === GROWS || digestOf(readFileSync(this.#at(name))) === digest;
  }

  /** Tells whether a folder below ours is there, and no link on the way to it. */
  #isReal(folder: string): boolean {
    return prefixesOf(folder).every(each =>
      lstatSync(this.#at(each), { throwIfNoEntry: false })?.isDirectory(),
    );
  }

  /** Moves what is not ours out of the way of a file and of its folders. */
  #makeWay(name: string, list: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
    const inTheWay = prefixesOf(path.dirname(name)).find(
      each => lstatSync(this.#at(each), { throwIfNoEntry: false })?.isDirectory() === false,
    );
    const isFree =
      inTheWay === undefined &&
      (lstatSync(this.#at(name), { throwIfNoEntry: false }) === undefined ||
        this.#isOurs(name, list[name] ?? ''));
    return isFree ? [] : [[inTheWay ?? name, this.#moveAside(inTheWay ?? name)]];
  }

  #moveAside(name: string): string {
    const free = (n: number): string => {
      const to = `${name}.yours${n === 1 ? '' : `.${n}`}`;
      return lstatSync(this.#at(to), { throwIfNoEntry: false }) === undefined ? to : free(n + 1);
    };
    const to = free(1);
    renameSync(this.#at(name), this.#at(to));
    return to;
  }
}

const digestOf = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** Tells whether a path of the list stays in the folder: somebody may have written the list. */
const isInside = (name: string): boolean =>
  !path.isAbsolute(name) && !path.normalize(name).startsWith('..') && path.normalize(name) !== '.';

/** `a/b/c` → `a`, `a/b`, `a/b/c`; none for the folder itself. */
function prefixesOf(name: string): readonly string[] {
  const parts = path.normalize(name).split(path.sep);
  return parts[0] === '.' ? [] : parts.map((_, index) => parts.slice(0, index + 1).join(path.sep));
}

/** Lists the folders of files, the deepest first. */
function foldersOf(names: readonly string[]): readonly string[] {
  const folders = new Set(names.filter(isInside).flatMap(name => prefixesOf(path.dirname(name))));
  return [...folders].toSorted((one, other) => other.length - one.length);
}
