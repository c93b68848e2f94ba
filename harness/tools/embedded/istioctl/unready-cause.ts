/** Why a Deployment is not ready, as its pods tell. istio/istio operator/pkg/install/wait.go @1.30.3 */
import { isNotFound, type KubernetesClient, type KubernetesObject } from '../../../base/kubernetes-client.ts';

interface Pod extends KubernetesObject {
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
    }[];
    readonly containerStatuses?: readonly {
      readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } };
    }[];
  };
}

interface Deployment extends KubernetesObject {
  readonly spec?: { readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> } };
}

/**
 * Returns the line for what is not ready. Unlike istioctl, whose line is empty then, it names what has no
 * cause.
 * @param target - `Deployment/istio-system/istiod`, or another kind without a cause
 */
export async function withCause(
  client: KubernetesClient,
  target: string,
  signal: AbortSignal,
): Promise<string> {
  const [kind, namespace = '', name = ''] = target.split('/');
  const cause = kind === 'Deployment' ? await causeOf(client, namespace, name, signal) : '';
  return cause === '' ? `  ${target}` : `  ${target} (${cause})`;
}

async function causeOf(
  client: KubernetesClient,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<string> {
  const path = { apiVersion: 'apps/v1', plural: 'deployments', namespace, name };
  try {
    const deployment = (await client.get(path, signal)) as Deployment; // of `deployments`
    const labels = Object.entries(deployment.spec?.selector?.matchLabels ?? {});
    const { items } = await client.list(
      { apiVersion: 'v1', plural: 'pods', namespace },
      { labelSelector: labels.map(([label, value]) => `${label}=${value}`).join(',') },
      signal,
    );
    const made = (pod: KubernetesObject) => String(pod.metadata['creationTimestamp'] ?? '');
    const pods = [...items].sort((a, b) => (made(a) < made(b) ? 1 : -1)) as Pod[]; // of `pods`
    return pods.map(reasonOf).find(reason => reason !== undefined) ?? '';
  } catch (error) {
    if (isNotFound(error)) return '';
    throw error;
  }
}

function reasonOf({ status }: Pod): string | undefined {
  for (const { state } of status?.containerStatuses ?? [])
    if (state?.waiting)
      return `container failed to start: ${state.waiting.reason ?? ''}: ${state.waiting.message ?? ''}`;
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status === 'False' ? (ready.message ?? '') : undefined;
}
