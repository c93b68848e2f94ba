/**
 * What a kubeconfig says about a simulated cluster beyond how to reach it; our istioctl knows such a cluster
 * by it.
 */
import { dump } from 'js-yaml';
import * as z from '../base/zod.ts';
import { parseKubeconfig } from './kubeconfig-document.ts';

/** The name of the extension in a kubeconfig's cluster entry; programs that do not know it leave it alone. */
export const SIMULATED_EXTENSION = 'mesh-harness/simulated-cluster';

/** What a simulated cluster says of itself. */
export interface SimulatedCluster {
  /**
   * `https://172.18.0.2:6443`: the address of the API server for the pods of all simulated clusters. The
   * entry's own `server` is a port of this machine's loopback, where a pod would find nothing but itself.
   */
  readonly inNetworkServer: string;
  /** The release that the cluster was started for: `1.8.0`. */
  readonly istioVersion: string;
}

/** An entry of a cluster's `extensions` (client-go tools/clientcmd/api/v1 `NamedExtension`). */
export interface NamedExtension {
  readonly name: string;
  readonly extension: unknown;
}

const named = z.object({ name: z.literal(SIMULATED_EXTENSION) });
const marked = named.extend({
  extension: z.object({ inNetworkServer: z.string(), istioVersion: z.string() }),
});

/**
 * Returns the same kubeconfig with each of its clusters marked as simulated.
 * @throws Error if it is no kubeconfig
 */
export function markSimulated(kubeconfig: string, mark: SimulatedCluster): string {
  const document = parseKubeconfig(kubeconfig);
  const extensions: readonly NamedExtension[] = [{ name: SIMULATED_EXTENSION, extension: { ...mark } }];
  const clusters = (document.clusters ?? []).map(({ name, cluster }) => ({
    name,
    cluster: { ...cluster, extensions },
  }));
  return dump({ ...document, clusters }, { lineWidth: -1, noRefs: true });
}

/**
 * Reads the mark of a simulated cluster.
 * @param extensions - of a kubeconfig's cluster entry; anything at all
 * @returns undefined if the cluster is no simulated one
 */
export function simulatedMarkOf(extensions: unknown): SimulatedCluster | undefined {
  if (!Array.isArray(extensions)) return undefined;
  const found: unknown = extensions.find(each => named.safeParse(each).success);
  return marked.safeParse(found).data?.extension;
}
