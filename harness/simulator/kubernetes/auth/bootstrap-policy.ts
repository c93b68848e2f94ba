/**
 * The roles and bindings that every cluster has from its first moment
 * (plugin/pkg/auth/authorizer/rbac/bootstrappolicy @v1.32), as far as used here.
 */
import type { KubernetesObject } from '../registry/json.ts';
import { policyRule, type RuleData } from './policy-rule.ts';
import { ADMIN, EDIT, VIEW } from './user-roles.ts';

const BOOTSTRAPPED = {
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
  annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
};

const PROBES = ['/healthz', '/livez', '/readyz', '/version', '/version/'];

const CLUSTER_ROLES: Readonly<Record<string, readonly RuleData[]>> = {
  'cluster-admin': [
    { groups: ['*'], resources: ['*'], verbs: ['*'] },
    { urls: ['*'], verbs: ['*'] },
  ],
  admin: ADMIN,
  edit: EDIT,
  view: VIEW,
  'system:discovery': [
    { urls: ['/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*', ...PROBES], verbs: ['get'] },
  ],
  'system:public-info-viewer': [{ urls: PROBES, verbs: ['get'] }],
  'system:basic-user': [
    {
      groups: ['authorization.k8s.io'],
      resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
      verbs: ['create'],
    },
    { groups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'], verbs: ['create'] },
  ],
  'system:auth-delegator': [
    { groups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
    { groups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
  ],
  'system:service-account-issuer-discovery': [
    {
      urls: [
        '/.well-known/openid-configuration',
        '/.well-known/openid-configuration/',
        '/openid/v1/jwks',
        '/openid/v1/jwks/',
      ],
      verbs: ['get'],
    },
  ],
};

const CLUSTER_ROLE_BINDINGS: Readonly<
  Record<string, { readonly role?: string; readonly groups: readonly string[] }>
> = {
  'cluster-admin': { groups: ['system:masters'] },
  'system:discovery': { groups: ['system:authenticated'] },
  'system:basic-user': { groups: ['system:authenticated'] },
  'system:public-info-viewer': { groups: ['system:authenticated', 'system:unauthenticated'] },
  'system:service-account-issuer-discovery': { groups: ['system:serviceaccounts'] },
};

const API_GROUP = 'rbac.authorization.k8s.io';

/** Makes the ClusterRoles, for the first start of an API server. */
export function bootstrapClusterRoles(): KubernetesObject[] {
  return Object.entries(CLUSTER_ROLES).map(([name, rules]) => ({
    metadata: { name, labels: { ...BOOTSTRAPPED.labels }, annotations: { ...BOOTSTRAPPED.annotations } },
    rules: rules.map(policyRule),
  }));
}

/** Makes the ClusterRoleBindings, each for groups of users. */
export function bootstrapClusterRoleBindings(): KubernetesObject[] {
  return Object.entries(CLUSTER_ROLE_BINDINGS).map(([name, { role = name, groups }]) => ({
    metadata: { name, labels: { ...BOOTSTRAPPED.labels }, annotations: { ...BOOTSTRAPPED.annotations } },
    roleRef: { apiGroup: API_GROUP, kind: 'ClusterRole', name: role },
    subjects: groups.map(group => ({ apiGroup: API_GROUP, kind: 'Group', name: group })),
  }));
}
