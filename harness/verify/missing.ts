/** Whose answers calls from one cluster lack, and the words for it. Pure. */
import type { ClusterName } from '../model/names.ts';
import type { Topology } from '../model/topology.ts';
import { type AnswerGroup, countFromGroup, groupsFrom } from './groups.ts';
import { countFrom } from './tally.ts';
import { type PartlyCounted, SYMPTOM_WORDS, type Tally, type Traffic } from './traffic.ts';

/** Clusters that should have answered a client. */
interface Missing {
  readonly clusters: readonly ClusterName[];
  /** Networks of which not every pod is counted, where it is not known whose pods those are. */
  readonly networks: readonly string[];
  /**
   * Those that gave no answer, and need not: another cluster behind the same gateways did. With who that is.
   */
  readonly open: ReadonlyMap<ClusterName, readonly ClusterName[]>;
}

/** Returns the calls of a check that are shown: the sample, or the batch that ended the wait for it. */
export const shownOf = ({ sample, convergence }: Traffic): Tally =>
  sample ?? convergence.lastBatch ?? convergence.total;

/** Returns the network of a cluster if the client's proxy does not count all of its pods. */
export const partlyCounted = (traffic: Traffic, cluster: string): PartlyCounted | undefined =>
  traffic.convergence.partlyCounted?.find(({ clusters }) => clusters.includes(cluster));

/** Finds whose answers are missing, as the check judges them: clusters of another network as one. */
export function missingIn(topology: Topology, traffic: Traffic): Missing {
  const source = topology.clusters.find(({ name }) => name === traffic.from);
  const clusters: ClusterName[] = [];
  const networks: string[] = [];
  const open = new Map<ClusterName, readonly ClusterName[]>();
  for (const group of source ? groupsFrom(topology, source) : []) {
    const silent = group.clusters.filter(cluster => countFrom(shownOf(traffic), cluster) === 0);
    const partly = traffic.convergence.partlyCounted?.find(({ network }) => network === group.network);
    if (countFromGroup(shownOf(traffic), group) === 0 || (partly && explains(group, silent, partly))) {
      clusters.push(...silent);
    } else if (partly) networks.push(group.network);
    else {
      const answering = group.clusters.filter(cluster => !silent.includes(cluster));
      for (const cluster of silent) open.set(cluster, answering);
    }
  }
  return { clusters, networks, open };
}

/** Tells whether the pods that are not counted are just as many as those of the clusters that are silent. */
function explains({ versions }: AnswerGroup, silent: readonly ClusterName[], partly: PartlyCounted): boolean {
  const pods = silent.reduce((sum, cluster) => sum + (versions.get(cluster)?.length ?? 0), 0);
  return pods > 0 && Math.abs(partly.pods - partly.counted - pods) < 0.01;
}

/** Names one or two clusters, or the first of more: `cluster3 and 4 others`. */
const named = ([first = '', second, ...others]: readonly string[]): string => {
  if (second === undefined) return first;
  return others.length === 0 ? `${first} and ${second}` : `${first} and ${others.length + 1} others`;
};

/**
 * Writes what calls showed in words that can follow "calls from cluster1:". Where another cluster answers,
 * they name those that do not.
 */
export function symptomWords(topology: Topology, traffic: Traffic): string {
  const { symptom, from } = traffic;
  const { clusters, networks } = missingIn(topology, traffic);
  const far = clusters.filter(cluster => cluster !== from);
  const others = shownOf(traffic).instances.some(({ cluster }) => cluster !== null && cluster !== from);
  if (symptom === 'ERRORS' && clusters.length > 0) return `no answer of ${named(clusters)}, some calls fail`;
  if (!others) return SYMPTOM_WORDS[symptom];
  if (symptom === 'R' && networks.length > 0) return `not all pods of ${named(networks)} are known`;
  if (far.length === 0) return SYMPTOM_WORDS[symptom];
  if (symptom === 'R') return `no endpoint of ${named(far)} is known`;
  if (symptom === 'X') return `the endpoints of ${named(far)} refuse`;
  if (symptom === 'B') return `calls to ${named(far)} vanish`;
  if (symptom === 'LOC-plain') return `no answer of ${named(far)}, the client has no sidecar`;
  return SYMPTOM_WORDS[symptom];
}
