/** A container's files as a folder of this machine, for a program that opens files itself. */
import path from 'node:path';
import type { Clock, Timer } from '../../base/clock.ts';
import { chmodSync, makeFolderSync, renameSync, rmSync, writeFileSync } from '../../base/disk/disk.ts';
import { OWNER_ONLY, OWNER_ONLY_FOLDER } from '../../base/disk/modes.ts';
import type { ContainerFiles } from '../program.ts';

/** How late a change of a mounted volume may be seen, in milliseconds: a kubelet's own delay is longer. */
const LOOK_EVERY_MS = 500;

/** Keeps a folder equal to the files of a container, of which its owner alone may read anything. */
export class PrivateFiles {
  readonly #folder: string;
  readonly #files: ContainerFiles;
  readonly #clock: Clock;
  /** What was written, by the container's path. */
  #written: ReadonlyMap<string, string> = new Map();
  #timer: Timer | undefined;

  /** @param folder - of this machine; it is made, and everything in it belongs to this object */
  constructor(folder: string, files: ContainerFiles, clock: Clock) {
    this.#folder = folder;
    this.#files = files;
    this.#clock = clock;
    makeFolderSync(folder, OWNER_ONLY_FOLDER);
    chmodSync(folder, OWNER_ONLY_FOLDER);
  }

  /** Writes all files, and from then on what changes, until `stop`. */
  start(): void {
    this.#copy();
    this.#timer = this.#clock.setTimeout(() => this.start(), LOOK_EVERY_MS);
  }

  stop(): void {
    this.#clock.clearTimeout(this.#timer);
  }

  #copy(): void {
    const now = new Map(filesBelow(this.#files, '/'));
    for (const [file, content] of now) if (this.#written.get(file) !== content) this.#write(file, content);
    for (const file of this.#written.keys())
      if (!now.has(file)) rmSync(path.join(this.#folder, file), { force: true });
    this.#written = now;
  }

  /** A reader sees the old content or the new one, never a part. */
  #write(file: string, content: string): void {
    const place = path.join(this.#folder, file);
    makeFolderSync(path.dirname(place), OWNER_ONLY_FOLDER);
    writeFileSync(`${place}.new`, content, { mode: OWNER_ONLY });
    renameSync(`${place}.new`, place);
  }
}

/** Lists the files below a folder with their content. What is listed and cannot be read is a folder. */
function* filesBelow(files: ContainerFiles, folder: string): Generator<readonly [string, string]> {
  for (const name of files.list(folder)) {
    const place = path.posix.join(folder, name);
    const content = contentOf(files, place);
    if (content === undefined) yield* filesBelow(files, place);
    else yield [place, content];
  }
}

function contentOf(files: ContainerFiles, place: string): string | undefined {
  try {
    return files.read(place);
  } catch {
    return undefined;
  }
}
