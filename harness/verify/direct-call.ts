/** Calls an address directly: from a pod, past its sidecar. */
import type { ApiClient } from '../base/api-client.ts';
import { clientPodIn, execIn, isTrouble, type Trouble } from './calling.ts';
import type { CheckContext } from './check.ts';
import { isClosedByPeer } from './closed-by-peer.ts';
import { type Answer, callArgv, readAnswers } from './sampling.ts';
import { NAMESPACE, SIDECAR } from './workloads.ts';

/** Where a call is made. */
export interface Caller {
  readonly client: ApiClient;
  readonly namespace: string;
  readonly pod: string;
  /** The container of a sidecar: its user is not redirected, so that no proxy answers in another's place. */
  readonly container: string;
}

/**
 * Finds the sidecar of a cluster's client pod to call from.
 * @returns why there is none where the pod is absent or does not run
 */
export async function sidecarCaller(context: CheckContext, client: ApiClient): Promise<Caller | Trouble> {
  const pod = await clientPodIn(context, client);
  return isTrouble(pod) ? pod : { client, namespace: NAMESPACE, pod: pod.name, container: SIDECAR };
}

/** Seconds until a call that nobody answers is given up; packets between networks vanish. */
const TIMEOUT_SECONDS = 5;

/**
 * Calls a URL once.
 * @param more - arguments of curl besides
 * @returns HelloWorld's answer or an error: `curl: (28) …` without an answer, `404 …` with one
 */
export async function callDirectly(
  context: CheckContext,
  { client, namespace, pod, container }: Caller,
  url: string,
  more: readonly string[] = [],
): Promise<Answer | Trouble> {
  const argv = callArgv(url, TIMEOUT_SECONDS, more);
  const outcome = await execIn(client, { namespace, pod, container }, argv, context, 60_000);
  if (isTrouble(outcome)) return outcome;
  const { answers, defect } = readAnswers(outcome, 1);
  return answers[0] ?? { trouble: defect ?? 'curl reported no call' };
}

/** Tells whether the other end of an address did not answer: no route, or packets that vanish. */
export const isUnreachable = (answer: Answer): boolean =>
  answer.kind === 'error' && /^curl: \((7|28)\) /.test(answer.error);

/** Tells whether a connection came about and was closed without an answer. */
export function isRefusal(answer: Answer): boolean {
  if (answer.kind !== 'error') return false;
  const [, exitCode, words = ''] = /^curl: \((\d+)\) (.*)/.exec(answer.error) ?? [];
  return isClosedByPeer(Number(exitCode), words);
}

/** Writes what came of a call: `v1 (helloworld-v1-…)`, or curl's words. */
export const describeAnswer = (answer: Answer | Trouble): string =>
  isTrouble(answer)
    ? answer.trouble
    : answer.kind === 'answer'
      ? `${answer.version} (${answer.instance})`
      : answer.error;
