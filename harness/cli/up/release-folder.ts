/**
 * Writes a small substitute for an unpacked Istio release: programs that are small scripts, and the samples.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../base/package-root.ts';
import { quoteWord } from '../../base/quote.ts';

const EXECUTABLE = 0o700;
const READABLE = 0o600;

/** Returns the path of the harness's own bundled command line. */
export const cliEntry = (): string => path.join(packageRoot(), 'dist', 'mesh-harness.js');

/**
 * Writes the samples and the scripts `istioctl` and `mesh-harness` into a folder.
 * @param samples - `samples/…` → text
 * @param kubeconfig - the path that the programs use if KUBECONFIG is not set
 */
export function writeReleaseFolder(
  folder: string,
  samples: ReadonlyMap<string, string>,
  kubeconfig: string,
): void {
  for (const [name, text] of samples) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true, mode: EXECUTABLE });
    writeFileSync(file, text, { mode: name.endsWith('.sh') ? EXECUTABLE : READABLE });
  }
  writeLauncher(path.join(folder, 'istioctl'), ['istioctl'], kubeconfig);
  writeLauncher(path.join(folder, 'mesh-harness'), [], kubeconfig);
}

/** Writes a script that runs the harness's command line with these words before its own. */
export function writeLauncher(file: string, words: readonly string[], kubeconfig: string): void {
  const command = [process.execPath, cliEntry(), ...words].map(quoteWord).join(' ');
  const text = `#!/bin/sh\n[ -n "$KUBECONFIG" ] || export KUBECONFIG=${quoteWord(kubeconfig)}\nexec ${command} "$@"\n`;
  writeFileSync(file, text, { mode: EXECUTABLE });
}
