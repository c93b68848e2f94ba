/** The workloads of a cluster are ready as the guide shows it. */

import { sleep } from '../../base/clock.ts';
import type { ClusterSpec } from '../../model/topology.ts';
import type { Check, CheckContext, CheckFamily, CheckOutcome } from '../check.ts';
import { describeCluster } from '../diagnose/facts.ts';
import { gatherFacts } from '../diagnose/gather-facts.ts';
import type { StepIndex } from '../diagnose/steps.ts';
import { tryGather } from '../diagnose/try-gather.ts';
import { explainUnready } from '../diagnose/unready-workloads.ts';
import { describePod, listPods, type PodFact } from '../pods.ts';
import { NAMESPACE, SERVICE } from '../workloads.ts';
import { inCluster } from './in-cluster.ts';

/** Pauses between two looks, milliseconds; the last one repeats. */
const PAUSES_MS = [500, 1000, 2000, 4000, 8000, 15_000];

/** The pods that a cluster must have: one for each version of HelloWorld, and the client's. */
interface Wanted {
  readonly what: string;
  readonly matches: (pod: PodFact) => boolean;
}

function wantedIn(spec: ClusterSpec, client: string): readonly Wanted[] {
  const versions = spec.helloWorld.map(version => ({
    what: `helloworld-${version}`,
    matches: (pod: PodFact) => pod.app === SERVICE && pod.version === version,
  }));
  return spec.client ? [...versions, { what: client, matches: pod => pod.app === client }] : versions;
}

/** Finds the problems of the pods in the namespace; empty if they are as the guide shows them. */
function findings(pods: readonly PodFact[], wanted: readonly Wanted[]): readonly string[] {
  const missing = wanted
    .filter(({ matches }) => !pods.some(matches))
    .map(({ what }) => `there is no pod of ${what}`);
  const notReady = pods
    .filter(({ isReady }) => !isReady)
    .map(pod => {
      const why =
        !pod.hasSidecar && pod.status === 'Running'
          ? 'it has no sidecar'
          : (pod.message ?? (pod.hasSidecar && pod.status === 'Running' ? notReadyOf(pod) : ''));
      return `${describePod(pod)}${why === '' ? '' : ` (${why})`}`;
    });
  return [...missing, ...notReady];
}

/** Tells whether waiting may help. It does not for pods that run without a sidecar: they stay so. */
function isSettled(pods: readonly PodFact[], wanted: readonly Wanted[]): boolean {
  return (
    wanted.every(({ matches }) => pods.some(matches)) &&
    pods.every(
      ({ status, readyContainers, containers }) => status === 'Running' && readyContainers === containers,
    )
  );
}

async function waitForPods(
  look: () => Promise<readonly PodFact[]>,
  wanted: readonly Wanted[],
  { clock, signal, convergenceMs }: Pick<CheckContext, 'clock' | 'signal' | 'convergenceMs'>,
) {
  const start = clock.now();
  for (let looks = 0; ; looks += 1) {
    const pods = await look();
    const passedMs = clock.now() - start;
    if (isSettled(pods, wanted) || passedMs >= convergenceMs) return pods;
    const pause = PAUSES_MS[Math.min(looks, PAUSES_MS.length - 1)] ?? 0;
    await sleep(clock, Math.max(1, Math.min(pause, convergenceMs - passedMs)), signal);
  }
}

/**
 * Makes the check that every pod of the guide's namespace is `2/2 Running` in this cluster, those that the
 * topology asks for among them. The guide, "Verify the Installation": `helloworld-v1-86f77cd7bd-cpxhv 2/2
 * Running`. A pod that is `1/1` has no sidecar: a failure.
 */
function readinessOf(spec: ClusterSpec, steps: StepIndex): Check {
  return {
    id: `${spec.name}-workloads-ready`,
    sentence: `Every workload pod in ${spec.name} is ready, with its sidecar.`,
    level: 'core',
    cluster: spec.name,
    run: inCluster(spec.name, async (context, client) => {
      const wanted = wantedIn(spec, context.client);
      const look = () => listPods(client, NAMESPACE, context.signal);
      const pods = await waitForPods(look, wanted, context);
      const wrong = findings(pods, wanted);
      const evidence = { pods: pods.map(describePod) };
      if (wrong.length === 0) {
        return { outcome: 'passed', found: evidence.pods.join(', '), evidence };
      }
      return await explain(context, spec, steps, pods, wrong);
    }),
  };
}

async function explain(
  context: CheckContext,
  spec: ClusterSpec,
  steps: StepIndex,
  pods: readonly PodFact[],
  wrong: readonly string[],
): Promise<CheckOutcome> {
  const blocked = pods.filter(({ isReady }) => !isReady);
  const isEnvironment =
    blocked.length > 0 && blocked.every(({ blockedByEnvironment }) => blockedByEnvironment);
  const facts = await tryGather(() => gatherFacts(context), context.signal);
  const known = 'reason' in facts ? undefined : facts;
  const diagnosis = known && !isEnvironment ? explainUnready(known, spec, steps, context.client) : undefined;
  const cluster = known?.clusters.get(spec.name);
  return {
    outcome: isEnvironment ? 'unknown' : 'failed',
    found: wrong.join('; '),
    evidence: cluster ? describeCluster(cluster) : { pods: pods.map(describePod) },
    ...(diagnosis && { diagnosis }),
  };
}

/** The claim of "Verify the Installation": pods are `2/2 Running`. */
export const workloadsReady: CheckFamily = {
  id: 'CLUSTER-workloads-ready',
  claim: 'Every workload pod in the cluster is ready, with its sidecar.',
  level: 'core',
  guide: 'Verify the Installation',
  appliesTo: 'each cluster with HelloWorld or a client',
  evidence: 'the pods of the namespace; on failure what the cluster holds',
  checksOf: ({ clusters }, steps) =>
    clusters
      .filter(({ helloWorld, client }) => client || helloWorld.length > 0)
      .map(spec => readinessOf(spec, steps)),
};

const notReadyOf = ({ waitsForItself }: PodFact): string =>
  waitsForItself ? 'its sidecar is ready, and a container of its own is not' : 'its sidecar is not ready';
