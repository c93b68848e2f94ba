/** Sends calls from a cluster's client pod, as `kubectl exec` does in the guide. */

import type { ApiClient } from '../base/api-client.ts';
import { HarnessError, messageOf } from '../base/errors.ts';
import { type ExecOutcome, KubernetesApiError } from '../base/kubernetes-client.ts';
import type { CheckContext } from './check.ts';
import { describePod, listPods, type PodFact } from './pods.ts';
import { type Answer, curlArgv, curlTimeoutMs, readAnswers } from './sampling.ts';
import { NAMESPACE } from './workloads.ts';

/** The context of an exec in a pod; a CheckContext fits. */
export type ExecContext = Pick<CheckContext, 'clock' | 'signal'>;

/** Why nothing could be asked: a state of the mesh, not of the API server. */
export interface Trouble {
  readonly trouble: string;
}
export const isTrouble = (value: object): value is Trouble => 'trouble' in value;

/**
 * Answers of the API server that speak of the pod and not of the server: gone, not running, no such
 * container.
 */
const POD_REFUSALS: ReadonlySet<number> = new Set([400, 404, 409, 500]);

/**
 * Runs a program in a pod.
 * @throws KubernetesApiError if the API server refuses the caller; HarnessError ERR_KUBERNETES_API if the
 *   connection breaks or hangs
 */
export async function execIn(
  client: ApiClient,
  at: { readonly namespace: string; readonly pod: string; readonly container: string | undefined },
  argv: readonly string[],
  { clock, signal }: ExecContext,
  timeoutMs: number,
): Promise<ExecOutcome | Trouble> {
  try {
    return await client.exec(at.namespace, at.pod, at.container, argv, { clock, signal, timeoutMs });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof KubernetesApiError) {
      if (!POD_REFUSALS.has(error.code)) throw error;
      const lost = error.code === 500 ? await unreachedKubelet(client, at, signal) : undefined;
      if (lost !== undefined) throw new HarnessError('ERR_KUBERNETES_API', `exec into ${at.pod}: ${lost}`);
      return { trouble: `exec into ${at.pod} was refused: ${error.message}` };
    }
    throw new HarnessError('ERR_KUBERNETES_API', `exec into ${at.pod}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/**
 * Tells a kubelet that the API server does not reach from a pod that takes no exec. Both are refused with 500,
 * and of a refused upgrade no words are left: a log is asked for, which takes the same way, over port 10250 of
 * the node (kubernetes/kubernetes pkg/kubelet/client/kubelet_client.go @v1.32.0).
 * @returns the API server's words
 */
async function unreachedKubelet(
  client: ApiClient,
  at: { readonly namespace: string; readonly pod: string; readonly container: string | undefined },
  signal: AbortSignal,
): Promise<string | undefined> {
  const container = at.container !== undefined && { container: at.container };
  try {
    await client.logs(at.namespace, at.pod, { tailLines: '1', ...container }, signal);
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    const said = messageOf(error);
    return /\bdial tcp\b|error dialing backend|no route to host/.test(said) ? said : undefined;
  }
}

/** Picks the pod that sends the calls: a ready one, else one that runs. */
export function pickClientPod(pods: readonly PodFact[], app: string): PodFact | undefined {
  const candidates = pods.filter(pod => pod.app === app);
  return (
    candidates.find(({ isReady }) => isReady) ??
    candidates.find(({ status }) => status === 'Running') ??
    candidates[0]
  );
}

/** Finds the pod that sends the calls of a cluster. */
export async function clientPodIn(context: CheckContext, client: ApiClient): Promise<PodFact | Trouble> {
  const pods = await listPods(client, NAMESPACE, context.signal, context.client);
  const pod = pickClientPod(pods, context.client);
  if (!pod)
    return { trouble: `there is no pod with the label app=${context.client} in the namespace ${NAMESPACE}` };
  return pod.status === 'Running' ? pod : { trouble: `the client pod does not run: ${describePod(pod)}` };
}

/**
 * Sends `requests` calls from the client pod of a cluster in one exec.
 * @param known - the pod, for calls that follow others at once; it is looked for without
 */
export async function callFrom(
  context: CheckContext,
  client: ApiClient,
  requests: number,
  known?: PodFact,
): Promise<{ readonly answers: readonly Answer[]; readonly pod: PodFact } | Trouble> {
  const pod = known ?? (await clientPodIn(context, client));
  if (isTrouble(pod)) return pod;
  const outcome = await execIn(
    client,
    { namespace: NAMESPACE, pod: pod.name, container: context.client },
    curlArgv(requests),
    context,
    curlTimeoutMs(requests),
  );
  if (isTrouble(outcome)) return outcome;
  const { answers, defect } = readAnswers(outcome, requests);
  return defect === undefined ? { answers, pod } : { trouble: defect };
}
