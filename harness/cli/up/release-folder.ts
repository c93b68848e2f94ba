/**
 * Writes a small substitute for an unpacked Istio release: programs that are small scripts, and the samples.
 */
import path from 'node:path';
import { makeFolderSync, writeFileSync } from '../../base/disk/disk.ts';
import { OWNER_ONLY, OWNER_ONLY_FOLDER } from '../../base/disk/modes.ts';
import { packageRoot } from '../../base/package-root.ts';
import { quoteWord } from '../../base/quote.ts';

/** Returns the path of the harness's own bundled command line. */
export const cliEntry = (): string => path.join(packageRoot(), 'dist', 'mesh-harness.js');

/**
 * Writes the samples and the scripts `istioctl` and `mesh-harness` into a folder.
 * @param samples - `samples/…` → text
 * @param kubeconfig - the path that the programs use if KUBECONFIG is not set
 * @param istioctl - the user's, which the script starts; our own by default
 */
export function writeReleaseFolder(
  folder: string,
  samples: ReadonlyMap<string, string>,
  kubeconfig: string,
  istioctl?: string,
): void {
  for (const [name, text] of samples) {
    const file = path.join(folder, name);
    makeFolderSync(path.dirname(file), OWNER_ONLY_FOLDER);
    writeFileSync(file, text, { mode: name.endsWith('.sh') ? OWNER_ONLY_FOLDER : OWNER_ONLY });
  }
  const own = [process.execPath, cliEntry()];
  const program = istioctl === undefined ? [...own, 'istioctl'] : [istioctl];
  writeLauncher(path.join(folder, 'istioctl'), program, kubeconfig);
  writeLauncher(path.join(folder, 'mesh-harness'), own, kubeconfig);
}

/** Writes a script that runs a command with its own words behind it. */
function writeLauncher(file: string, words: readonly string[], kubeconfig: string): void {
  const command = words.map(quoteWord).join(' ');
  const text = `#!/bin/sh\n[ -n "$KUBECONFIG" ] || export KUBECONFIG=${quoteWord(kubeconfig)}\nexec ${command} "$@"\n`;
  writeFileSync(file, text, { mode: OWNER_ONLY_FOLDER });
}
