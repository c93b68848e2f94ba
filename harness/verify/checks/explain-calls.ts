/** Why calls from one cluster fail a check: the symptom, the diagnosis and the evidence for it. */
import type { ClusterName } from '../../model/names.ts';
import type { ClusterSpec } from '../../model/topology.ts';
import { pickClientPod } from '../calling.ts';
import type { CheckContext, CheckOutcome, Evidence } from '../check.ts';
import type { Convergence } from '../convergence.ts';
import { diagnose } from '../diagnose/catalog.ts';
import { type CallFacts, describeCluster, type KnownEndpoint } from '../diagnose/facts.ts';
import { gatherFacts } from '../diagnose/gather-facts.ts';
import { describeEndpoint, gatherEndpoints } from '../diagnose/known-endpoints.ts';
import type { StepIndex } from '../diagnose/steps.ts';
import { tryGather } from '../diagnose/try-gather.ts';
import { type AnswerGroup, countFromGroup } from '../groups.ts';
import type { PodDirectory } from '../pod-directory.ts';
import { symptomOf } from '../symptom.ts';
import type { Tally, Traffic } from '../traffic.ts';
import type { Viewpoint } from './fixed-sample.ts';

/** What was asked from one cluster, and what came of it. */
export interface Asked extends Viewpoint {
  readonly directory: PodDirectory;
  readonly convergence: Convergence;
}

/** The problems that the judgement found. */
interface Seen {
  readonly wrong: readonly string[];
  readonly traffic: Omit<Traffic, 'symptom'>;
  readonly judged: Tally;
  readonly misplaced: boolean;
  readonly skewed: boolean;
}

/**
 * Gathers facts, and makes the outcome of a check that failed out of them.
 * @throws the signal's reason
 */
export async function explain(
  context: CheckContext,
  steps: StepIndex,
  { source, groups, directory, convergence }: Asked,
  seen: Seen,
): Promise<CheckOutcome> {
  await directory.refresh();
  const own = directory.pods.get(source.name) ?? [];
  const clientPod = pickClientPod(own, context.client);
  const silent = groups.filter(group => countFromGroup(seen.judged, group) === 0);
  const partly = convergence.shortfalls.map(({ group }) => group);
  const suspects = [...new Set([...silent, ...partly])];
  const gathered = await tryGather(async () => {
    const facts = await gatherFacts(context);
    return { facts, endpoints: await gatherEndpoints(context, facts, source.name, clientPod) };
  }, context.signal);
  const known = 'reason' in gathered ? undefined : gathered;
  const endpoints = known?.endpoints;
  const networkOf = (cluster: ClusterName) => context.clusters.get(cluster)?.spec.network;
  const beyondDoubt = groups.filter(group => !suspects.includes(group));
  const doubtful = endpoints?.filter(endpoint => !belongsTo(endpoint, beyondDoubt, source, networkOf));
  const foreign = doubtful?.filter(({ address }) => !own.some(pod => pod.address === address));
  const symptom = symptomOf({
    from: source.name,
    silent: silent.flatMap(({ clusters }) => clusters),
    partlyKnown: partly.length > 0,
    tally: seen.judged,
    clientPod,
    remoteEndpoints: foreign && {
      known: foreign.length > 0,
      unreachable: foreign.some(
        ({ owner }) => owner?.kind === 'pod' && networkOf(owner.cluster) !== source.network,
      ),
    },
    misplaced: seen.misplaced,
    skewed: seen.skewed,
  });
  const from = known?.facts.clusters.get(source.name);
  const missing = suspects.flatMap(({ clusters }) => clusters);
  const facts: CallFacts | undefined =
    known && from ? { ...known.facts, from, clientPod, endpoints: doubtful, symptom, missing } : undefined;
  const diagnosis = facts && diagnose(facts, steps);
  const evidence: Evidence = {
    endpoints: endpoints ? endpoints.map(describeEndpoint) : null,
    clusters: known ? [...known.facts.clusters.values()].map(describeCluster) : null,
    ...('reason' in gathered && { notGathered: gathered.reason }),
  };
  return {
    outcome: 'failed',
    found: `Calls from ${source.name}: ${seen.wrong.join('; ')}`,
    evidence,
    ...(seen.judged.requests === 0 && { unproved: true }),
    traffic: { ...seen.traffic, symptom },
    ...(diagnosis && { diagnosis }),
  };
}

/**
 * Tells whether an endpoint surely belongs to other clusters in these groups: as a pod of a near one, or as a
 * gateway of a far one's network.
 */
function belongsTo(
  { owner }: KnownEndpoint,
  groups: readonly AnswerGroup[],
  source: ClusterSpec,
  networkOf: (cluster: ClusterName) => string | undefined,
): boolean {
  if (!owner || owner.cluster === source.name) return false;
  return owner.kind === 'pod'
    ? groups.some(({ clusters }) => clusters.includes(owner.cluster))
    : groups.some(({ isNear, network }) => !isNear && network === networkOf(owner.cluster));
}
