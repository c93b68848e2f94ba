/**
 * The evidence that the environment is sound, taken at the moment of a failure: API servers, nodes, images,
 * scheduling, sandboxes.
 */
import type { Clock } from '../base/clock.ts';
import { linkedSignal } from '../base/deadline.ts';
import { messageOf } from '../base/errors.ts';
import { isNotFound, type KubernetesClient, type KubernetesObject } from '../base/kubernetes-client.ts';

/** Milliseconds for the calls to one cluster. */
const TIMEOUT_MS = 20_000;
/** Clocks of machines differ: a pod that is this much older than the run may be of the run. */
const CLOCK_SKEW_MS = 60_000;

const IMAGE_REASONS = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
]);
/**
 * A gateway's image until injection fills it in: that no one can pull it is the mesh's own doing
 * (docs/reference/istio.md I4).
 */
const IMAGE_TO_BE_INJECTED = 'auto';

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}
interface ContainerStatus {
  readonly image?: string;
  readonly name: string;
  readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } };
}
interface Pod extends KubernetesObject {
  readonly spec?: {
    readonly containers?: readonly ContainerImage[];
    readonly initContainers?: readonly ContainerImage[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly Condition[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}
interface ContainerImage {
  readonly name: string;
  readonly image?: string;
}

/**
 * Looks for a reason outside of the mesh.
 * @param sinceMs - when the run began, by `clock`; older pods are ignored
 * @returns a sentence about the first that is found, in the order of `clients`; undefined if all is sound
 */
export async function findEnvironmentFault(
  clients: ReadonlyMap<string, KubernetesClient>,
  options: { readonly clock: Clock; readonly sinceMs: number; readonly signal: AbortSignal },
): Promise<string | undefined> {
  const faults = await Promise.all(
    [...clients].map(([cluster, client]) => inspect(cluster, client, options)),
  );
  return faults.find(fault => fault !== undefined);
}

async function inspect(
  cluster: string,
  client: KubernetesClient,
  {
    clock,
    sinceMs,
    signal,
  }: { readonly clock: Clock; readonly sinceMs: number; readonly signal: AbortSignal },
): Promise<string | undefined> {
  using linked = linkedSignal(signal, {
    clock,
    timeoutMs: TIMEOUT_MS,
    reason: () => new Error(`no answer within ${TIMEOUT_MS / 1000} s`),
  });
  try {
    return await findFault(cluster, client, sinceMs, linked.signal);
  } catch (error) {
    return signal.aborted
      ? undefined
      : `The API server of ${cluster} does not answer as it should: ${messageOf(error)}`;
  }
}

/** Looks at the API server, then at nodes, then at the pods that are not older than `sinceMs`. */
async function findFault(
  cluster: string,
  client: KubernetesClient,
  sinceMs: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  await client.request('GET', '/readyz', { signal });
  const nodes = await client.list({ apiVersion: 'v1', plural: 'nodes' }, {}, signal);
  const broken = nodes.items.find(node => !isReady(node));
  if (broken) return `Node ${broken.metadata.name} of ${cluster} is not ready.`;
  const { items } = await client.list({ apiVersion: 'v1', plural: 'pods' }, {}, signal);
  const pods = (items as Pod[]).filter(pod => madeAtMs(pod) >= sinceMs - CLOCK_SKEW_MS); // of `pods`
  for (const pod of pods) {
    const fault = podFault(pod);
    if (fault !== undefined)
      return `Pod ${pod.metadata.namespace}/${pod.metadata.name} of ${cluster} ${fault}.`;
  }
  const stuck = pods.filter(pod => pod.status?.phase === 'Pending');
  return stuck.length === 0 ? undefined : await findSandboxFault(cluster, client, stuck, signal);
}

function isReady(node: KubernetesObject): boolean {
  const { conditions } = (node['status'] ?? {}) as { conditions?: readonly Condition[] }; // a NodeStatus
  return conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

const madeAtMs = ({ metadata }: Pod) => Date.parse(metadata.creationTimestamp ?? '') || 0;

/**
 * Describes what became of a pod's container, as words that can follow the pod's name.
 * @returns undefined if nothing is wrong
 */
function podFault({ spec, status }: Pod): string | undefined {
  const images = new Map(
    [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map(each => [each.name, each.image]),
  );
  for (const container of [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]) {
    const { reason = '' } = container.state?.waiting ?? {};
    const image = images.get(container.name) ?? container.image;
    if (IMAGE_REASONS.has(reason) && image !== IMAGE_TO_BE_INJECTED)
      return `has no image for ${container.name}: ${reason} ${image}`;
  }
  const scheduled = status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False' && scheduled.reason === 'Unschedulable') {
    return `cannot be scheduled: ${scheduled.message ?? scheduled.reason}`;
  }
  return undefined;
}

async function findSandboxFault(
  cluster: string,
  client: KubernetesClient,
  stuck: readonly Pod[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const uids = new Set(stuck.map(({ metadata }) => metadata.uid));
  try {
    const { items } = await client.list(
      { apiVersion: 'v1', plural: 'events' },
      { fieldSelector: 'reason=FailedCreatePodSandBox' },
      signal,
    );
    for (const event of items) {
      // An ObjectReference.
      const { uid, namespace, name } = (event['involvedObject'] ?? {}) as Record<string, string | undefined>;
      if (uid !== undefined && uids.has(uid)) {
        return `Pod ${namespace}/${name} of ${cluster} gets no sandbox: ${String(event['message'] ?? '')}`;
      }
    }
    return undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
