/** Calls from one cluster are answered by every version of HelloWorld, wherever it runs. */
import type { ClusterName } from '../../model/names.ts';
import type { ClusterSpec, Topology } from '../../model/topology.ts';
import type { Band } from '../band.ts';
import { shareInterval } from '../binomial.ts';
import { callFrom, isTrouble, pickClientPod } from '../calling.ts';
import type { Check, CheckContext, CheckOutcome, Evidence } from '../check.ts';
import { type Convergence, converge } from '../convergence.ts';
import { diagnose } from '../diagnose/catalog.ts';
import { type CallFacts, describeCluster, type KnownEndpoint } from '../diagnose/facts.ts';
import { gatherFacts, tryGather } from '../diagnose/gather-facts.ts';
import { describeEndpoint, gatherEndpoints } from '../diagnose/known-endpoints.ts';
import type { StepIndex } from '../diagnose/steps.ts';
import { round } from '../figures.ts';
import { describeShortfall } from '../gateway-weight.ts';
import { type AnswerGroup, countFromGroup, groupName, groupsFrom, isJoint, whyTogether } from '../groups.ts';
import { PodDirectory } from '../pod-directory.ts';
import { bandsOf } from '../sample-plan.ts';
import type { Answer } from '../sampling.ts';
import { symptomOf } from '../symptom.ts';
import { countFrom, describeTally, sequenceOf, tally } from '../tally.ts';
import type { Share, Tally, Traffic } from '../traffic.ts';
import { contributionsOf } from '../workloads.ts';

/** What was asked from one cluster, and what came of it. */
interface Asked {
  readonly source: ClusterSpec;
  readonly groups: readonly AnswerGroup[];
  readonly directory: PodDirectory;
  readonly convergence: Convergence;
  readonly sampled: Awaited<ReturnType<typeof callFrom>> | undefined;
}

/**
 * From the client of this cluster, HelloWorld is answered by every version, by the very pods that run in each
 * cluster, without an error and in shares that an even balance explains. The guide, "Verifying Cross-Cluster
 * Traffic": "the HelloWorld version should toggle between v1 and v2". It need not toggle strictly, as the
 * choice is made per worker and at random; so one fixed sample is judged by exact binomial bands
 * (`band.ts`). Clusters that share another network are judged together (`groups.ts`).
 */
export function reachesEveryVersion(topology: Topology, source: ClusterSpec, steps: StepIndex): Check {
  const groups = groupsFrom(topology, source);
  return {
    id: `${source.name}-reaches-every-version`,
    sentence: groups.some(isJoint)
      ? `Calls from ${source.name} are answered by HelloWorld of every cluster on ${source.network} and of every other network, evenly by their pods and without an error.`
      : `Calls from ${source.name} are answered by HelloWorld of every cluster, evenly and without an error.`,
    level: 'core',
    cluster: source.name,
    run: async context => {
      const client = context.clusters.get(source.name)?.client;
      if (!client)
        return { outcome: 'unknown', found: `There is no cluster ${source.name}.`, evidence: null };
      const { requests } = context.sample;
      const directory = new PodDirectory(context);
      const convergence = await converge(context, { source, client, groups, directory });
      if (convergence.converged) context.onProgress(`converged, sampling ${requests} calls`);
      const sampled = convergence.converged ? await callFrom(context, client, requests) : undefined;
      if (sampled && !isTrouble(sampled)) await directory.learn(sampled.answers);
      return await judge(context, steps, { source, groups, directory, convergence, sampled });
    },
  };
}

/** Instances whose cluster is unknown, or not one of those that the topology gives their version. */
function misplacedIn(counted: Tally, context: CheckContext): readonly string[] {
  return counted.instances
    .filter(
      ({ cluster, version }) =>
        !context.topology.clusters.some(
          ({ name, helloWorld }) => name === cluster && helloWorld.includes(version),
        ),
    )
    .map(({ cluster, version, instance }) =>
      cluster === null
        ? `${version} was answered by ${instance}, which is no pod of any cluster`
        : `${version} was answered from ${cluster} (${instance}), where it does not belong`,
    );
}

