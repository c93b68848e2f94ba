/** A program that stands in for a real istiod, as a file that can be run. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './cli.ts';

/** Writes the program into a folder. @returns its path */
export function writePilotDiscovery(folder: string): string {
  const file = path.join(folder, 'pilot-discovery.mjs');
  const source = readFileSync(path.join(ROOT, 'test/support/stand-ins/pilot-discovery.mjs'), 'utf8');
  writeFileSync(file, `#!${process.execPath}\n${source}`);
  chmodSync(file, 0o700);
  return file;
}
