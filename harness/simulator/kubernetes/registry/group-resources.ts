/** The resource types of the named groups, below `/apis`; order of groups is their priority. */

import { all, define, READ_WRITE } from './define-resource.ts';
import type { ResourceType } from './resources.ts';

function webhookConfigurations(which: 'Mutating' | 'Validating'): ResourceType {
  const kind = `${which}WebhookConfiguration`;
  return define('admissionregistration.k8s.io', ['v1'], `${kind.toLowerCase()}s`, kind, {
    cluster: true,
    generation: true,
    categories: ['api-extensions'],
  });
}

const FLOW_CONTROL = { cluster: true, status: true, generation: true, isInert: true } as const;

/** Group by group: kubectl takes the first one that has a name. */
export const GROUP_RESOURCES: readonly ResourceType[] = [
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
    nameRule: 'label',
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
  }),
  define('batch', ['v1'], 'jobs', 'Job', {
    ...all,
    status: true,
    generation: true,
  }),
  define('certificates.k8s.io', ['v1'], 'certificatesigningrequests', 'CertificateSigningRequest', {
    names: ['csr'],
    cluster: true,
    status: true,
    nameRule: 'path-segment',
    extra: [{ name: 'approval', verbs: READ_WRITE, kind: 'CertificateSigningRequest' }],
    isInert: true,
  }),
  define('networking.k8s.io', ['v1'], 'ingressclasses', 'IngressClass', { cluster: true, generation: true }),
  define('networking.k8s.io', ['v1'], 'ingresses', 'Ingress', {
    names: ['ing'],
    status: true,
    generation: true,
  }),
  define('networking.k8s.io', ['v1'], 'ipaddresses', 'IPAddress', {
    names: ['ip'],
    cluster: true,
    nameRule: 'path-segment',
    isInert: true,
  }),
  define('networking.k8s.io', ['v1'], 'networkpolicies', 'NetworkPolicy', {
    names: ['netpol'],
    generation: true,
  }),
  define('networking.k8s.io', ['v1'], 'servicecidrs', 'ServiceCIDR', {
    cluster: true,
    status: true,
    isInert: true,
  }),
  define('policy', ['v1'], 'poddisruptionbudgets', 'PodDisruptionBudget', {
    names: ['pdb'],
    nameRule: 'path-segment',
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
  define('storage.k8s.io', ['v1'], 'csidrivers', 'CSIDriver', { cluster: true, isInert: true }),
  define('storage.k8s.io', ['v1'], 'csinodes', 'CSINode', { cluster: true, isInert: true }),
  define('storage.k8s.io', ['v1'], 'csistoragecapacities', 'CSIStorageCapacity', { isInert: true }),
  define('storage.k8s.io', ['v1'], 'storageclasses', 'StorageClass', { names: ['sc'], cluster: true }),
  define('storage.k8s.io', ['v1'], 'volumeattachments', 'VolumeAttachment', {
    cluster: true,
    status: true,
    isInert: true,
  }),
  define('storage.k8s.io', ['v1'], 'volumeattributesclasses', 'VolumeAttributesClass', {
    names: ['vac'],
    cluster: true,
    isInert: true,
  }),
  define('admissionregistration.k8s.io', ['v1'], 'mutatingadmissionpolicies', 'MutatingAdmissionPolicy', {
    cluster: true,
    generation: true,
    since: 36,
    notSimulated: 'mutatingadmissionpolicies.admissionregistration.k8s.io',
  }),
  define(
    'admissionregistration.k8s.io',
    ['v1'],
    'mutatingadmissionpolicybindings',
    'MutatingAdmissionPolicyBinding',
    {
      cluster: true,
      generation: true,
      since: 36,
      notSimulated: 'mutatingadmissionpolicybindings.admissionregistration.k8s.io',
    },
  ),
  define('admissionregistration.k8s.io', ['v1'], 'validatingadmissionpolicies', 'ValidatingAdmissionPolicy', {
    cluster: true,
    status: true,
    generation: true,
    categories: ['api-extensions'],
  }),
  define(
    'admissionregistration.k8s.io',
    ['v1'],
    'validatingadmissionpolicybindings',
    'ValidatingAdmissionPolicyBinding',
    { cluster: true, generation: true, categories: ['api-extensions'] },
  ),
  webhookConfigurations('Mutating'),
  webhookConfigurations('Validating'),
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
  define('node.k8s.io', ['v1'], 'runtimeclasses', 'RuntimeClass', { cluster: true, isInert: true }),
  define('discovery.k8s.io', ['v1'], 'endpointslices', 'EndpointSlice', { generation: true }),
  define('flowcontrol.apiserver.k8s.io', ['v1'], 'flowschemas', 'FlowSchema', FLOW_CONTROL),
  define(
    'flowcontrol.apiserver.k8s.io',
    ['v1'],
    'prioritylevelconfigurations',
    'PriorityLevelConfiguration',
    FLOW_CONTROL,
  ),
];
