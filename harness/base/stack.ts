/** Where an error came from, for whoever mends it; nothing of where this machine keeps its files. */
import { pathToFileURL } from 'node:url';
import { messageOf } from './errors.ts';
import { packageRoot } from './package-root.ts';

/** Returns the stack of what was thrown, with files of this package by their place in it: `dist/index.js`. */
export function stackOf(error: unknown): string {
  const text = (error instanceof Error && error.stack) || messageOf(error);
  const root = packageRoot();
  return text.replaceAll(`${pathToFileURL(root).href}/`, '').replaceAll(`${root}/`, '');
}
