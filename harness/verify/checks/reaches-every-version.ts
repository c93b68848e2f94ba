/** Calls from one cluster are answered by every version of HelloWorld, wherever it runs. */
import type { ClusterName } from '../../model/names.ts';
import type { ClusterSpec } from '../../model/topology.ts';
import { type Convergence, callFrom, converge, isTrouble, pickClientPod } from '../calling.ts';
import type { Check, CheckContext, CheckOutcome, Evidence, Share, Tally, Traffic } from '../check.ts';
import { diagnose } from '../diagnose/catalog.ts';
import {
  type CallFacts,
  describeCluster,
  describeEndpoint,
  gatherEndpoints,
  gatherFacts,
  tryGather,
} from '../diagnose/facts.ts';
import type { StepIndex } from '../diagnose/steps.ts';
import { listPods, type PodFact } from '../pods.ts';
import { type Answer, countFrom, describeTally, type Locate, sequenceOf, tally } from '../sampling.ts';
import { type Band, planSample, round, shareInterval } from '../statistics.ts';
import { symptomOf } from '../symptom.ts';
import { contributionsOf, expectedShares, NAMESPACE, SERVICE } from '../workloads.ts';

type PodsByCluster = ReadonlyMap<ClusterName, readonly PodFact[]>;

/**
 * From the client of this cluster, HelloWorld is answered by every version, by the very pods that run in each cluster, without an error
 * and in shares that an even balance explains.
 * The guide, "Verifying Cross-Cluster Traffic": "the HelloWorld version should toggle between v1 and v2". It need not toggle strictly,
 * as the choice is made per worker and at random; so one fixed sample is judged by exact binomial bands (`statistics.ts`).
 */
export function reachesEveryVersion(spec: ClusterSpec, steps: StepIndex): Check {
  return {
    id: `${spec.name}-reaches-every-version`,
    sentence: `Calls from ${spec.name} are answered by HelloWorld of every cluster, evenly and without an error.`,
    level: 'core',
    cluster: spec.name,
    run: async context => {
      const client = context.clusters.get(spec.name)?.client;
      if (!client) return { outcome: 'unknown', found: `There is no cluster ${spec.name}.`, evidence: null };
      const convergence = await converge(context, client);
      if (convergence.converged) context.onProgress(`converged, sampling ${context.requests} calls`);
      const sampled = convergence.converged ? await callFrom(context, client, context.requests) : undefined;
      const pods = await podsOf(context);
      return await judge(context, spec, steps, pods, convergence, sampled);
    },
  };
}

async function podsOf({ clusters, signal }: CheckContext): Promise<PodsByCluster> {
  return new Map(
    await Promise.all(
      [...clusters].map(async ([name, { client }]) => [name, await listPods(client, NAMESPACE, signal)] as const),
    ),
  );
}

/** Pods' names are unique in practice; where two clusters share one, the version decides. */
function locatorOf(pods: PodsByCluster): Locate {
  return (instance, version) => {
    const owners = [...pods].flatMap(([cluster, ofCluster]) =>
      ofCluster.filter(pod => pod.name === instance && pod.app === SERVICE).map(pod => ({ cluster, pod })),
    );
    return (owners.find(({ pod }) => pod.version === version) ?? owners[0])?.cluster ?? null;
  };
}

/** Instances whose cluster is unknown, or not one of those that the topology gives their version. */
function misplacedIn(counted: Tally, context: CheckContext): readonly string[] {
  return counted.instances
    .filter(
      ({ cluster, version }) =>
        !context.topology.clusters.some(({ name, helloWorld }) => name === cluster && helloWorld.includes(version)),
    )
    .map(({ cluster, version, instance }) =>
      cluster === null
        ? `${version} was answered by ${instance}, which is no pod of any cluster`
        : `${version} was answered from ${cluster} (${instance}), where it does not belong`,
    );
}

