/** What clusters tell of themselves: versions of API servers and nodes, and whether they are simulated. */
import type { KubernetesClient, KubernetesObject } from '../base/kubernetes-client.ts';
import { isSimulatedRuntime, isSimulatedVersion } from '../base/simulated-version.ts';
import type { FoundPlatform } from './platform.ts';

/** What one cluster tells. */
export interface ToldVersions {
  /** `gitVersion` of the API server: `v1.34.0`; empty if it told none. */
  readonly kubernetes: string;
  /** `kubeletVersion` of each node, in the order of the nodes. */
  readonly kubelets: readonly string[];
  /** `containerRuntimeVersion` of each node: `containerd://2.1.3`. */
  readonly runtimes: readonly string[];
  /** True if the API server or a node says so: then nothing that runs there is evidence about Istio. */
  readonly isSimulated: boolean;
}

/** Reads what a cluster tells. Pure. @param version - the answer of `/version` */
export function toldVersions(version: unknown, nodes: readonly KubernetesObject[]): ToldVersions {
  const { gitVersion } = (version ?? {}) as { readonly gitVersion?: unknown };
  const kubernetes = typeof gitVersion === 'string' ? gitVersion : '';
  const infos = nodes.map(node => {
    const { nodeInfo } = (node['status'] ?? {}) as { readonly nodeInfo?: Readonly<Record<string, unknown>> };
    return nodeInfo ?? {};
  });
  const all = (field: string) => infos.map(info => info[field]).filter(value => typeof value === 'string');
  const [kubelets, runtimes] = [all('kubeletVersion'), all('containerRuntimeVersion')];
  return {
    kubernetes,
    kubelets,
    runtimes,
    isSimulated: [kubernetes, ...kubelets].some(isSimulatedVersion) || runtimes.some(isSimulatedRuntime),
  };
}

/** Asks a cluster. @throws what the client throws */
export async function askVersions(client: KubernetesClient, signal: AbortSignal): Promise<ToldVersions> {
  const [version, { items }] = await Promise.all([
    client.request('GET', '/version', { signal }),
    client.list({ apiVersion: 'v1', plural: 'nodes' }, {}, signal),
  ]);
  return toldVersions(version, items);
}

/**
 * Puts together what was found of a platform.
 * @param programs - name → version, of what is no part of a cluster: `kind`, `docker`
 */
export function foundPlatform(
  told: readonly ToldVersions[],
  programs: Readonly<Record<string, string | undefined>> = {},
): FoundPlatform {
  const versions = {
    kubernetes: told.map(each => each.kubernetes),
    kubelet: told.flatMap(each => each.kubelets),
    runtime: told.flatMap(each => each.runtimes),
    ...Object.fromEntries(Object.entries(programs).map(([name, version = '']) => [name, [version]])),
  };
  const known = Object.entries(versions).map(
    ([name, all]) => [name, [...new Set(all)].filter(version => version !== '')] as const,
  );
  return {
    isSimulated: told.some(each => each.isSimulated),
    versions: Object.fromEntries(known.filter(([, all]) => all.length > 0)),
  };
}
