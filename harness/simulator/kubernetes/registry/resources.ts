/**
 * The resource types that the API serves, as data: names, versions, verbs, subresources and the rules that
 * depend on the type.
 */

export const ALL_VERBS = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
] as const satisfies readonly string[];

/** A path below an object: `status`, `scale`, `exec`. */
export interface Subresource {
  readonly name: string;
  readonly verbs: readonly string[];
  /** The kind that travels, and its group and version if they differ from the resource's. */
  readonly kind: string;
  readonly group?: string;
  readonly version?: string;
}

/** Which rule an object's name obeys. */
export type NameRule = 'subdomain' | 'label' | 'dns1035' | 'path-segment' | 'crd';

/** All that the API server knows of a kind beside its schema. */
export interface ResourceType {
  /** Empty for the core group. */
  readonly group: string;
  /** Served versions, the preferred one first. */
  readonly versions: readonly string[];
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  readonly subresources: readonly Subresource[];
  /** Main writes leave `status` alone, writes of `/status` leave all else alone. */
  readonly hasStatus: boolean;
  readonly hasGeneration: boolean;
  readonly nameRule: NameRule;
  /** Reviews and the like: a POST is answered, nothing is stored. */
  readonly virtual: boolean;
  /** Why writes are refused with 501; undefined for what is simulated. */
  readonly notSimulated?: string;
  /** The type in whose place it is stored: another view of the same objects. */
  readonly storedAs?: ResourceKey;
  /** Present for custom resources. */
  readonly custom?: CustomResource;
}

/** What a CustomResourceDefinition adds to a resource type. */
export interface CustomResource {
  readonly definition: string;
  readonly storageVersion: string;
  /** The definition is on its way out: nothing new is created. */
  readonly terminating: boolean;
  /** By version: the OpenAPI v3 schema, and the columns of tables. */
  readonly schemas: Readonly<Record<string, unknown>>;
  readonly columns: Readonly<Record<string, readonly unknown[]>>;
}

/** The key of a resource type: `pods`, `deployments.apps`, `gateways.networking.istio.io`. */
export type ResourceKey = string;

/** Returns the key of a type, by which stores and tables find it. */
export function keyOf({ group, plural }: { readonly group: string; readonly plural: string }): ResourceKey {
  return group === '' ? plural : `${plural}.${group}`;
}

/** `apps/v1`, or `v1` in the core group. */
export function apiVersionOf(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}

/** The apiVersion in which the store keeps objects of the type. */
export function storageApiVersion(type: ResourceType): string {
  if (type.storedAs !== undefined) return type.versions[0] as string; // of the core group
  // A type has a version.
  return apiVersionOf(type.group, type.custom?.storageVersion ?? (type.versions[0] as string));
}

interface Row {
  readonly names?: readonly string[];
  readonly categories?: readonly string[];
  readonly cluster?: true;
  readonly status?: true;
  readonly generation?: true;
  readonly scale?: true;
  readonly extra?: readonly Subresource[];
  readonly verbs?: readonly string[];
  readonly nameRule?: NameRule;
  readonly virtual?: true;
  readonly notSimulated?: string;
  readonly storedAs?: ResourceKey;
}

const READ_WRITE = ['get', 'patch', 'update'];

function define(
  group: string,
  versions: readonly string[],
  plural: string,
  kind: string,
  row: Row = {},
): ResourceType {
  const subresources: Subresource[] = [...(row.extra ?? [])];
  if (row.scale) {
    subresources.push({
      name: 'scale',
      verbs: READ_WRITE,
      kind: 'Scale',
      group: 'autoscaling',
      version: 'v1',
    });
  }
  if (row.status) subresources.push({ name: 'status', verbs: READ_WRITE, kind });
  subresources.sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    group,
    versions,
    plural,
    kind,
    singular: kind.toLowerCase(),
    listKind: `${kind}List`,
    namespaced: !row.cluster,
    shortNames: row.names ?? [],
    categories: row.categories ?? [],
    verbs: row.virtual ? ['create'] : (row.verbs ?? ALL_VERBS),
    subresources,
    hasStatus: row.status ?? false,
    hasGeneration: row.generation ?? false,
    nameRule: row.nameRule ?? 'subdomain',
    virtual: row.virtual ?? false,
    ...(row.notSimulated !== undefined && { notSimulated: row.notSimulated }),
    ...(row.storedAs !== undefined && { storedAs: row.storedAs }),
  };
}

