/** The rules of the roles for users: view, edit and admin (bootstrappolicy/policy.go @v1.32). */
import type { RuleData } from './policy-rule.ts';

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update'];

/** The ClusterRole `view`: reads most kinds of a namespace, but not its secrets. */
export const VIEW: readonly RuleData[] = [
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

/** The ClusterRole `edit`: also reads secrets, writes, and acts as service accounts. */
export const EDIT: readonly RuleData[] = [
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
  ...VIEW,
];

/** The ClusterRole `admin`: also gives roles within a namespace. */
export const ADMIN: readonly RuleData[] = [
  { groups: ['authorization.k8s.io'], resources: ['localsubjectaccessreviews'], verbs: ['create'] },
  {
    groups: ['rbac.authorization.k8s.io'],
    resources: ['rolebindings', 'roles'],
    verbs: [...READ, ...WRITE],
  },
  ...EDIT,
];
