/** The guide's variables for a world that is up, as text for a POSIX shell's eval. */
import { quoteWord } from '../../base/quote.ts';
import { clusterName } from '../../model/names.ts';
import { contextVariable } from '../../plan/mesh.ts';
import { STATE_DIR, type UpPaths } from './paths.ts';
import type { UpState } from './state.ts';

/** `SERVER_CLUSTER1`, beside the guide's `CTX_CLUSTER1`. */
const serverVariable = (name: string): string =>
  contextVariable(clusterName(name)).replace(/^CTX_/, 'SERVER_');

/** @returns lines `export NAME=value`, the PATH's last */
export function exportsOf({ clusters }: UpState, paths: UpPaths): string {
  const variables: readonly (readonly [string, string])[] = [
    ['KUBECONFIG', paths.kubeconfig],
    ['KUBECACHEDIR', paths.kubeCache],
    ...clusters.map(({ name }) => [contextVariable(clusterName(name)), name] as const),
    // What Istio's own istioctl is to be given: `create-remote-secret --server`.
    ...clusters.flatMap(({ name, inNetworkServer = '' }) =>
      inNetworkServer === '' ? [] : [[serverVariable(name), inNetworkServer] as const],
    ),
    ['ISTIO_FOLDER', paths.release],
    // For `down`, `status` and the others.
    [STATE_DIR, paths.folder],
  ];
  const lines = variables.map(([name, value]) => `export ${name}=${quoteWord(value)}\n`);
  return `${lines.join('')}export PATH=${quoteWord(paths.release)}:"$PATH"\n`;
}
