/** kind and kubectl in the cache: fetched by earlier runs, or brought by a bundle. */
import { join } from 'node:path';
import { existsSync } from '../base/disk/disk.ts';
import { namesIn } from '../base/disk/folders.ts';
import { compare, type Line, lineOf } from './version-line.ts';

/** A program of the cache. */
export interface CachedProgram {
  readonly file: string;
  /** The name of its folder: `v0.30.0`. */
  readonly version: string;
}

/** Returns the place of a program in the cache, below its folder. */
export const placeInCache = (name: 'kind' | 'kubectl', version: string): string => join(name, version, name);

/**
 * Looks for a program in the cache: in the version that would be fetched, else the newest that will do.
 * @param version - the one that would be fetched
 */
export function cachedProgram(
  name: 'kind' | 'kubectl',
  version: string,
  isGood: (line: Line) => boolean,
  cache: string,
): CachedProgram | undefined {
  const others = namesIn(join(cache, name))
    .filter(each => isGood(lineOf(each) ?? [0, 0]))
    .sort((one, other) => compare(lineOf(other) ?? [0, 0], lineOf(one) ?? [0, 0]));
  return [version, ...others]
    .map(each => ({ version: each, file: join(cache, placeInCache(name, each)) }))
    .find(({ file }) => existsSync(file));
}
