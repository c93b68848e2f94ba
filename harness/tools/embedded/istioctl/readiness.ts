/**
 * Waits for what an installation brings up. istio/istio operator/pkg/helmreconciler/wait.go @1.8.0,
 * operator/pkg/install/wait.go @1.30.3
 */
import type { KubernetesClient, KubernetesObject, ResourcePath } from '../../../base/kubernetes-client.ts';
import type { WaitTarget } from '../../../simulator/istio/install/install-plan.ts';
import { followUntil, type Snapshot } from '../follow.ts';

const COLLECTIONS: Readonly<Record<WaitTarget['kind'], Omit<ResourcePath, 'namespace'>>> = {
  CustomResourceDefinition: { apiVersion: 'apiextensions.k8s.io/v1', plural: 'customresourcedefinitions' },
  Namespace: { apiVersion: 'v1', plural: 'namespaces' },
  Deployment: { apiVersion: 'apps/v1', plural: 'deployments' },
};

/** Names a workload: `Deployment/istio-system/istiod`. */
export const targetName = ({ kind, namespace, name }: WaitTarget): string =>
  `${kind}/${namespace === undefined ? '' : `${namespace}/`}${name}`;

/**
 * Follows all targets, a collection at a time and side by side.
 * @param onWaiting - told the names of what is not ready whenever they change
 * @returns the names of what was not ready when `signal` aborted; none if all came up
 */
export async function waitForTargets(
  client: KubernetesClient,
  targets: readonly WaitTarget[],
  onWaiting: (names: readonly string[]) => void,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const missing = new Set(targets);
  const names = () => targets.filter(target => missing.has(target)).map(targetName);
  let told = '';
  const note = () => {
    const now = names();
    if (now.join() !== told && now.length > 0) onWaiting(now);
    told = now.join();
  };
  await Promise.all(
    [...groupBy(targets).values()].map(async group => {
      const [first] = group;
      if (!first) return;
      const path = {
        ...COLLECTIONS[first.kind],
        ...(first.namespace !== undefined && { namespace: first.namespace }),
      };
      const accept = (snapshot: Snapshot) => {
        for (const target of group) {
          const key = target.namespace === undefined ? target.name : `${target.namespace}/${target.name}`;
          if (isReady(target.kind, snapshot.get(key))) missing.delete(target);
          else missing.add(target);
        }
        note();
        return group.every(target => !missing.has(target));
      };
      try {
        await followUntil(client, path, {}, accept, signal);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }),
  );
  return names();
}

/** By collection. */
function groupBy(targets: readonly WaitTarget[]): Map<string, WaitTarget[]> {
  const groups = new Map<string, WaitTarget[]>();
  for (const target of targets) {
    const key = `${target.kind}/${target.namespace ?? ''}`;
    groups.set(key, [...(groups.get(key) ?? []), target]);
  }
  return groups;
}

interface Status {
  readonly phase?: string;
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  readonly observedGeneration?: number;
  readonly updatedReplicas?: number;
  readonly readyReplicas?: number;
}

function isReady(kind: WaitTarget['kind'], object: KubernetesObject | undefined): boolean {
  if (!object) return false;
  const status = (object['status'] ?? {}) as Status; // the status of one of the three kinds
  switch (kind) {
    case 'CustomResourceDefinition':
      return (
        status.conditions?.some(({ type, status: is }) => type === 'Established' && is === 'True') ?? false
      );
    case 'Namespace':
      return status.phase === 'Active';
    case 'Deployment': {
      const { replicas = 1 } = (object['spec'] ?? {}) as { replicas?: number }; // a DeploymentSpec
      const observed = (status.observedGeneration ?? 0) >= (object.metadata.generation ?? 0);
      return observed && (status.updatedReplicas ?? 0) >= replicas && (status.readyReplicas ?? 0) >= replicas;
    }
  }
}
