/** The pod and the container that the arguments of `kubectl exec` and `kubectl logs` stand for. */
import { messageOf } from '../../../base/errors.ts';
import { KubernetesApiError, type KubernetesObject } from '../../../base/kubernetes-client.ts';
import { ToolExit } from '../invocation.ts';
import { pathTo } from './resources.ts';
import { type Call, readTargets } from './verb.ts';

/** A pod, as far as `exec` and `logs` read it. */
export interface Pod extends KubernetesObject {
  readonly spec?: { readonly containers?: readonly { readonly name: string }[] };
  readonly status?: { readonly phase?: string };
}

/** The collection of pods, without a namespace. */
export const PODS = { apiVersion: 'v1', plural: 'pods' };

/** Returns the container's name: that of `-c`, else the annotated one, else the first. */
export function containerOf({ flags }: Call, pod: Pod): string {
  const asked = flags.text('container');
  if (asked !== undefined) return asked;
  const names = (pod.spec?.containers ?? []).map(({ name }) => name);
  const annotated = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container'];
  return annotated !== undefined && names.includes(annotated) ? annotated : (names[0] ?? '');
}

/**
 * Finds a pod by its name, or the first running one of a workload or Service.
 * @param forLogs - words errors as `kubectl logs` does, and tells which of several pods was taken
 * @throws ToolExit; KubernetesApiError
 */
export async function podOf(call: Call, word: string, forLogs = false): Promise<Pod> {
  const { client, namespace, signal, invocation } = call;
  const name = /^(?:pods?|po)\/(.+)$/.exec(word)?.[1] ?? (word.includes('/') ? undefined : word);
  if (name !== undefined) return await podNamed(call, name, forLogs);
  const labelSelector = await selectorOfOwner(call, word);
  const pods = (await client.list({ ...PODS, namespace }, { labelSelector }, signal)).items as Pod[]; // of `pods`
  const running = pods.filter(
    ({ status, metadata }) => status?.phase === 'Running' && !metadata.deletionTimestamp,
  );
  const pod = running[0] ?? pods[0];
  if (!pod) throw new ToolExit('error: timed out waiting for the condition');
  if (forLogs && pods.length > 1)
    invocation.stderr(`Found ${pods.length} pods, using pod/${pod.metadata.name}\n`);
  return pod;
}

async function podNamed({ client, namespace, signal }: Call, name: string, forLogs: boolean): Promise<Pod> {
  try {
    return (await client.get({ ...PODS, namespace, name }, signal)) as Pod; // the resource is `pods`
  } catch (error) {
    if (forLogs && error instanceof KubernetesApiError && error.code === 404) {
      throw new ToolExit(
        `error: error from server (NotFound): ${messageOf(error)} in namespace "${namespace}"`,
      );
    }
    throw error;
  }
}

/** Reads which pods a workload or Service selects, as a label selector. */
async function selectorOfOwner(call: Call, word: string): Promise<string> {
  const { client, namespace, signal } = call;
  const [target] = await readTargets(call.mapper, [word]);
  if (!target) throw new ToolExit('error: pod, type/name or --filename must be specified');
  const owner = await client.get(pathTo(target.resource, namespace, target.name), signal);
  // Of a workload or a Service.
  const { selector } = (owner['spec'] ?? {}) as { selector?: Record<string, unknown> };
  // Both are maps of texts.
  const labels = (selector?.['matchLabels'] ?? selector) as Record<string, string> | undefined;
  if (!labels)
    throw new ToolExit(
      `error: cannot attach to *unstructured.Unstructured: selector for ${target.resource.kind} not implemented`,
    );
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
