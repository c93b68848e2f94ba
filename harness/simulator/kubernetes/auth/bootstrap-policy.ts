/**
 * The roles and bindings that every cluster has from its first moment, as data
 * (plugin/pkg/auth/authorizer/rbac/bootstrappolicy @v1.34).
 */

import { aggregatedRules, isAggregated } from '../registry/aggregation.ts';
import type { JsonObject, KubernetesObject } from '../registry/json.ts';
import type { ResourceKey } from '../registry/resources.ts';
import policy from './policy/bootstrap-policy.json' with { type: 'json' };

const API_GROUP = 'rbac.authorization.k8s.io';

/** An object of the policy, and its resource. */
interface PolicyObject {
  readonly resource: ResourceKey;
  readonly object: KubernetesObject;
}

interface RoleData {
  readonly metadata: KubernetesObject['metadata'];
  readonly rules?: readonly unknown[];
  readonly aggregationRule?: unknown;
}

interface BindingData {
  readonly metadata: KubernetesObject['metadata'];
  readonly roleRef: JsonObject;
  readonly subjects?: readonly JsonObject[];
}

/** Adds what all objects of the policy have. */
const bootstrapped = (metadata: KubernetesObject['metadata']): KubernetesObject['metadata'] => ({
  ...metadata,
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...metadata.labels },
  annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
});

const roleOf = ({ metadata, ...rest }: RoleData): KubernetesObject => ({
  metadata: bootstrapped(metadata),
  ...rest,
});

function bindingOf({ metadata, roleRef, subjects }: BindingData): KubernetesObject {
  const inGroup = (subject: JsonObject) =>
    subject['kind'] === 'ServiceAccount' ? subject : { apiGroup: API_GROUP, ...subject };
  return {
    metadata: bootstrapped(metadata),
    roleRef: { apiGroup: API_GROUP, ...roleRef },
    ...(subjects && { subjects: subjects.map(inGroup) }),
  };
}

/**
 * Makes the objects of the policy, for the first start of an API server. Aggregated roles have their rules
 * at once: of `edit` those of `view` among them.
 */
export function bootstrapPolicy(): readonly PolicyObject[] {
  const roles = (policy.clusterRoles as readonly RoleData[]).map(roleOf);
  // Each gathers from those before it in this order.
  for (const name of ['view', 'edit', 'admin']) {
    const role = roles.find(({ metadata }) => metadata.name === name);
    if (role && isAggregated(role)) role['rules'] = aggregatedRules(role, roles);
  }
  const of = (plural: string) => (object: KubernetesObject) => ({
    resource: `${plural}.${API_GROUP}`,
    object,
  });
  return [
    ...roles.map(of('clusterroles')),
    ...(policy.clusterRoleBindings as readonly BindingData[]).map(bindingOf).map(of('clusterrolebindings')),
    ...(policy.roles as readonly RoleData[]).map(roleOf).map(of('roles')),
    ...(policy.roleBindings as readonly BindingData[]).map(bindingOf).map(of('rolebindings')),
  ];
}
