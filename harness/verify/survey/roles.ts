/** Who is a primary, and whose istiod serves a remote: by what the clusters say of themselves. Pure. */
import type { FoundCluster } from './found-cluster.ts';

/** A cluster's role, and what shows it. */
export interface FoundRole {
  readonly cluster: FoundCluster;
  /** The cluster whose istiod serves it; undefined for a primary. */
  readonly servedBy: FoundCluster | undefined;
  /** Why it is taken for that: `its Service of istiod leads to 172.18.7.1`. */
  readonly because: string;
  /** What does not fit together. */
  readonly doubts: readonly string[];
}

/** Returns the id under which istiod knows a cluster, or the user's name for it. */
export const idOf = ({ installed, given }: FoundCluster): string => installed.clusterId ?? given;

/** Finds the clusters that a cluster's remote secrets lead to: by their authority, or by the id. */
export function knownBy(
  primary: FoundCluster,
  clusters: readonly FoundCluster[],
): readonly { readonly id: string; readonly cluster: FoundCluster | undefined }[] {
  return primary.remoteSecrets.flatMap(({ id, access }) => {
    if (id === undefined) return [];
    const authority = 'ca' in access ? access.ca?.trim() : undefined;
    const led =
      authority === undefined ? undefined : clusters.find(({ authority: own }) => own === authority);
    return [{ id, cluster: led ?? clusters.find(cluster => idOf(cluster) === id) }];
  });
}

/** Decides the role of each cluster, in their order. */
export function rolesOf(clusters: readonly FoundCluster[]): readonly FoundRole[] {
  const isPrimary = ({ hasIstiod, installed }: FoundCluster) =>
    hasIstiod && installed.discoveryAddresses === undefined;
  const primaries = clusters.filter(isPrimary);
  return clusters.map(cluster =>
    isPrimary(cluster)
      ? { cluster, servedBy: undefined, because: 'its istiod serves it', doubts: [] }
      : remoteRole(cluster, clusters, primaries),
  );
}

function remoteRole(
  cluster: FoundCluster,
  clusters: readonly FoundCluster[],
  primaries: readonly FoundCluster[],
): FoundRole {
  const { discoveryAddresses: addresses, controlPlaneClusters = '' } = cluster.installed;
  const [only] = primaries;
  if (!only) {
    const doubt = 'it has no istiod, and no other cluster that was asked has one';
    return { cluster, servedBy: undefined, because: 'there is no istiod', doubts: [doubt] };
  }
  const led = primaries.filter(primary => addresses?.some(each => primary.addresses.includes(each)));
  const doubts = doubtsOn(addresses, led);
  const role = (servedBy: FoundCluster, because: string, more: readonly string[] = []): FoundRole => ({
    ...{ cluster, servedBy, because },
    doubts: [...doubts, ...more],
  });
  if (led[0]) return role(led[0], `its Service of istiod leads to ${addresses?.join(', ')}`);
  const names = controlPlaneClusters.split(',').map(name => name.trim());
  const named = primaries.find(primary => names.includes(idOf(primary)));
  if (named) return role(named, `its istio-system names ${idOf(named)} as its control plane`);
  const knowing = primaries.find(primary =>
    knownBy(primary, clusters).some(known => known.cluster === cluster),
  );
  if (knowing) return role(knowing, `the istiod of ${idOf(knowing)} has a remote secret for it`);
  if (addresses === undefined) {
    const doubt = `it has no istiod, and nothing leads to another's: no Service of istiod, no remote secret`;
    return { cluster, servedBy: undefined, because: 'nothing leads to another istiod', doubts: [doubt] };
  }
  return role(only, `${idOf(only)} is the first cluster with an istiod`, [
    `nothing shows whose istiod serves it`,
  ]);
}

/** Finds what is wrong with the addresses that lead a remote to its istiod. */
function doubtsOn(addresses: readonly string[] | undefined, led: readonly FoundCluster[]): readonly string[] {
  if (addresses === undefined) return [];
  if (addresses.length === 0) return ['its Service of istiod leads nowhere: it has no endpoint'];
  if (led.length === 0)
    return [`its Service of istiod leads to ${addresses.join(', ')}, no address of a cluster that was asked`];
  if (led.length === 1) return [];
  return [`its Service of istiod leads to several clusters: ${led.map(idOf).join(', ')}`];
}
