/** The working folder of embedded tools: paths and texts, in memory. */
import { posix } from 'node:path';

export class WorkingFolder {
  readonly #files: Map<string, string>;

  /** @param files - what is there from the beginning: `samples/…` */
  constructor(files: ReadonlyMap<string, string> = new Map()) {
    this.#files = new Map([...files].map(([path, text]) => [normal(path), text]));
  }

  /** @throws an Error with code ENOENT and the kernel's words */
  read(path: string): string {
    const text = this.#files.get(normal(path));
    if (text === undefined) {
      throw Object.assign(new Error(`open ${path}: no such file or directory`), { code: 'ENOENT' });
    }
    return text;
  }

  write(path: string, text: string): void {
    this.#files.set(normal(path), text);
  }

  /** Names of the files right in a folder, sorted; `undefined` if there is no such folder. */
  list(path: string): readonly string[] | undefined {
    const folder = normal(path);
    const prefix = folder === '.' ? '' : `${folder}/`;
    const inside = [...this.#files.keys()].filter(file => file.startsWith(prefix));
    if (inside.length === 0) return undefined;
    return inside
      .map(file => file.slice(prefix.length))
      .filter(name => !name.includes('/'))
      .sort();
  }
}

const normal = (path: string) => posix.normalize(path).replace(/\/$/, '');
