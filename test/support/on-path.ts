/** The program on PATH, as it is where somebody has installed it: so hints are the same in every test. */
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

let folder: string | undefined;

/** Returns a folder for PATH with a link to the bundled command line; it goes with the process. */
export function onPath(): string {
  if (folder !== undefined) return folder;
  const made = mkdtempSync(path.join(os.tmpdir(), 'mesh-harness-bin-'));
  symlinkSync(
    fileURLToPath(new URL('../../dist/mesh-harness.js', import.meta.url)),
    path.join(made, 'mesh-harness'),
  );
  process.on('exit', () => rmSync(made, { recursive: true, force: true }));
  folder = made;
  return made;
}
