/** The resource types of the core group, below `/api/v1`. */

import { all, define, proxy, READ_WRITE } from './define-resource.ts';
import { ALL_VERBS, type ResourceType } from './resources.ts';

/** By name, as in discovery. */
export const CORE_RESOURCES: readonly ResourceType[] = [
  define('', ['v1'], 'bindings', 'Binding', { virtual: true }),
  define('', ['v1'], 'componentstatuses', 'ComponentStatus', {
    names: ['cs'],
    cluster: true,
    verbs: ['get', 'list'],
    deprecated: 'v1 ComponentStatus is deprecated in v1.19+',
  }),
  define('', ['v1'], 'configmaps', 'ConfigMap', { names: ['cm'] }),
  define('', ['v1'], 'endpoints', 'Endpoints', {
    names: ['ep'],
    deprecated: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  }),
  define('', ['v1'], 'events', 'Event', { names: ['ev'], nameRule: 'path-segment' }),
  define('', ['v1'], 'limitranges', 'LimitRange', { names: ['limits'] }),
  define('', ['v1'], 'namespaces', 'Namespace', {
    names: ['ns'],
    cluster: true,
    status: true,
    nameRule: 'label',
    verbs: ALL_VERBS.filter(verb => verb !== 'deletecollection'),
    extra: [{ name: 'finalize', verbs: ['update'], kind: 'Namespace' }],
  }),
  define('', ['v1'], 'nodes', 'Node', {
    names: ['no'],
    cluster: true,
    status: true,
    keepsStatus: true,
    extra: [proxy('NodeProxyOptions')],
  }),
  define('', ['v1'], 'persistentvolumeclaims', 'PersistentVolumeClaim', {
    names: ['pvc'],
    status: true,
  }),
  define('', ['v1'], 'persistentvolumes', 'PersistentVolume', {
    names: ['pv'],
    cluster: true,
    status: true,
  }),
  define('', ['v1'], 'pods', 'Pod', {
    names: ['po'],
    ...all,
    status: true,
    generation: true,
    extra: [
      { name: 'attach', verbs: ['create', 'get'], kind: 'PodAttachOptions' },
      { name: 'binding', verbs: ['create'], kind: 'Binding' },
      { name: 'ephemeralcontainers', verbs: READ_WRITE, kind: 'Pod' },
      { name: 'eviction', verbs: ['create'], kind: 'Eviction', group: 'policy', version: 'v1' },
      { name: 'exec', verbs: ['create', 'get'], kind: 'PodExecOptions' },
      { name: 'log', verbs: ['get'], kind: 'Pod' },
      { name: 'portforward', verbs: ['create', 'get'], kind: 'PodPortForwardOptions' },
      proxy('PodProxyOptions'),
      { name: 'resize', verbs: READ_WRITE, kind: 'Pod' },
    ],
  }),
  define('', ['v1'], 'podtemplates', 'PodTemplate', { generation: true, isInert: true }),
  define('', ['v1'], 'replicationcontrollers', 'ReplicationController', {
    names: ['rc'],
    ...all,
    status: true,
    scale: true,
    generation: true,
  }),
  define('', ['v1'], 'resourcequotas', 'ResourceQuota', {
    names: ['quota'],
    status: true,
  }),
  define('', ['v1'], 'secrets', 'Secret'),
  define('', ['v1'], 'serviceaccounts', 'ServiceAccount', {
    names: ['sa'],
    extra: [
      {
        name: 'token',
        verbs: ['create'],
        kind: 'TokenRequest',
        group: 'authentication.k8s.io',
        version: 'v1',
      },
    ],
  }),
  define('', ['v1'], 'services', 'Service', {
    names: ['svc'],
    ...all,
    status: true,
    nameRule: 'dns1035',
    extra: [proxy('ServiceProxyOptions')],
  }),
];
