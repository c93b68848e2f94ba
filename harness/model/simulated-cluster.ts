/**
 * What a kubeconfig says about a simulated cluster beyond how to reach it; our istioctl knows such a cluster
 * by it.
 */
import { dump, load } from 'js-yaml';

/** The name of the extension in a kubeconfig's cluster entry; programs that do not know it leave it alone. */
export const SIMULATED_EXTENSION = 'mesh-harness/simulated-cluster';

export interface SimulatedCluster {
  /**
   * `https://172.18.0.2:6443`: where the API server is for the pods of all simulated clusters. The entry's
   * own `server` is a port of this
   * machine's loopback, where a pod would find nothing but itself.
   */
  readonly inNetworkServer: string;
  /** The release that the cluster was started for: `1.8.0`. */
  readonly istioVersion: string;
}

export interface NamedExtension {
  readonly name: string;
  readonly extension: unknown;
}

interface Kubeconfig {
  readonly clusters?: readonly {
    readonly name: string;
    readonly cluster?: Readonly<Record<string, unknown>>;
  }[];
}

/** The same kubeconfig, each of its clusters marked as simulated. */
export function markSimulated(kubeconfig: string, mark: SimulatedCluster): string {
  const document = (load(kubeconfig) ?? {}) as Kubeconfig; // a kubeconfig, or it would not come this far
  const extensions: readonly NamedExtension[] = [{ name: SIMULATED_EXTENSION, extension: { ...mark } }];
  const clusters = (document.clusters ?? []).map(({ name, cluster }) => ({
    name,
    cluster: { ...cluster, extensions },
  }));
  return dump({ ...document, clusters }, { lineWidth: -1, noRefs: true });
}

/**
 * @param extensions - of a kubeconfig's cluster entry; anything at all
 * @returns undefined if the cluster is no simulated one
 */
export function simulatedMarkOf(extensions: unknown): SimulatedCluster | undefined {
  if (!Array.isArray(extensions)) return undefined;
  const found = (extensions as readonly Partial<NamedExtension>[]).find(
    each => each?.name === SIMULATED_EXTENSION,
  );
  // Checked below.
  const { inNetworkServer, istioVersion } = (found?.extension ?? {}) as Partial<SimulatedCluster>;
  if (typeof inNetworkServer !== 'string' || typeof istioVersion !== 'string') return undefined;
  return { inNetworkServer, istioVersion };
}
