/**
 * A small substitute for an unpacked Istio release: programs that are small scripts, and the samples.
 */
import path from 'node:path';
import { makeFolderSync, writeFileSync } from '../../base/disk/disk.ts';
import { OWNER_ONLY, OWNER_ONLY_FOLDER } from '../../base/disk/modes.ts';
import { packageRoot } from '../../base/package-root.ts';
import { quoteWord } from '../../base/quote.ts';
import type { OwnFile } from './written-files.ts';

/** Returns the path of the harness's own bundled command line. */
export const cliEntry = (): string => path.join(packageRoot(), 'dist', 'mesh-harness.js');

/**
 * Returns the files of the folder: the samples, and the scripts `istioctl` and `mesh-harness`.
 * @param samples - `samples/…` → text
 * @param kubeconfig - the path that the programs use if KUBECONFIG is not set
 * @param istioctl - the user's, which the script starts; our own by default
 */
export function releaseFiles(
  samples: ReadonlyMap<string, string>,
  kubeconfig: string,
  istioctl?: string,
): ReadonlyMap<string, OwnFile> {
  const own = [process.execPath, cliEntry()];
  const program = istioctl === undefined ? [...own, 'istioctl'] : [istioctl];
  return new Map([
    ...[...samples].map(([name, content]) => {
      const mode = name.endsWith('.sh') ? OWNER_ONLY_FOLDER : OWNER_ONLY;
      return [name, { content, mode }] as const;
    }),
    ['istioctl', launcher(program, kubeconfig)] as const,
    ['mesh-harness', launcher(own, kubeconfig)] as const,
  ]);
}

/** Writes the files into a folder that goes with its process. */
export function writeFiles(folder: string, files: ReadonlyMap<string, OwnFile>): void {
  for (const [name, { content, mode }] of files) {
    const file = path.join(folder, name);
    makeFolderSync(path.dirname(file), OWNER_ONLY_FOLDER);
    writeFileSync(file, content, { mode });
  }
}

/** Makes a script that runs a command with its own words behind it. */
function launcher(words: readonly string[], kubeconfig: string): OwnFile {
  const command = words.map(quoteWord).join(' ');
  const content = `#!/bin/sh\n[ -n "$KUBECONFIG" ] || export KUBECONFIG=${quoteWord(kubeconfig)}\nexec ${command} "$@"\n`;
  return { content, mode: OWNER_ONLY_FOLDER };
}
