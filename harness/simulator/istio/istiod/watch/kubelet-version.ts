/** The age of a cluster's nodes, by the versions of their kubelets. */
import type { KubernetesClient, KubernetesObject } from '../../../../base/kubernetes-client.ts';

/** Finds the lowest version among the nodes: `v1.32.0`; empty if no node can be read. */
export async function oldestKubeletVersion(client: KubernetesClient, signal: AbortSignal): Promise<string> {
  const nodes = await client
    .list({ apiVersion: 'v1', plural: 'nodes' }, {}, signal)
    .catch(() => ({ items: [] as KubernetesObject[] }));
  const versions = nodes.items.map(
    node =>
      (node['status'] as { nodeInfo?: { kubeletVersion?: string } } | undefined)?.nodeInfo?.kubeletVersion ??
      '',
  );
  return versions.sort((a, b) => minorOf(a) - minorOf(b))[0] ?? '';
}

/** Reads the minor version: `v1.32.0` → 32; 0 if it cannot be read. */
export const minorOf = (version: string): number => Number(/^v?1\.(\d+)/.exec(version)?.[1] ?? 0);
