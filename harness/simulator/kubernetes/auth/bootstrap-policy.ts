/**
 * The roles and bindings that every cluster has from its first moment
 * (plugin/pkg/auth/authorizer/rbac/bootstrappolicy @v1.32), as far as used here.
 */
import type { KubernetesObject } from '../registry/json.ts';

const BOOTSTRAPPED = {
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
  annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
};

interface RuleData {
  readonly groups?: readonly string[];
  readonly resources?: readonly string[];
  readonly urls?: readonly string[];
  readonly verbs: readonly string[];
}

const rule = ({ groups, resources, urls, verbs }: RuleData) => ({
  ...(groups && { apiGroups: groups }),
  ...(resources && { resources }),
  ...(urls && { nonResourceURLs: urls }),
  verbs,
});

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update'];

const VIEWED: readonly RuleData[] = [
  {
    groups: [''],
    resources: [
      'bindings',
      'configmaps',
      'endpoints',
      'events',
      'limitranges',
      'namespaces',
      'namespaces/status',
      'persistentvolumeclaims',
      'persistentvolumeclaims/status',
      'pods',
      'pods/log',
      'pods/status',
      'replicationcontrollers',
      'replicationcontrollers/scale',
      'replicationcontrollers/status',
      'resourcequotas',
      'resourcequotas/status',
      'serviceaccounts',
      'services',
      'services/status',
    ],
    verbs: READ,
  },
  {
    groups: ['apps'],
    resources: ['controllerrevisions', 'daemonsets', 'deployments', 'replicasets', 'statefulsets'].flatMap(
      name => [name, `${name}/scale`, `${name}/status`],
    ),
    verbs: READ,
  },
  { groups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: READ },
  {
    groups: ['autoscaling'],
    resources: ['horizontalpodautoscalers', 'horizontalpodautoscalers/status'],
    verbs: READ,
  },
  { groups: ['batch'], resources: ['cronjobs', 'cronjobs/status', 'jobs', 'jobs/status'], verbs: READ },
  {
    groups: ['networking.k8s.io'],
    resources: ['ingresses', 'ingresses/status', 'networkpolicies'],
    verbs: READ,
  },
  { groups: ['policy'], resources: ['poddisruptionbudgets', 'poddisruptionbudgets/status'], verbs: READ },
];

const EDITED: readonly RuleData[] = [
  {
    groups: [''],
    resources: ['pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy', 'secrets', 'services/proxy'],
    verbs: READ,
  },
  { groups: [''], resources: ['serviceaccounts'], verbs: ['impersonate'] },
  {
    groups: [''],
    resources: ['pods', 'pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy'],
    verbs: WRITE,
  },
  { groups: [''], resources: ['pods/eviction'], verbs: ['create'] },
  {
    groups: [''],
    resources: [
      'configmaps',
      'events',
      'persistentvolumeclaims',
      'replicationcontrollers',
      'replicationcontrollers/scale',
      'secrets',
      'serviceaccounts',
      'services',
      'services/proxy',
    ],
    verbs: WRITE,
  },
  { groups: [''], resources: ['serviceaccounts/token'], verbs: ['create'] },
  {
    groups: ['apps'],
    resources: [
      'daemonsets',
      'deployments',
      'deployments/rollback',
      'deployments/scale',
      'replicasets',
      'replicasets/scale',
      'statefulsets',
      'statefulsets/scale',
    ],
    verbs: WRITE,
  },
  { groups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: WRITE },
  { groups: ['batch'], resources: ['cronjobs', 'jobs'], verbs: WRITE },
  { groups: ['networking.k8s.io'], resources: ['ingresses', 'networkpolicies'], verbs: WRITE },
  { groups: ['policy'], resources: ['poddisruptionbudgets'], verbs: WRITE },
  { groups: ['coordination.k8s.io'], resources: ['leases'], verbs: [...READ, ...WRITE] },
];

const ADMINISTERED: readonly RuleData[] = [
  { groups: ['authorization.k8s.io'], resources: ['localsubjectaccessreviews'], verbs: ['create'] },
  {
    groups: ['rbac.authorization.k8s.io'],
    resources: ['rolebindings', 'roles'],
    verbs: [...READ, ...WRITE],
  },
];

const PROBES = ['/healthz', '/livez', '/readyz', '/version', '/version/'];

const CLUSTER_ROLES: Readonly<Record<string, readonly RuleData[]>> = {
  'cluster-admin': [
    { groups: ['*'], resources: ['*'], verbs: ['*'] },
    { urls: ['*'], verbs: ['*'] },
  ],
  admin: [...ADMINISTERED, ...EDITED, ...VIEWED],
  edit: [...EDITED, ...VIEWED],
  view: VIEWED,
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

/** ClusterRoles. */
export function bootstrapClusterRoles(): KubernetesObject[] {
  return Object.entries(CLUSTER_ROLES).map(([name, rules]) => ({
    metadata: { name, labels: { ...BOOTSTRAPPED.labels }, annotations: { ...BOOTSTRAPPED.annotations } },
    rules: rules.map(rule),
  }));
}

/** ClusterRoleBindings. */
export function bootstrapClusterRoleBindings(): KubernetesObject[] {
  return Object.entries(CLUSTER_ROLE_BINDINGS).map(([name, { role = name, groups }]) => ({
    metadata: { name, labels: { ...BOOTSTRAPPED.labels }, annotations: { ...BOOTSTRAPPED.annotations } },
    roleRef: { apiGroup: API_GROUP, kind: 'ClusterRole', name: role },
    subjects: groups.map(group => ({ apiGroup: API_GROUP, kind: 'Group', name: group })),
  }));
}
