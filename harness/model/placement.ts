/** Where versions of HelloWorld and clients live so that answers can not show that a call crossed. */

/** What a placement asks of a cluster. */
interface PlacedCluster {
  /** As messages call it. */
  readonly name: string;
  /** Versions of HelloWorld that are deployed there. */
  readonly helloWorld: readonly string[];
  /** True if calls are sent from there. */
  readonly client: boolean;
}

/** Why a placement proves nothing; `cluster` is missing where it is all of them. */
interface PlacementFault {
  readonly cluster?: string;
  /** As a sentence ends: `the topology …`. */
  readonly what: string;
}

/**
 * Finds what makes the answers of a mesh prove nothing about calls between its clusters: two versions in one
 * cluster; one version in all that have HelloWorld; or all clients in the one cluster that has it. A version
 * in several clusters is fine if there is another one, as in any mesh of three. The guide, "Verify the
 * Installation": v1 is deployed to cluster1 and v2 to cluster2.
 */
export function placementFaults(clusters: readonly PlacedCluster[]): readonly PlacementFault[] {
  const serving = clusters.filter(({ helloWorld }) => helloWorld.length > 0);
  const versions = [...new Set(serving.flatMap(({ helloWorld }) => helloWorld))];
  const faults: PlacementFault[] = serving
    .filter(({ helloWorld }) => new Set(helloWorld).size > 1)
    .map(({ name, helloWorld }) => ({
      cluster: name,
      what: `puts ${helloWorld.join(' and ')} into ${name} together`,
    }));
  if (serving.length > 1 && versions.length < 2)
    faults.push({ what: `has ${versions.join('')} only, in every cluster` });
  const [only, ...others] = serving;
  const callers = clusters.filter(({ client }) => client);
  if (only && others.length === 0 && clusters.length > 1 && callers.every(each => each === only))
    faults.push({ what: `has HelloWorld and clients in ${only.name} only` });
  return faults;
}
