/** What the roles for users allow: view, edit and admin (bootstrappolicy/policy.go @v1.32). */

/** A rule of a role; what is absent is left out of the object. */
export interface RuleData {
  readonly groups?: readonly string[];
  readonly resources?: readonly string[];
  readonly urls?: readonly string[];
  readonly verbs: readonly string[];
}

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update'];

/** What all three roles allow: to read most kinds of a namespace, without its secrets. */
export const VIEWED: readonly RuleData[] = [
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

/** What `edit` and `admin` allow beside that: to read secrets, to write, and to act as service accounts. */
export const EDITED: readonly RuleData[] = [
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

/** What `admin` alone allows: to give roles within a namespace. */
export const ADMINISTERED: readonly RuleData[] = [
  { groups: ['authorization.k8s.io'], resources: ['localsubjectaccessreviews'], verbs: ['create'] },
  {
    groups: ['rbac.authorization.k8s.io'],
    resources: ['rolebindings', 'roles'],
    verbs: [...READ, ...WRITE],
  },
];
