/** Calls are routed to a subset of HelloWorld that clusters do not have, or whose gateways do not know it. */
import { controlPlaneOf } from '../../model/topology.ts';
import { SERVICE } from '../workloads.ts';
import { type ClusterObjects, itemsOr } from './cluster-objects.ts';
import type { CallFacts, ClusterFacts } from './facts.ts';
import type { Pattern } from './pattern.ts';
import { labelsOf, type Routed, routedTo } from './routes.ts';

/** Tells whether a cluster has pods of HelloWorld, and none of them is of the subsets. */
function lacks({ objects }: ClusterFacts, { subsets }: Routed, rules: ClusterObjects): boolean {
  const pods = itemsOr(objects.samplePods).filter(({ metadata }) => metadata.labels?.['app'] === SERVICE);
  const wanted = subsets.map(subset => labelsOf(rules, subset));
  return (
    pods.length > 0 &&
    !pods.some(({ metadata: { labels = {} } }) =>
      wanted.some(pairs => pairs?.every(([key, value]) => labels[key] === value)),
    )
  );
}

/** Finds a control plane whose gateway calls go through, and that defines none of the subsets. */
function unknowing(silent: ClusterFacts, { from, clusters }: CallFacts, { subsets }: Routed) {
  const plane = clusters.get(controlPlaneOf(silent.spec));
  if (!plane || silent.spec.network === from.spec.network) return undefined;
  return subsets.some(subset => labelsOf(plane.objects, subset)) ? undefined : plane;
}

export const routedToASubset: Pattern = facts => {
  const { symptom, from, missing, clusters } = facts;
  const rules = clusters.get(controlPlaneOf(from.spec))?.objects;
  const routed = rules && routedTo(rules);
  if (!routed || symptom === 'BOTH' || symptom === 'SKEWED') return undefined;
  const say = (why: string) => ({
    cause: 'routed-to-a-subset' as const,
    sentence:
      `The VirtualService ${routed.by} routes the calls of ${from.spec.name} to the subset ` +
      `${routed.subsets.join(' and ')} of HelloWorld${why}.`,
    steps: [],
  });
  const silent = missing.map(name => clusters.get(name)).filter(each => each !== undefined);
  const without = silent.filter(each => lacks(each, routed, rules));
  if (without.length > 0) {
    const names = without.map(({ spec }) => spec.name).join(' and ');
    return say(`, and no pod of ${names} is of it`);
  }
  const plane = silent.map(each => unknowing(each, facts, routed)).find(each => each !== undefined);
  return plane && say(`, which no DestinationRule in ${plane.spec.name} defines for its gateway`);
};
