/** Pods of one network reach each other directly, and pods of two networks do not. */

import type { ClusterName } from '../../../model/names.ts';
import type { ClusterSpec, Topology } from '../../../model/topology.ts';
import { isTrouble, pickClientPod, type Trouble } from '../../calling.ts';
import type { Check, CheckContext, CheckFamily, Diagnosis } from '../../check.ts';
import { inOrder, type StepIndex } from '../../diagnose/steps.ts';
import {
  type Caller,
  callDirectly,
  describeAnswer,
  isUnreachable,
  sidecarCaller,
} from '../../direct-call.ts';
import { modeOf } from '../../peer-authentication.ts';
import { listPods } from '../../pods.ts';
import type { Answer } from '../../sampling.ts';
import { APPLICATION_PORT, NAMESPACE, SERVICE } from '../../workloads.ts';
import { inCluster } from '../in-cluster.ts';

/** One pod of another cluster, called from two places. */
interface Attempt {
  readonly target: ClusterSpec;
  readonly pod: string;
  readonly direct: Answer | Trouble;
  /** The same call from the pod's own cluster. */
  readonly control: Answer | Trouble;
  /** What was called, in words: the pod, or its sidecar where plain text is refused. */
  readonly called: 'pod' | 'sidecar';
}

/** The port of a sidecar that is not redirected and answers in plain text, whatever the mode. */
const HEALTH = ':15021/healthz/ready';

/**
 * Tells whether the pod has answered by itself. HelloWorld's answer has its name. A sidecar has none, so its
 * status has to do.
 */
const isFrom = (answer: Answer | Trouble, pod: string, called: Attempt['called']): boolean => {
  if (isTrouble(answer)) return false;
  return called === 'pod'
    ? answer.kind === 'answer' && answer.instance === pod
    : answer.kind === 'error' && answer.error.startsWith('200 ');
};

async function attemptsFrom(
  context: CheckContext,
  spec: ClusterSpec,
  caller: Caller,
): Promise<readonly Attempt[]> {
  const targets = context.topology.clusters.filter(
    ({ name, helloWorld }) => name !== spec.name && helloWorld.length > 0,
  );
  const attempts = await Promise.all(
    targets.map(async target => {
      const client = context.clusters.get(target.name)?.client;
      if (!client) return [];
      const pods = await listPods(client, NAMESPACE, context.signal);
      const near = pickClientPod(pods, context.client);
      return await Promise.all(
        pods
          .filter(({ app, status, address }) => app === SERVICE && status === 'Running' && address)
          .map(async (pod): Promise<Attempt> => {
            const { mode } = await modeOf(context, target, pod, APPLICATION_PORT);
            const called = mode === 'STRICT' ? 'sidecar' : 'pod';
            const url = `http://${pod.address}${called === 'pod' ? `:${APPLICATION_PORT}/hello` : HEALTH}`;
            // Without a client there, the pod's own sidecar asks.
            const asker = near?.status === 'Running' && near.hasSidecar ? near : pod;
            const [direct, control] = await Promise.all([
              callDirectly(context, caller, url),
              callDirectly(context, { ...caller, client, pod: asker.name }, url),
            ]);
            return { target, pod: pod.name, direct, control, called };
          }),
      );
    }),
  );
  return attempts.flat();
}

/** Says what is wrong with an attempt; undefined if nothing is. */
function defectOf(spec: ClusterSpec, { target, pod, direct, control, called }: Attempt): string | undefined {
  if (!isFrom(control, pod, called))
    return `${pod} is not even reached in ${target.name}: ${describeAnswer(control)}`;
  const said = describeAnswer(direct);
  if (target.network === spec.network)
    return isFrom(direct, pod, called)
      ? undefined
      : `${pod} of ${target.name} is not reached on ${spec.network}: ${said}`;
  if (isFrom(direct, pod, called))
    return `${pod} of ${target.name} is reached directly, from ${spec.network} to ${target.network}`;
  // Where pod ranges overlap, the address may be that of a pod nearby.
  const isOther = !isTrouble(direct) && direct.kind === 'answer';
  if (isOther || (!isTrouble(direct) && isUnreachable(direct))) return undefined;
  return `nothing shows that ${pod} of ${target.name} is out of reach: ${said}`;
}

/** Tells whether an attempt contradicts the networks; one that was not answered anywhere tells nothing. */
const isAgainst = (spec: ClusterSpec, { target, pod, direct, control, called }: Attempt): boolean =>
  target.network === spec.network
    ? isFrom(control, pod, called) && !isFrom(direct, pod, called)
    : isFrom(direct, pod, called);

