/** Finds programs on this machine. */
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { accessSync, constants, statSync } from '../base/disk/disk.ts';

/**
 * Finds a program.
 * @param name - a program's name, or a path to it
 * @param path - folders, as in the variable PATH
 * @returns the absolute path of the first that can be run; undefined if no folder has one
 */
export function findProgram(name: string, path: string = process.env['PATH'] ?? ''): string | undefined {
  if (name.includes('/') || isAbsolute(name)) return isExecutable(name) ? resolve(name) : undefined;
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  return path
    .split(delimiter)
    .filter(folder => folder !== '')
    .flatMap(folder => endings.map(ending => join(folder, name + ending)))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