async function judge(context: CheckContext, steps: StepIndex, asked: Asked): Promise<CheckOutcome> {
  const { source, groups, directory, convergence, sampled } = asked;
  const order = context.topology.clusters.map(({ name }) => name);
  const count = (answers: readonly Answer[]) => tally(answers, directory.locate, order);
  const answers = sampled && !isTrouble(sampled) ? sampled.answers : undefined;
  const sample = answers && sampleOf(context, asked, answers, count(answers));
  const judged = sample ?? count(convergence.recent);
  const [short] = convergence.shortfalls;
  const trouble =
    sampled && isTrouble(sampled)
      ? sampled.trouble
      : (convergence.trouble ?? (short && describeShortfall(short, source.name)));
  const misplaced = misplacedIn(judged, context);
  const skewed = sample ? sample.shares.filter(({ count: n, band: [low, high] }) => n < low || n > high) : [];
  const wrong = [
    ...(convergence.converged
      ? []
      : [
          `The mesh did not converge within ${Math.round(convergence.afterMs / 1000)} s: ${trouble ?? describeTally(count(convergence.last), clustersWith(context))}`,
        ]),
    ...(convergence.converged && trouble !== undefined ? [`The sample could not be taken: ${trouble}`] : []),
    ...(sample && sample.errors.length > 0
      ? [
          `${sample.errors.reduce((sum, each) => sum + each.count, 0)} of ${sample.requests} calls failed: ${describeTally(sample, clustersWith(context))}`,
        ]
      : []),
    ...skewed.map(describeSkew),
    ...misplaced,
  ];
  const passed = wrong.length === 0 && sample !== undefined;
  const traffic: Omit<Traffic, 'symptom'> = {
    from: source.name,
    convergence: {
      converged: convergence.converged,
      afterMs: convergence.afterMs,
      batches: convergence.batches,
      batchSize: convergence.batchSize,
      total: count(convergence.all),
      ...(convergence.last.length > 0 && { lastBatch: count(convergence.last) }),
      ...(trouble !== undefined && { trouble }),
    },
    ...(sample && { sample }),
  };
  if (passed) {
    const joint = groups
      .filter(isJoint)
      .map(group => `; ${group.clusters.join(' and ')} are judged together`);
    const found = `${sample.requests} of ${sample.requests} calls answered: ${describeTally(sample, clustersWith(context))}; converged after ${seconds(convergence.afterMs)}${joint.join('')}`;
    return { outcome: 'passed', found, evidence: {}, traffic: { ...traffic, symptom: 'BOTH' } };
  }
  return await explain(context, steps, asked, {
    wrong,
    traffic,
    judged,
    misplaced: misplaced.length > 0,
    skewed: skewed.length > 0,
  });
}

const clustersWith = ({ topology }: CheckContext): readonly ClusterName[] =>
  contributionsOf(topology).map(({ cluster }) => cluster);
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

function describeSkew({
  cluster,
  count,
  band: [low, high],
  share,
  interval: [from, to],
  expected,
}: Share): string {
  return `${cluster} gave ${count} answers where ${low} to ${high} are accepted (a share of ${share}, 95 % interval ${from} to ${to}; expected ${expected})`;
}

function sampleOf(
  context: CheckContext,
  { source, groups }: Asked,
  answers: readonly Answer[],
  counted: Tally,
): NonNullable<Traffic['sample']> {
  const plan = context.sample;
  const bands = bandsOf(
    plan,
    groups.map(({ share }) => share),
  );
  const shareOf = (count: number) => {
    const [low, high] = shareInterval(count, counted.requests);
    return {
      count,
      share: round(count / counted.requests, 4),
      interval: [round(low, 4), round(high, 4)] as const,
    };
  };
  const shares = groups.flatMap((group, index): Share[] => {
    const band = bands[index];
    if (!band) return [];
    const { network, clusters } = group;
    const counts = clusters.map(cluster => ({ cluster, count: countFrom(counted, cluster) }));
    return [
      {
        cluster: groupName(group),
        ...shareOf(countFromGroup(counted, group)),
        expected: round(group.share, 4),
        band: [band.low, band.high],
        ...(isJoint(group) && { together: { network, counts, because: whyTogether(group, source.name) } }),
      },
    ];
  });
  const remote = counted.instances
    .filter(({ cluster }) => cluster !== source.name)
    .reduce((sum, { count }) => sum + count, 0);
  return {
    ...counted,
    shares,
    remote: shareOf(remote),
    ...sequenceOf(answers, counted),
    risks: {
      asked: plan.risk,
      healthyRefused: significant(healthyRefused(bands)),
      faultyAccepted: significant(Math.max(0, ...bands.map(({ faultyAccepted }) => faultyAccepted))),
      errorRateMissed: significant(plan.errorRateMissed),
    },
  };
}

/** Of two shares one follows from the other; of more, each can be broken by itself. */
function healthyRefused(bands: readonly Band[]): number {
  const each = bands.map(band => band.healthyRefused);
  return each.length <= 2
    ? Math.max(0, ...each)
    : Math.min(
        1,
        each.reduce((sum, risk) => sum + risk, 0),
      );
}
const significant = (value: number) => Number(value.toPrecision(3));

async function explain(
  context: CheckContext,
  steps: StepIndex,
  { source, groups, directory, convergence }: Asked,
  seen: {
    readonly wrong: readonly string[];
    readonly traffic: Omit<Traffic, 'symptom'>;
    readonly judged: Tally;
    readonly misplaced: boolean;
    readonly skewed: boolean;
  },
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
    found: seen.wrong.join('; '),
    evidence,
    traffic: { ...seen.traffic, symptom },
    ...(diagnosis && { diagnosis }),
  };
}

/**
 * Whether an endpoint is surely one of other clusters in these groups: a pod of a near one, a gateway of a
 * far one's network.
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
