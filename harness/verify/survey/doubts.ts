/** What clusters say of themselves and does not fit together. Pure. */
import type { FoundCluster } from './found-cluster.ts';
import { type FoundRole, idOf, knownBy } from './roles.ts';

/** Finds what does not fit together, a sentence each. */
export function doubtsOf(roles: readonly FoundRole[]): readonly string[] {
  const clusters = roles.map(({ cluster }) => cluster);
  return [
    ...clusters.flatMap(doubtsOfOne),
    ...roles.flatMap(({ cluster, doubts }) => doubts.map(doubt => `${idOf(cluster)}: ${doubt}.`)),
    ...sameIds(clusters),
    ...spellings(clusters),
    ...differing('mesh id', clusters, ({ installed }) => installed.meshId),
    ...differing('trust domain', clusters, ({ installed }) => installed.trustDomain),
    ...clusters.flatMap(cluster => misledSecrets(cluster, clusters)),
  ];
}

function doubtsOfOne(cluster: FoundCluster): readonly string[] {
  const { installed, refusals } = cluster;
  const name = idOf(cluster);
  // Of several places that say the same, the first.
  const networks = new Map([...installed.networks].reverse().map(each => [each.name, each.where]));
  const spelled = [...networks].map(([network, where]) => `${network} (${where})`);
  return [
    ...refusals.map(refusal => `${name}: ${refusal}.`),
    ...(networks.size > 1 ? [`${name}: its network has several names: ${spelled.join(', ')}.`] : []),
  ];
}

/** Finds clusters with the same id: istiod and its proxies cannot tell them apart. */
function sameIds(clusters: readonly FoundCluster[]): readonly string[] {
  const ids = clusters.map(({ installed }) => installed.clusterId).filter(id => id !== undefined);
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))].map(
    id =>
      `${clusters
        .filter(({ installed }) => installed.clusterId === id)
        .map(({ given }) => given)
        .join(' and ')} both call themselves ${id}: istiod cannot tell them apart.`,
  );
}

/** Finds names of networks that differ in case or punctuation only: to Istio these are two networks. */
function spellings(clusters: readonly FoundCluster[]): readonly string[] {
  const names = [...new Set(clusters.flatMap(({ installed }) => installed.network ?? []))];
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');
  return names.flatMap((name, index) =>
    names
      .slice(index + 1)
      .filter(other => plain(other) === plain(name))
      .map(other => `One network is spelled two ways, ${name} and ${other}: to Istio these are two.`),
  );
}

function differing(
  what: string,
  clusters: readonly FoundCluster[],
  read: (cluster: FoundCluster) => string | undefined,
): readonly string[] {
  const told = clusters.flatMap(cluster => {
    const value = read(cluster);
    return value === undefined ? [] : [{ name: idOf(cluster), value }];
  });
  if (new Set(told.map(({ value }) => value)).size < 2) return [];
  return [`The ${what} differs: ${told.map(({ name, value }) => `${value} in ${name}`).join(', ')}.`];
}

/** Finds remote secrets that lead to another cluster than the one they name, or to none that was asked. */
function misledSecrets(cluster: FoundCluster, clusters: readonly FoundCluster[]): readonly string[] {
  return knownBy(cluster, clusters).flatMap(({ id, cluster: led }) => {
    const name = idOf(cluster);
    if (!led) return [`${name}: a remote secret is for ${id}, which is none of the clusters asked.`];
    return idOf(led) === id ? [] : [`${name}: the remote secret for ${id} leads to ${idOf(led)}.`];
  });
}
