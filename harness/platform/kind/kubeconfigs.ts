/** kind's kubeconfigs as this project has them: one context, named like the cluster, and an address for whoever reads it. */
import { dump, load } from 'js-yaml';
import type { ClusterName } from '../../model/names.ts';

interface Kubeconfig {
  readonly clusters: readonly { readonly name: string; readonly cluster: Readonly<Record<string, unknown>> }[];
  readonly users: readonly { readonly name: string; readonly user: unknown }[];
}

/**
 * @param text - as kind has written it: one cluster, one user, everything named `kind-…`
 * @param server - another address than the port that is published on this machine's loopback
 */
export function kubeconfigFor(text: string, name: ClusterName, server?: string): string {
  const { clusters, users } = load(text) as Kubeconfig; // written by kind (pkg/cluster/internal/kubeconfig @v0.30.0)
  return dump(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name, cluster: { ...clusters[0]?.cluster, ...(server !== undefined && { server }) } }],
      users: [{ name, user: users[0]?.user }],
      contexts: [{ name, context: { cluster: name, user: name } }],
      'current-context': name,
    },
    { lineWidth: -1, noRefs: true },
  );
}
