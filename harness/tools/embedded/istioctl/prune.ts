/**
 * What an earlier installation of the same name made, and this one no longer does, goes.
 * operator/pkg/install/install.go, prune @1.30.3; operator/pkg/helmreconciler/prune.go @1.8.0
 */
import { isNotFound, type KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { InstallPlan } from '../../../simulator/istio/install/install-plan.ts';
import { pathTo } from '../kubectl/resources.ts';
import type { Call } from './verb.ts';

/** Those of Istio; EndpointSlices are not among them. */
const PRUNED: readonly (readonly [apiVersion: string, plural: string, kind: string])[] = [
  ['apps/v1', 'deployments', 'Deployment'],
  ['v1', 'services', 'Service'],
  ['v1', 'configmaps', 'ConfigMap'],
  ['v1', 'serviceaccounts', 'ServiceAccount'],
  ['rbac.authorization.k8s.io/v1', 'rolebindings', 'RoleBinding'],
  ['rbac.authorization.k8s.io/v1', 'roles', 'Role'],
  ['policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget'],
  ['autoscaling/v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler'],
  ['admissionregistration.k8s.io/v1', 'mutatingwebhookconfigurations', 'MutatingWebhookConfiguration'],
  ['admissionregistration.k8s.io/v1', 'validatingwebhookconfigurations', 'ValidatingWebhookConfiguration'],
  ['rbac.authorization.k8s.io/v1', 'clusterroles', 'ClusterRole'],
  ['rbac.authorization.k8s.io/v1', 'clusterrolebindings', 'ClusterRoleBinding'],
];
const PREFIX = 'install.operator.istio.io';

const keyOf = (kind: string | undefined, { metadata }: KubernetesObject): string =>
  `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;

/** Tells whether something of an installation is there: before a first one there is nothing to look for. */
export async function wasInstalled({ client, mapper, signal }: Call, plan: InstallPlan): Promise<boolean> {
  const [object] = plan.components.at(-1)?.objects ?? [];
  if (!object || plan.components.length === 0) return false;
  const { apiVersion = '', kind = '', metadata } = object;
  const resource = await mapper.ofKind(apiVersion, kind);
  if (!resource) return false;
  return (await client.find(pathTo(resource, metadata.namespace, metadata.name ?? ''), signal)) !== undefined;
}

/** Deletes what bears the installation's labels and is not in its plan. */
export async function prune({ client, invocation, signal }: Call, plan: InstallPlan): Promise<void> {
  const wanted = new Set(
    [...plan.components.flatMap(({ objects }) => objects), ...plan.tags].map(object =>
      keyOf(object.kind, object),
    ),
  );
  const labelSelector = [
    `${PREFIX}/owning-resource=${plan.stateName}`,
    `${PREFIX}/owning-resource-not-pruned!=true`,
    ...(plan.state ? [] : [`istio.io/rev=${plan.revision}`]),
    'operator.istio.io/component',
  ].join(',');
  for (const [apiVersion, plural, kind] of PRUNED) {
    const { items } = await client.list({ apiVersion, plural }, { labelSelector }, signal);
    for (const object of items) {
      if (wanted.has(keyOf(kind, object))) continue;
      const { name = '', namespace } = object.metadata;
      const path = { apiVersion, plural, name, ...(namespace !== undefined && { namespace }) };
      await client.delete(path, { propagationPolicy: 'Foreground' }, signal).catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
      invocation.stdout(`  Removed ${apiVersion}, Kind=${kind}/${name}.${namespace ?? ''}.\n`);
    }
  }
}
