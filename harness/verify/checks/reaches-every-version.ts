/** Calls from one cluster are answered by every version of HelloWorld, wherever it runs. */

import type { ClusterName } from '../../model/names.ts';
import type { ClusterSpec, Topology } from '../../model/topology.ts';
import { isTrouble } from '../calling.ts';
import type { Check, CheckContext, CheckFamily, CheckOutcome } from '../check.ts';
import type { StepIndex } from '../diagnose/steps.ts';
import { describeShortfall, partOf } from '../gateway-weight.ts';
import { type AnswerGroup, groupsFrom, isJoint } from '../groups.ts';
import { describeTally } from '../tally.ts';
import type { Tally, Traffic } from '../traffic.ts';
import { contributionsOf } from '../workloads.ts';
import { askFrom, countFor, type Sampled } from './ask-from.ts';
import { explain } from './explain-calls.ts';
import { faultsOf, sampleOf, silentVersions } from './fixed-sample.ts';
import { inCluster } from './in-cluster.ts';

/**
 * Makes the check that every version of HelloWorld answers the client of this cluster: by the very pods that
 * run in each cluster, without an error, and in shares that an even balance explains. The guide, "Verifying
 * Cross-Cluster Traffic": "the HelloWorld version should toggle between v1 and v2". It need not toggle
 * strictly, as the choice is made per worker and at random; so one fixed sample is judged by exact binomial
 * bands (`band.ts`). Clusters that share another network are judged together (`groups.ts`).
 */
function trafficFrom(topology: Topology, source: ClusterSpec, steps: StepIndex): Check {
  const groups = groupsFrom(topology, source);
  return {
    id: `${source.name}-reaches-every-version`,
    sentence: sentenceFor(source, groups),
    level: 'core',
    cluster: source.name,
    run: inCluster(source.name, async (context, client) =>
      judge(context, steps, await askFrom(context, client, { source, groups })),
    ),
  };
}

function sentenceFor({ name, network }: ClusterSpec, groups: readonly AnswerGroup[]): string {
  const [where, how] = groups.some(({ counted }) => counted)
    ? [` on ${network} and of every other network`, 'by the weights of their pods and gateways']
    : groups.some(isJoint)
      ? [` on ${network} and of every other network`, 'evenly by their pods']
      : ['', 'evenly'];
  return `Calls from ${name} are answered by HelloWorld of every cluster${where}, ${how} and without an error.`;
}

/** Tells which instances answered from an unknown cluster, or from one that lacks their version. */
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

async function judge(context: CheckContext, steps: StepIndex, asked: Sampled): Promise<CheckOutcome> {
  const { source, groups, directory, convergence, plan, sampled } = asked;
  const count = countFor(context, directory);
  const answers = sampled && !isTrouble(sampled) ? sampled.answers : undefined;
  const sample = answers && sampleOf({ sample: plan }, asked, answers, count(answers));
  const judged = sample ?? count(convergence.recent);
  const partlyCounted = convergence.shortfalls.map(partOf);
  const [short] = partlyCounted;
  const trouble =
    sampled && isTrouble(sampled)
      ? sampled.trouble
      : (convergence.trouble ?? (short && describeShortfall(short, source.name)));
  const misplaced = misplacedIn(judged, context);
  const { errors = [], skews: shares = [] } = sample ? faultsOf(sample, clustersWith(context)) : {};
  const skews = [...shares, ...(sample?.evenness ? silentVersions(groups, sample) : [])];
  const wrong = [
    ...(convergence.converged
      ? []
      : [
          `the mesh did not converge within ${Math.round(convergence.afterMs / 1000)} s: ${trouble ?? `answers to the last ${convergence.last.length} calls: ${describeTally(count(convergence.last), clustersWith(context))}`}`,
        ]),
    ...(convergence.converged && trouble !== undefined ? [`the sample could not be taken: ${trouble}`] : []),
    ...errors,
    ...skews,
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
      ...(convergence.looks !== undefined && { looks: convergence.looks }),
      total: count(convergence.all),
      ...(convergence.last.length > 0 && { lastBatch: count(convergence.last) }),
      ...(trouble !== undefined && { trouble }),
      ...(partlyCounted.length > 0 && { partlyCounted }),
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
    skewed: skews.length > 0,
  });
}

const clustersWith = ({ topology }: CheckContext): readonly ClusterName[] =>
  contributionsOf(topology).map(({ cluster }) => cluster);
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/** The claim of "Verifying Cross-Cluster Traffic". */
export const reachesEveryVersion: CheckFamily = {
  id: 'CLUSTER-reaches-every-version',
  claim: 'Calls from the cluster are answered by HelloWorld of every cluster, evenly and without an error.',
  level: 'core',
  guide: 'Verifying Cross-Cluster Traffic',
  appliesTo: 'each cluster with a client',
  evidence: 'who answered a fixed sample of calls; on failure the endpoints of the client’s proxy',
  checksOf: (topology, steps) =>
    topology.clusters.filter(({ client }) => client).map(spec => trafficFrom(topology, spec, steps)),
};