const all = { categories: ['all'] };
const proxy = (kind: string): Subresource => ({
  name: 'proxy',
  verbs: ['create', 'delete', 'get', 'patch', 'update'],
  kind,
});

/** The types of Kubernetes 1.32 that are served; order of groups is their priority. */
export const BUILT_IN_RESOURCES: readonly ResourceType[] = [
  define('', ['v1'], 'bindings', 'Binding', { virtual: true }),
  define('', ['v1'], 'configmaps', 'ConfigMap', { names: ['cm'] }),
  define('', ['v1'], 'endpoints', 'Endpoints', { names: ['ep'] }),
  define('', ['v1'], 'events', 'Event', { names: ['ev'] }),
  define('', ['v1'], 'limitranges', 'LimitRange', { names: ['limits'], notSimulated: 'limitranges' }),
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
    extra: [proxy('NodeProxyOptions')],
  }),
  define('', ['v1'], 'persistentvolumeclaims', 'PersistentVolumeClaim', {
    names: ['pvc'],
    status: true,
    notSimulated: 'persistentvolumeclaims',
  }),
  define('', ['v1'], 'persistentvolumes', 'PersistentVolume', {
    names: ['pv'],
    cluster: true,
    status: true,
    notSimulated: 'persistentvolumes',
  }),
  define('', ['v1'], 'pods', 'Pod', {
    names: ['po'],
    ...all,
    status: true,
    extra: [
      { name: 'attach', verbs: ['create', 'get'], kind: 'PodAttachOptions' },
      { name: 'binding', verbs: ['create'], kind: 'Binding' },
      { name: 'ephemeralcontainers', verbs: READ_WRITE, kind: 'Pod' },
      { name: 'eviction', verbs: ['create'], kind: 'Eviction', group: 'policy', version: 'v1' },
      { name: 'exec', verbs: ['create', 'get'], kind: 'PodExecOptions' },
      { name: 'log', verbs: ['get'], kind: 'Pod' },
      { name: 'portforward', verbs: ['create', 'get'], kind: 'PodPortForwardOptions' },
      proxy('PodProxyOptions'),
    ],
  }),
  define('', ['v1'], 'podtemplates', 'PodTemplate'),
  define('', ['v1'], 'replicationcontrollers', 'ReplicationController', {
    names: ['rc'],
    ...all,
    status: true,
    scale: true,
    generation: true,
    notSimulated: 'replicationcontrollers',
  }),
  define('', ['v1'], 'resourcequotas', 'ResourceQuota', {
    names: ['quota'],
    status: true,
    notSimulated: 'resourcequotas',
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
  define('apiregistration.k8s.io', ['v1'], 'apiservices', 'APIService', {
    cluster: true,
    status: true,
    categories: ['api-extensions'],
    notSimulated: 'apiservices.apiregistration.k8s.io',
  }),
  define('apps', ['v1'], 'controllerrevisions', 'ControllerRevision'),
  define('apps', ['v1'], 'daemonsets', 'DaemonSet', {
    names: ['ds'],
    ...all,
    status: true,
    generation: true,
    notSimulated: 'daemonsets.apps',
  }),
  define('apps', ['v1'], 'deployments', 'Deployment', {
    names: ['deploy'],
    ...all,
    status: true,
    scale: true,
    generation: true,
  }),
  define('apps', ['v1'], 'replicasets', 'ReplicaSet', {
    names: ['rs'],
    ...all,
    status: true,
    scale: true,
    generation: true,
  }),
  define('apps', ['v1'], 'statefulsets', 'StatefulSet', {
    names: ['sts'],
    ...all,
    status: true,
    scale: true,
    generation: true,
    notSimulated: 'statefulsets.apps',
  }),
  define('events.k8s.io', ['v1'], 'events', 'Event', { names: ['ev'], storedAs: 'events' }),
  define('authentication.k8s.io', ['v1'], 'selfsubjectreviews', 'SelfSubjectReview', {
    cluster: true,
    virtual: true,
  }),
  define('authentication.k8s.io', ['v1'], 'tokenreviews', 'TokenReview', { cluster: true, virtual: true }),
  define('authorization.k8s.io', ['v1'], 'localsubjectaccessreviews', 'LocalSubjectAccessReview', {
    virtual: true,
  }),
  define('authorization.k8s.io', ['v1'], 'selfsubjectaccessreviews', 'SelfSubjectAccessReview', {
    cluster: true,
    virtual: true,
  }),
  define('authorization.k8s.io', ['v1'], 'selfsubjectrulesreviews', 'SelfSubjectRulesReview', {
    cluster: true,
    virtual: true,
  }),
  define('authorization.k8s.io', ['v1'], 'subjectaccessreviews', 'SubjectAccessReview', {
    cluster: true,
    virtual: true,
  }),
  define('autoscaling', ['v2', 'v1'], 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', {
    names: ['hpa'],
    ...all,
    status: true,
  }),
  define('batch', ['v1'], 'cronjobs', 'CronJob', {
    names: ['cj'],
    ...all,
    status: true,
    generation: true,
    notSimulated: 'cronjobs.batch',
  }),
  define('batch', ['v1'], 'jobs', 'Job', {
    ...all,
    status: true,
    generation: true,
    notSimulated: 'jobs.batch',
  }),
  define('certificates.k8s.io', ['v1'], 'certificatesigningrequests', 'CertificateSigningRequest', {
    names: ['csr'],
    cluster: true,
    status: true,
    extra: [{ name: 'approval', verbs: READ_WRITE, kind: 'CertificateSigningRequest' }],
    notSimulated: 'certificatesigningrequests.certificates.k8s.io',
  }),
  define('networking.k8s.io', ['v1'], 'ingressclasses', 'IngressClass', { cluster: true, generation: true }),
  define('networking.k8s.io', ['v1'], 'ingresses', 'Ingress', {
    names: ['ing'],
    status: true,
    generation: true,
  }),
  define('networking.k8s.io', ['v1'], 'networkpolicies', 'NetworkPolicy', {
    names: ['netpol'],
    generation: true,
    notSimulated: 'networkpolicies.networking.k8s.io',
  }),
  define('policy', ['v1'], 'poddisruptionbudgets', 'PodDisruptionBudget', {
    names: ['pdb'],
    status: true,
    generation: true,
  }),
  define('rbac.authorization.k8s.io', ['v1'], 'clusterrolebindings', 'ClusterRoleBinding', {
    cluster: true,
    nameRule: 'path-segment',
  }),
  define('rbac.authorization.k8s.io', ['v1'], 'clusterroles', 'ClusterRole', {
    cluster: true,
    nameRule: 'path-segment',
  }),
  define('rbac.authorization.k8s.io', ['v1'], 'rolebindings', 'RoleBinding', { nameRule: 'path-segment' }),
  define('rbac.authorization.k8s.io', ['v1'], 'roles', 'Role', { nameRule: 'path-segment' }),
  define('storage.k8s.io', ['v1'], 'storageclasses', 'StorageClass', { names: ['sc'], cluster: true }),
  define(
    'admissionregistration.k8s.io',
    ['v1'],
    'mutatingwebhookconfigurations',
    'MutatingWebhookConfiguration',
    {
      cluster: true,
      generation: true,
      categories: ['api-extensions'],
    },
  ),
  define(
    'admissionregistration.k8s.io',
    ['v1'],
    'validatingwebhookconfigurations',
    'ValidatingWebhookConfiguration',
    {
      cluster: true,
      generation: true,
      categories: ['api-extensions'],
    },
  ),
  define('apiextensions.k8s.io', ['v1'], 'customresourcedefinitions', 'CustomResourceDefinition', {
    names: ['crd', 'crds'],
    cluster: true,
    status: true,
    generation: true,
    categories: ['api-extensions'],
    nameRule: 'crd',
  }),
  define('scheduling.k8s.io', ['v1'], 'priorityclasses', 'PriorityClass', {
    names: ['pc'],
    cluster: true,
    generation: true,
  }),
  define('coordination.k8s.io', ['v1'], 'leases', 'Lease'),
  define('discovery.k8s.io', ['v1'], 'endpointslices', 'EndpointSlice', { generation: true }),
];