/**
 * Makes the check of the networks: on one, "workloads in each cluster can reach directly to one another
 * (pod-to-pod) across cluster boundaries"; on two there is "no direct connectivity between pods across
 * cluster boundaries". Plain HTTP, from the container of the client's sidecar, whose user is not redirected.
 */
function reachFrom(topology: Topology, spec: ClusterSpec, steps: StepIndex): Check {
  return {
    id: `${spec.name}-pod-to-pod`,
    sentence:
      `Pods in ${spec.name} reach pods of other clusters directly on ` +
      `${spec.network}, and on no other network.`,
    level: 'extended',
    cluster: spec.name,
    run: inCluster(spec.name, async (context, client) => {
      const caller = await sidecarCaller(context, client);
      if (isTrouble(caller)) return caller;
      const attempts = await attemptsFrom(context, spec, caller);
      const missing = topology.clusters
        .filter(({ name, helloWorld }) => name !== spec.name && helloWorld.length > 0)
        .filter(({ name }) => !attempts.some(({ target }) => target.name === name))
        .map(({ name }) => `${name} has no pod of ${SERVICE} to call`);
      const wrong = [...missing, ...attempts.flatMap(attempt => defectOf(spec, attempt) ?? [])];
      const evidence = attempts.map(({ target, pod: name, direct, control, called }) => ({
        cluster: target.name,
        network: target.network,
        pod: name,
        called,
        direct: describeAnswer(direct),
        fromItsOwnCluster: describeAnswer(control),
      }));
      if (wrong.length === 0) {
        const found = attempts.map(({ target, direct }) =>
          target.network === spec.network
            ? `${target.name} is reached`
            : `${target.name} is not reached (${describeAnswer(direct)})`,
        );
        return { outcome: 'passed', found: found.join('; '), evidence };
      }
      return {
        outcome: 'failed',
        found: wrong.join('; '),
        evidence,
        ...(!attempts.some(attempt => isAgainst(spec, attempt)) && { unproved: true }),
        diagnosis: diagnosisOf(spec, steps, attempts),
      };
    }),
  };
}

/** Says what keeps pods apart, or does not. No step of the guide makes a route: there is nothing to paste. */
function diagnosisOf(spec: ClusterSpec, steps: StepIndex, attempts: readonly Attempt[]): Diagnosis {
  const { name, network } = spec;
  const wrong = attempts.filter(attempt => defectOf(spec, attempt) !== undefined);
  const isReached = ({ pod, control, called }: Attempt) => isFrom(control, pod, called);
  const apart = wrong.find(attempt => isReached(attempt) && attempt.target.network === network)?.target;
  const together = wrong.find(attempt => isReached(attempt) && attempt.target.network !== network)?.target;
  const other = apart ?? together;
  if (!other) {
    return {
      cause: 'workload-not-ready',
      sentence: 'HelloWorld does not run where it is called, or answers nobody there.',
      steps: inOrder(steps.about('workload'), steps.about('client', name)),
    };
  }
  return {
    cause: apart ? 'routes-missing' : 'routes-not-as-said',
    sentence: apart
      ? `Nothing leads from the pods of ${name} to those of ${other.name}, as it must on ${network}: a ` +
        'route is missing, or a firewall is in the way. Else each cluster needs a network of its own, ' +
        'and gateways.'
      : `Pods of ${name} and ${other.name} are to be on two networks, and a route joins them: take it ` +
        'away, or install both clusters for one network.',
    steps: inOrder(steps.about('install', other.name), steps.about('install', name)),
    undo: [],
  };
}

/** Which pods a cluster can call: those of its network. */
const others = ({ clusters }: Topology, name: ClusterName): boolean =>
  clusters.some(cluster => cluster.name !== name && cluster.helloWorld.length > 0);

/** The claim of "Before you begin" about networks. */
export const podToPod: CheckFamily = {
  id: 'CLUSTER-pod-to-pod',
  claim: 'Pods reach pods of other clusters directly on their own network, and on no other network.',
  level: 'extended',
  guide: 'Install Istio',
  appliesTo: 'each cluster with a client, if another has HelloWorld',
  evidence: 'a direct call of each pod of another cluster, beside the same call from the pod’s own cluster',
  checksOf: (topology, steps) =>
    topology.clusters
      .filter(({ client, name }) => client && others(topology, name))
      .map(spec => reachFrom(topology, spec, steps)),
};
