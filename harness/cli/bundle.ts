/**
 * The bundles of the command line, and the code that V8 made of them in an earlier run: without that, parsing
 * and compiling is an eighth of a run.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { existsSync, readFileSync, writeFileSync } from '../base/disk/disk.ts';
import { setAsUsual } from './v8-flags.ts';

/**
 * The names of the bundles: a file `.js` and, where its code is kept, one `.cache`. Each is the text of a
 * function of `require`, the file's own URL and a `module`; `build.mjs` makes them of `main.ts`.
 */
export const BUNDLES = { whole: 'command-line', light: 'light' } as const;

export interface Bundle {
  /** Runs the command line, with this process's arguments. */
  start(): void;
  /** Keeps what V8 has compiled by now, for the next start. */
  saveCode(): void;
}

/**
 * Loads the bundle with its saved code. Code of another version of V8 does no harm: V8 ignores it, and
 * compiles.
 * @param folder - the bundle's
 * @param name - of `BUNDLES`
 */
export function loadBundle(folder: string, name: string): Bundle {
  const filename = path.join(folder, `${name}.js`);
  const cache = path.join(folder, `${name}.cache`);
  const script = new Script(readFileSync(filename, 'latin1'), {
    filename,
    ...(existsSync(cache) && { cachedData: readFileSync(cache) }),
  });
  return {
    start: () => {
      const main = script.runInThisContext() as (
        require: NodeJS.Require,
        url: string,
        module: object,
      ) => void; // see BUNDLES
      main(createRequire(filename), pathToFileURL(filename).href, {});
    },
    saveCode: () => {
      setAsUsual();
      writeFileSync(cache, script.createCachedData());
    },
  };
}
