/**
 * How many pods there should be of those that a disruption budget covers: the replicas of whatever controls
 * them (pkg/controller/disruption/disruption.go @v1.34: getExpectedScale).
 */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { controllerOf, type OwnerReference, type Pod, type Stored } from '../client/kinds.ts';
import type { LocalClient } from '../client/local.ts';
import { objectOf } from '../registry/json.ts';
import type { ResourceKey } from '../registry/resources.ts';

/** The kinds that control pods and have a scale. */
const SCALED: Readonly<Record<string, ResourceKey>> = {
  ReplicaSet: 'replicasets.apps',
  ReplicationController: 'replicationcontrollers',
  StatefulSet: 'statefulsets.apps',
};
/** The kinds that control pods and have none, as the error names them. */
const UNSCALED: Readonly<Record<string, string>> = {
  Job: 'batch/v1, Resource=jobs',
  DaemonSet: 'apps/v1, Resource=daemonsets',
};

/** The outcome of counting. */
type ExpectedPods =
  | { readonly kind: 'counted'; readonly count: number; readonly hasUnmanaged: boolean }
  | { readonly kind: 'failed'; readonly message: string };

/** Adds up the replicas of all that control these pods; a pod that nobody controls counts for nothing. */
export function expectedPods(client: LocalClient, pods: readonly Pod[]): ExpectedPods {
  const scales = new Map<string, number>();
  let hasUnmanaged = false;
  for (const pod of pods) {
    const owner = controllerOf(pod);
    if (!owner) {
      hasUnmanaged = true;
      continue;
    }
    const unscaled = UNSCALED[owner.kind];
    if (unscaled !== undefined)
      return { kind: 'failed', message: `${unscaled} does not implement the scale subresource` };
    const controller = scaledController(client, owner, pod.metadata.namespace ?? '');
    if (!controller) {
      const name = JSON.stringify(pod.metadata.name);
      return { kind: 'failed', message: `found no controllers for pod ${name}` };
    }
    const replicas = objectOf(controller['spec'])['replicas'];
    scales.set(controller.metadata.uid ?? '', typeof replicas === 'number' ? replicas : 1);
  }
  const count = [...scales.values()].reduce((sum, replicas) => sum + replicas, 0);
  return { kind: 'counted', count, hasUnmanaged };
}

/** Finds what a pod's owner is scaled by: of a ReplicaSet of a Deployment, the Deployment. */
function scaledController(
  client: LocalClient,
  owner: OwnerReference,
  namespace: string,
): KubernetesObject | undefined {
  const resource = SCALED[owner.kind];
  const found = resource === undefined ? undefined : client.get(resource, namespace, owner.name);
  if (found?.metadata.uid !== owner.uid || !found) return undefined;
  const above = controllerOf(found as Stored);
  if (above?.kind !== 'Deployment') return found;
  const deployment = client.get('deployments.apps', namespace, above.name);
  return deployment?.metadata.uid === above.uid ? deployment : found;
}