async function judge(
  context: CheckContext,
  spec: ClusterSpec,
  steps: StepIndex,
  pods: PodsByCluster,
  convergence: Convergence,
  sampled: Awaited<ReturnType<typeof callFrom>> | undefined,
): Promise<CheckOutcome> {
  const order = context.topology.clusters.map(({ name }) => name);
  const count = (answers: readonly Answer[]) => tally(answers, locatorOf(pods), order);
  const answers = sampled && !isTrouble(sampled) ? sampled.answers : undefined;
  const sample = answers && sampleOf(context, spec, answers, count(answers));
  const judged = sample ?? count(convergence.recent);
  const trouble = sampled && isTrouble(sampled) ? sampled.trouble : convergence.trouble;
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
    from: spec.name,
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
    const found = `${sample.requests} of ${sample.requests} calls answered: ${describeTally(sample, clustersWith(context))}; converged after ${seconds(convergence.afterMs)}`;
    return { outcome: 'passed', found, evidence: {}, traffic: { ...traffic, symptom: 'BOTH' } };
  }
  return await explain(context, spec, steps, {
    wrong,
    traffic,
    judged,
    pods,
    misplaced: misplaced.length > 0,
    skewed: skewed.length > 0,
  });
}

const clustersWith = ({ topology }: CheckContext): readonly ClusterName[] =>
  contributionsOf(topology).map(({ cluster }) => cluster);
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

function describeSkew({ cluster, count, band: [low, high], share, interval: [from, to], expected }: Share): string {
  return `${cluster} gave ${count} answers where ${low} to ${high} are accepted (a share of ${share}, 95 % interval ${from} to ${to}; expected ${expected})`;
}

function sampleOf(
  context: CheckContext,
  spec: ClusterSpec,
  answers: readonly Answer[],
  counted: Tally,
): NonNullable<Traffic['sample']> {
  const contributions = contributionsOf(context.topology);
  const plan = planSample(context.requests, { expectedShares: expectedShares(context.topology), risk: context.risk });
  const shareOf = (count: number) => {
    const [low, high] = shareInterval(count, counted.requests);
    return { count, share: round(count / counted.requests, 4), interval: [round(low, 4), round(high, 4)] as const };
  };
  const shares = contributions.flatMap(({ cluster, share }, index) => {
    const band = plan.bands[index];
    if (!band) return [];
    return [
      {
        cluster,
        ...shareOf(countFrom(counted, cluster)),
        expected: round(share, 4),
        band: [band.low, band.high] as const,
      },
    ];
  });
  const remote = counted.instances
    .filter(({ cluster }) => cluster !== spec.name)
    .reduce((sum, { count }) => sum + count, 0);
  return {
    ...counted,
    shares,
    remote: shareOf(remote),
    ...sequenceOf(answers, counted),
    risks: {
      asked: context.risk,
      healthyRefused: significant(healthyRefused(plan.bands)),
      faultyAccepted: significant(Math.max(0, ...plan.bands.map(({ faultyAccepted }) => faultyAccepted))),
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
  spec: ClusterSpec,
  steps: StepIndex,
  seen: {
    readonly wrong: readonly string[];
    readonly traffic: Omit<Traffic, 'symptom'>;
    readonly judged: Tally;
    readonly pods: PodsByCluster;
    readonly misplaced: boolean;
    readonly skewed: boolean;
  },
): Promise<CheckOutcome> {
  const own = seen.pods.get(spec.name) ?? [];
  const clientPod = pickClientPod(own, context.client);
  const expected = clustersWith(context);
  const gathered = await tryGather(async () => {
    const facts = await gatherFacts(context);
    return { facts, endpoints: await gatherEndpoints(context, facts, spec.name, clientPod) };
  }, context.signal);
  const known = 'reason' in gathered ? undefined : gathered;
  const endpoints = known?.endpoints;
  const foreign = endpoints?.filter(({ address }) => !own.some(pod => pod.address === address));
  const networkOf = (cluster: ClusterName) => context.clusters.get(cluster)?.spec.network;
  const symptom = symptomOf({
    from: spec.name,
    expected,
    tally: seen.judged,
    clientPod,
    remoteEndpoints: foreign && {
      known: foreign.length > 0,
      unreachable: foreign.some(({ owner }) => owner?.kind === 'pod' && networkOf(owner.cluster) !== spec.network),
    },
    misplaced: seen.misplaced,
    skewed: seen.skewed,
  });
  const from = known?.facts.clusters.get(spec.name);
  const missing = expected.filter(cluster => countFrom(seen.judged, cluster) === 0);
  const facts: CallFacts | undefined =
    known && from ? { ...known.facts, from, clientPod, endpoints, symptom, missing } : undefined;
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
