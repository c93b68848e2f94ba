/** Two clusters that are one: by their API server, or by the name that both are installed under. */
import { isRemote } from '../../model/topology.ts';
import type { Diagnosis } from '../check.ts';
import type { ClusterFacts, Facts } from './facts.ts';
import type { Pattern } from './pattern.ts';
import { inOrder, type StepIndex } from './steps.ts';

/** Finds two clusters that have the same of something. */
function findTwin(
  { clusters }: Pick<Facts, 'clusters'>,
  keyOf: (facts: ClusterFacts) => string | undefined,
): readonly [string, string] | undefined {
  const seen = new Map<string, string>();
  for (const facts of clusters.values()) {
    const key = keyOf(facts);
    if (key === undefined) continue;
    const other = seen.get(key);
    if (other !== undefined) return [other, facts.spec.name];
    seen.set(key, facts.spec.name);
  }
  return undefined;
}

/**
 * Explains that two names of the scenario lead to one cluster: by the same context, or by two kubeconfigs.
 * @returns undefined if each name leads to a cluster of its own
 */
export function explainTwin(facts: Pick<Facts, 'clusters'>, steps: StepIndex): Diagnosis | undefined {
  const twin = findTwin(facts, ({ uid }) => uid);
  return (
    twin && {
      cause: 'one-cluster-twice',
      sentence: `${twin.join(' and ')} are one cluster: their contexts, or their kubeconfigs, lead to the same API server.`,
      steps: steps.about('istio-namespace', twin[1]),
    }
  );
}

export const oneClusterTwice: Pattern = explainTwin;

export const clusterNameTwice: Pattern = (facts, steps) => {
  // A remote's istiod, in 1.8, serves webhooks only; no one asks its name.
  const twin = findTwin(facts, ({ spec, clusterId }) => (isRemote(spec) ? undefined : clusterId));
  if (!twin) return undefined;
  const name = facts.clusters.get(facts.from.spec.name)?.clusterId ?? '';
  return {
    cause: 'cluster-name-twice',
    sentence: `${twin.join(' and ')} are both installed under one name, ${name}, so that no istiod takes the other for another cluster.`,
    steps: inOrder(twin.flatMap(each => steps.about('install', each)).reverse()),
  };
};
