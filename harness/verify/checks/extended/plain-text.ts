/** HelloWorld refuses plain text where mTLS is strict, and only there. */

import type { ApiClient } from '../../../base/api-client.ts';
import type { ClusterSpec } from '../../../model/topology.ts';
import { callFrom, isTrouble, type Trouble } from '../../calling.ts';
import type { Check, CheckContext, CheckFamily, Diagnosis } from '../../check.ts';
import { mending } from '../../diagnose/mending.ts';
import { inOrder, type StepIndex } from '../../diagnose/steps.ts';
import { type Caller, callDirectly, describeAnswer, isRefusal, sidecarCaller } from '../../direct-call.ts';
import { type MtlsMode, modeOf } from '../../peer-authentication.ts';
import { listPods } from '../../pods.ts';
import type { Answer } from '../../sampling.ts';
import { APPLICATION_PORT, NAMESPACE, SERVICE } from '../../workloads.ts';
import { inCluster } from '../in-cluster.ts';

/** A pod that was called in plain text. */
interface Attempt extends MtlsMode {
  readonly pod: string;
  readonly hasSidecar: boolean;
  readonly answer: Answer | Trouble;
}

/** Calls to the Service that find each of two pods, but for once in a thousand million runs. */
const MESH_CALLS = 30;

async function attemptsIn(
  context: CheckContext,
  spec: ClusterSpec,
  caller: Caller,
): Promise<readonly Attempt[]> {
  const pods = await listPods(caller.client, NAMESPACE, context.signal);
  return await Promise.all(
    pods
      .filter(({ app, status, address }) => app === SERVICE && status === 'Running' && address !== undefined)
      .map(async pod => ({
        pod: pod.name,
        hasSidecar: pod.hasSidecar,
        ...(await modeOf(context, spec, pod, APPLICATION_PORT)),
        answer: await callDirectly(context, caller, `http://${pod.address}:${APPLICATION_PORT}/hello`),
      })),
  );
}

/** Names the pods that do not even answer the mesh: a pod that answers nobody refuses nobody. */
async function silentToTheMesh(
  context: CheckContext,
  client: ApiClient,
  attempts: readonly Attempt[],
): Promise<readonly string[]> {
  const strict = attempts.filter(({ mode }) => mode === 'STRICT');
  if (strict.length === 0) return [];
  const called = await callFrom(context, client, MESH_CALLS);
  if (isTrouble(called)) return [called.trouble];
  return strict
    .filter(({ pod }) => !called.answers.some(answer => answer.kind === 'answer' && answer.instance === pod))
    .map(({ pod }) => `${pod} does not answer the client of the mesh either`);
}

/** Says what is wrong with the answer to plain text; undefined if nothing is. */
function defectOf({ pod, mode, saidBy, answer }: Attempt): string | undefined {
  const said = describeAnswer(answer);
  if (isTrouble(answer)) return said;
  if (mode === 'STRICT') {
    if (isRefusal(answer)) return undefined;
    return answer.kind === 'answer'
      ? `${pod} answers plain text, though mTLS is strict (${saidBy})`
      : `no refusal of plain text by ${pod} was seen: ${said}`;
  }
  return answer.kind === 'answer' && answer.instance === pod
    ? undefined
    : `${pod} does not answer plain text, though mTLS is not strict (${mode}, ${saidBy}): ${said}`;
}

/** Tells whether an answer contradicts the mode; silence where a refusal is awaited tells nothing. */
const isAgainst = (attempt: Attempt): boolean =>
  defectOf(attempt) !== undefined &&
  !isTrouble(attempt.answer) &&
  (attempt.mode !== 'STRICT' || attempt.answer.kind === 'answer');

/** Says why a sidecar does otherwise than PeerAuthentication asks. */
function diagnosisOf({ name }: ClusterSpec, steps: StepIndex, attempts: readonly Attempt[]): Diagnosis {
  const [injection, workload, install] = (['injection', 'workload', 'install'] as const).map(topic =>
    steps.about(topic, name),
  );
  const wrong = attempts.find(attempt => defectOf(attempt) !== undefined);
  if (!wrong?.hasSidecar) {
    const sentence = wrong
      ? `HelloWorld in ${name} has no sidecar, which alone could refuse plain text.`
      : `HelloWorld in ${name} does not run, or answers nobody.`;
    const cause = wrong ? 'injection-failed' : 'workload-not-ready';
    return { cause, sentence, steps: inOrder(wrong ? (injection ?? []) : [], workload ?? [], install ?? []) };
  }
  return {
    cause: 'mode-not-kept',
    sentence:
      `The sidecar of HelloWorld in ${name} has not taken the policy: it lost its istiod, or ` +
      'refuses what that sends. Started anew, it asks again.',
    steps: inOrder(workload ?? [], install ?? []),
    undo: [mending(name, '-n', NAMESPACE, 'rollout', 'restart', 'deployment')],
  };
}

const describeAttempt = ({ pod, mode, saidBy, answer }: Attempt): string =>
  mode === 'STRICT'
    ? `${pod} refuses plain text, as it should (STRICT, ${saidBy}): ${describeAnswer(answer)}`
    : `${pod} answers plain text, as it may (${mode}, ${saidBy})`;

/**
 * Makes the check of what HelloWorld does with a caller in plain text: it comes from the container of the
 * client's sidecar, whose user is not redirected. Istio's default is PERMISSIVE, which takes it.
 */
function plainTextIn(spec: ClusterSpec, steps: StepIndex): Check {
  return {
    id: `${spec.name}-plain-text`,
    sentence:
      `HelloWorld in ${spec.name} refuses plain text where mTLS is strict, and takes ` +
      'it where it is not.',
    level: 'extended',
    cluster: spec.name,
    run: inCluster(spec.name, async (context, client) => {
      const caller = await sidecarCaller(context, client);
      if (isTrouble(caller)) return caller;
      const attempts = await attemptsIn(context, spec, caller);
      const wrong = [
        ...(attempts.length === 0 ? [`${spec.name} has no pod of ${SERVICE} to call`] : []),
        ...attempts.flatMap(attempt => defectOf(attempt) ?? []),
        ...(await silentToTheMesh(context, client, attempts)),
      ];
      const evidence = attempts.map(({ answer, ...attempt }) => ({
        ...attempt,
        plainText: describeAnswer(answer),
      }));
      if (wrong.length === 0)
        return { outcome: 'passed', found: attempts.map(describeAttempt).join('; '), evidence };
      return {
        outcome: 'failed',
        found: wrong.join('; '),
        evidence,
        ...(!attempts.some(isAgainst) && { unproved: true }),
        diagnosis: diagnosisOf(spec, steps, attempts),
      };
    }),
  };
}

/** The claim about mTLS between workloads, seen from outside of it. */
export const plainText: CheckFamily = {
  id: 'CLUSTER-plain-text',
  claim: 'HelloWorld refuses plain text where mTLS is strict, and takes it where it is not.',
  level: 'extended',
  guide: 'Configure Trust',
  appliesTo: 'each cluster with HelloWorld and a client',
  evidence: 'a call in plain text of each pod, and the PeerAuthentication that speaks of it',
  checksOf: ({ clusters }, steps) =>
    clusters
      .filter(({ client, helloWorld }) => client && helloWorld.length > 0)
      .map(spec => plainTextIn(spec, steps)),
};
