/** Reads a mesh from its clusters' API servers: the topology that a scenario would have said. */

import type { ApiClient } from '../../base/api-client.ts';
import { linkedSignal } from '../../base/deadline.ts';
import { type ClusterName, clusterName, networkName } from '../../model/names.ts';
import type { ClusterSpec, NetworkSpec, Topology } from '../../model/topology.ts';
import { doubtsOf } from './doubts.ts';
import { describeWorkloads, type FoundCluster, readFound } from './found-cluster.ts';
import { type FoundRole, idOf, knownBy, rolesOf } from './roles.ts';

/** One cluster of a mesh that was found. */
interface SurveyedCluster {
  /** As the user calls it. */
  readonly given: string;
  /** In the topology. */
  readonly name: ClusterName;
  /** True if it has the guide's namespace. */
  readonly hasNamespace: boolean;
  /** The guide's workloads that are there: `helloworld-v1`, `sleep`. */
  readonly workloads: readonly string[];
}

/** A mesh as it was found. */
export interface Survey {
  readonly topology: Topology;
  /** The clusters, in the order in which they were asked. */
  readonly clusters: readonly SurveyedCluster[];
  /** What each cluster was taken for, a sentence each. */
  readonly sentences: readonly string[];
  /** What does not fit together, or was not told. */
  readonly doubts: readonly string[];
  /** Of istiod, where one was found: `1.30.3`. */
  readonly istioVersion: string | undefined;
  /** The `app` label of the client that was found: `sleep`. */
  readonly client: string | undefined;
  /** True if the cluster at any of these places says that it is simulated. */
  readonly isSimulated: boolean;
  /** Pairs of names for one and the same cluster. */
  readonly same: readonly (readonly [string, string])[];
}

/** What a mesh or a network is called that nothing names. */
const UNNAMED = 'unnamed';
/** In the guide v1 belongs to the first cluster and v2 to the second; further clusters alternate. */
const VERSIONS = ['v1', 'v2'];

/**
 * Surveys clusters. It only lists, side by side.
 * @param clients - the user's name for each cluster → how to ask it
 * @throws KubernetesApiError, or a Node error, if a cluster does not tell the least that is needed
 */
export async function surveyMesh(
  clients: ReadonlyMap<string, ApiClient>,
  signal: AbortSignal,
): Promise<Survey> {
  // All questions listen to it at once.
  using linked = linkedSignal(signal);
  const found = [...clients].map(([given, client]) => readFound(given, client, linked.signal));
  return describe(await Promise.all(found));
}

/** Makes the survey of what was found. Pure. */
function describe(clusters: readonly FoundCluster[]): Survey {
  const roles = rolesOf(clusters);
  const names = namesOf(clusters);
  const nameOf = (cluster: FoundCluster) => names[clusters.indexOf(cluster)] ?? clusterName(cluster.given);
  const meshIds = clusters.flatMap(({ installed }) => installed.meshId ?? []);
  const networks = clusters.map(cluster => networkOf(cluster, clusters));
  const sentences = roles.map((role, index) => sentenceOn(role, networks[index] ?? UNNAMED, clusters));
  const specs = roles.map(
    ({ cluster, servedBy }, index): ClusterSpec => ({
      name: nameOf(cluster),
      network: networkName(networks[index] ?? UNNAMED),
      role: servedBy ? { kind: 'remote', controlPlane: nameOf(servedBy) } : { kind: 'primary' },
      podRange: cluster.podRange,
      serviceRange: '',
      nodes: cluster.nodes,
      // What is not there is missing: without it nothing shows that calls reach the cluster.
      helloWorld: cluster.versions.length > 0 ? cluster.versions : [VERSIONS[index % 2] ?? 'v1'],
      client: true,
    }),
  );
  return {
    topology: {
      name: meshIds[0] ?? UNNAMED,
      description: sentences.join(' '),
      meshId: meshIds[0] ?? '',
      networks: [...new Set(networks)].map((name): NetworkSpec => ({ name: networkName(name), range: '' })),
      clusters: specs,
    },
    clusters: clusters.map(cluster => ({
      given: cluster.given,
      name: nameOf(cluster),
      hasNamespace: cluster.hasNamespace,
      workloads: [...cluster.versions.map(version => `helloworld-${version}`), ...cluster.clients],
    })),
    sentences,
    doubts: doubtsOf(roles),
    istioVersion: clusters.map(({ installed }) => installed.version).find(version => version !== undefined),
    client: clusters.flatMap(cluster => cluster.clients)[0],
    isSimulated: clusters.some(cluster => cluster.isSimulated),
    same: clusters.flatMap((one, index) =>
      clusters
        .slice(index + 1)
        .filter(other => other.uid === one.uid)
        .map(other => [one.given, other.given] as const),
    ),
  };
}

/** Names clusters as istiod does; where two have one id, as the user does. */
function namesOf(clusters: readonly FoundCluster[]): readonly ClusterName[] {
  const ids = clusters.map(idOf);
  return clusters.map((cluster, index) => {
    const id = ids[index] ?? cluster.given;
    return clusterName(ids.indexOf(id) === ids.lastIndexOf(id) ? id : cluster.given);
  });
}

/** Returns the network of a cluster: its own word for it, or that of a list of networks (`meshNetworks`). */
function networkOf(cluster: FoundCluster, clusters: readonly FoundCluster[]): string {
  const listed = clusters
    .flatMap(({ installed }) => installed.meshNetworks)
    .find(({ registries }) => registries.includes(idOf(cluster)));
  return cluster.installed.network ?? listed?.name ?? UNNAMED;
}

function sentenceOn(role: FoundRole, network: string, clusters: readonly FoundCluster[]): string {
  const { cluster, servedBy, because } = role;
  const { meshId, version } = cluster.installed;
  const known = knownBy(cluster, clusters).map(({ id }) => id);
  const what = servedBy
    ? `a remote of ${idOf(servedBy)} on ${network} (${because})`
    : `${cluster.hasIstiod ? 'a primary' : 'without an istiod'} on ${network}`;
  return [
    `${idOf(cluster)}${idOf(cluster) === cluster.given ? '' : ` (${cluster.given})`}: ${what}`,
    ...(meshId === undefined ? [] : [`mesh ${meshId}`]),
    ...(version === undefined ? [] : [`istiod ${version}`]),
    ...(servedBy || !cluster.hasIstiod ? [] : [`knows ${known.join(', ') || 'no other cluster'}`]),
    `${describeWorkloads(cluster)}.`,
  ].join(', ');
}
