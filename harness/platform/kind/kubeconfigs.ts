/** kind's kubeconfigs as this project has them: contexts named like the clusters, and an address for whoever reads it. */
import { dump, load } from 'js-yaml';
import type { ClusterName } from '../../model/names.ts';

interface Kubeconfig {
  readonly clusters: readonly { readonly name: string; readonly cluster: Readonly<Record<string, unknown>> }[];
  readonly users: readonly { readonly name: string; readonly user: unknown }[];
}

/** One cluster, as kind has written it down. */
export interface KindKubeconfig {
  readonly name: ClusterName;
  /** One cluster, one user, everything named `kind-…`. */
  readonly text: string;
  /** Another address than the port that is published on this machine's loopback. */
  readonly server?: string;
}

/** @param entries - a context for each; the first becomes the current one */
export function kubeconfigFor(...entries: readonly KindKubeconfig[]): string {
  const parts = entries.map(({ name, text, server }) => {
    const { clusters, users } = load(text) as Kubeconfig; // written by kind (pkg/cluster/internal/kubeconfig @v0.30.0)
    return {
      cluster: { name, cluster: { ...clusters[0]?.cluster, ...(server !== undefined && { server }) } },
      user: { name, user: users[0]?.user },
      context: { name, context: { cluster: name, user: name } },
    };
  });
  return dump(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: parts.map(({ cluster }) => cluster),
      users: parts.map(({ user }) => user),
      contexts: parts.map(({ context }) => context),
      'current-context': entries[0]?.name,
    },
    { lineWidth: -1, noRefs: true },
  );
}
