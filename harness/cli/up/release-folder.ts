/** What stands in for an unpacked Istio release: programs that are small scripts, and the samples. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../base/package-root.ts';
import { quoteWord } from '../../base/quote.ts';

const EXECUTABLE = 0o700;
const READABLE = 0o600;

/** Our own command line, as it is packed. */
export const cliEntry = (): string => path.join(packageRoot(), 'dist', 'mesh-harness.js');

/**
 * @param samples - `samples/…` → text
 * @param kubeconfig - what the programs use where KUBECONFIG is not set
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

/** A script that runs our command line with these words before its own. */
export function writeLauncher(file: string, words: readonly string[], kubeconfig: string): void {
  const command = [process.execPath, cliEntry(), ...words].map(quoteWord).join(' ');
  const text = `#!/bin/sh\n[ -n "$KUBECONFIG" ] || export KUBECONFIG=${quoteWord(kubeconfig)}\nexec ${command} "$@"\n`;
  writeFileSync(file, text, { mode: EXECUTABLE });
}
