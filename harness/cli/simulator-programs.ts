/**
 * The programs that work on an opened simulator: the kubectl of this machine, and an istioctl: the user's, or
 * our own as a process.
 */
import path from 'node:path';
import { rmSync } from '../base/disk/disk.ts';
import { HarnessError } from '../base/errors.ts';
import type { Programs } from '../platform/platform.ts';
import { findProgram } from '../process/find.ts';
import { makeOwnFolder, TOOLS_PREFIX } from '../process/temporary-folders.ts';
import { readSamples } from '../session/samples.ts';
import type { OwnIstioctl } from './own-istioctl.ts';
import { releaseFiles, writeFiles } from './up/release-folder.ts';

/**
 * Makes the programs for an opened simulator.
 * @param istioctl - the user's; our own by default
 * @returns programs in a temporary folder; dispose of them to remove it
 * @throws HarnessError ERR_TOOL if there is no kubectl
 */
export async function simulatorPrograms(
  edition: string,
  env: Readonly<Record<string, string | undefined>>,
  istioctl?: OwnIstioctl,
): Promise<{ readonly programs: Programs } & Disposable> {
  const kubectl = findProgram('kubectl', env['PATH'] ?? '');
  if (kubectl === undefined) {
    throw new HarnessError('ERR_TOOL', 'There is no kubectl on PATH.', {
      hint: 'Install kubectl 1.32, or leave --tools and --istioctl out: then no program is needed.',
    });
  }
  const samples = await readSamples(edition);
  const folder = makeOwnFolder(TOOLS_PREFIX);
  const istioFolder = path.join(folder, 'istio');
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    writeFiles(istioFolder, releaseFiles(samples, path.join(folder, 'kubeconfig')));
  } catch (error) {
    remove();
    throw error;
  }
  return {
    programs: {
      kubectl,
      istioctl: istioctl?.file ?? path.join(istioFolder, 'istioctl'),
      istioFolder,
      env: { KUBECACHEDIR: path.join(folder, 'kube-cache') },
    },
    [Symbol.dispose]: remove,
  };
}
