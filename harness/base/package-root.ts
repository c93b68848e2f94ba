/** Finds the files that are shipped beside the code: scenarios, samples. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { existsSync, readFileSync } from './disk/disk.ts';

/** Finds the folder of the harness's package.json, both from `harness/` and bundled from `dist/`. */
export function packageRoot(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(folder, 'package.json')) && folder !== path.dirname(folder))
    folder = path.dirname(folder);
  return folder;
}

/** What we read in our own package.json. */
interface PackageManifest {
  readonly version: string;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

/** Reads the harness's package.json. */
export function packageManifest(): PackageManifest {
  // Our own file: its shape is known.
  return JSON.parse(readFileSync(path.join(packageRoot(), 'package.json'), 'utf8')) as PackageManifest;
}

/** The bundler puts the commit here (build.mjs); from sources there is none. */
declare const BUILT_FROM: string | undefined;

/**
 * Returns the commit that the bundle was built from: `1a2b3c…`, or `1a2b3c… with changes`.
 * @returns undefined if it is not known
 */
export function builtFrom(): string | undefined {
  const commit = typeof BUILT_FROM === 'undefined' ? '' : BUILT_FROM;
  return commit === '' ? undefined : commit;
}

/** Reads the version in the harness's package.json. */
export const packageVersion = (): string => packageManifest().version;
