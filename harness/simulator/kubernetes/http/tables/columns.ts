/**
 * The columns of each kind's table; the printers of kube-apiserver 1.32
 * (pkg/printers/internalversion/printers.go).
 */
import { type KubernetesObject, listOf, objectOf, objectsOf } from '../../registry/json.ts';
import { keyOf, type ResourceType } from '../../registry/resources.ts';
import { CRON_JOB, JOB } from './batch-columns.ts';
import {
  AGE,
  type Column,
  CREATED_AT,
  formatSelector,
  integer,
  NAME,
  NONE,
  spec,
  status,
  text,
  wide,
} from './column.ts';
import {
  API_SERVICE,
  COMPONENT_STATUS,
  FLOW_SCHEMA,
  PRIORITY_LEVEL,
  RUNTIME_CLASS,
} from './control-columns.ts';
import { customColumns } from './custom-columns.ts';
import { EVENT } from './event-columns.ts';
import {
  CERTIFICATE_REQUEST,
  CONTROLLER_REVISION,
  IP_ADDRESS,
  POD_TEMPLATE,
  SERVICE_CIDR,
} from './inert-columns.ts';
import { NODE } from './node-columns.ts';
import { QUOTA } from './quota-columns.ts';
import { ENDPOINT_SLICE, ENDPOINTS, INGRESS, SERVICE } from './service-columns.ts';
import {
  ATTACHMENT,
  ATTRIBUTES_CLASS,
  CLAIM,
  CSI_DRIVER,
  CSI_NODE,
  STORAGE_CLASS,
  VOLUME,
} from './storage-columns.ts';
import {
  AUTOSCALER,
  BUDGET,
  DAEMON_SET,
  DEPLOYMENT,
  POD,
  REPLICA_SET,
  REPLICATION_CONTROLLER,
  STATEFUL_SET,
} from './workload-columns.ts';

const count = (value: unknown): number => Object.keys(objectOf(value)).length;
const countColumn = (name: string, cell: Column['cell']): Column => ({ name, cell });

const subjectsOf = (kind: string) => (binding: KubernetesObject) =>
  objectsOf(binding['subjects'])
    .filter(subject => subject['kind'] === kind)
    .map(subject =>
      kind === 'ServiceAccount'
        ? `${String(subject['namespace'])}/${String(subject['name'])}`
        : String(subject['name']),
    )
    .join(', ');

const BINDING: readonly Column[] = [
  NAME,
  text('Role', binding => {
    const { kind, name } = objectOf(binding['roleRef']);
    return `${String(kind)}/${String(name)}`;
  }),
  AGE,
  wide('Users', subjectsOf('User')),
  wide('Groups', subjectsOf('Group')),
  wide('ServiceAccounts', subjectsOf('ServiceAccount')),
];

const WEBHOOKS: readonly Column[] = [
  NAME,
  integer('Webhooks', object => listOf(object['webhooks']).length),
  AGE,
];

const UNSET = '<unset>';

const POLICY: readonly Column[] = [
  NAME,
  integer('Validations', object => listOf(spec(object)['validations']).length),
  text('ParamKind', object => {
    const { apiVersion, kind } = objectOf(spec(object)['paramKind']);
    return kind === undefined ? UNSET : `${String(apiVersion)}/${String(kind)}`;
  }),
  AGE,
];

const POLICY_BINDING: readonly Column[] = [
  NAME,
  text('PolicyName', object => spec(object)['policyName']),
  text('ParamRef', object => {
    const { name, namespace } = objectOf(spec(object)['paramRef']);
    return name === undefined ? UNSET : `${String(namespace ?? '*')}/${String(name)}`;
  }),
  AGE,
];

/** By resource key; a kind that is absent shows its name and its age. */
export const COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  namespaces: [NAME, text('Status', namespace => status(namespace)['phase']), AGE],
  pods: POD,
  services: SERVICE,
  'deployments.apps': DEPLOYMENT,
  'replicasets.apps': REPLICA_SET,
  replicationcontrollers: REPLICATION_CONTROLLER,
  'statefulsets.apps': STATEFUL_SET,
  'daemonsets.apps': DAEMON_SET,
  endpoints: ENDPOINTS,
  'endpointslices.discovery.k8s.io': ENDPOINT_SLICE,
  nodes: NODE,
  secrets: [
    NAME,
    text('Type', secret => secret['type']),
    countColumn('Data', secret => count(secret['data'])),
    AGE,
  ],
  configmaps: [NAME, countColumn('Data', map => count(map['data']) + count(map['binaryData'])), AGE],
  serviceaccounts: [NAME, countColumn('Secrets', account => listOf(account['secrets']).length), AGE],
  events: EVENT,
  'events.events.k8s.io': EVENT,
  'customresourcedefinitions.apiextensions.k8s.io': [NAME, CREATED_AT],
  'roles.rbac.authorization.k8s.io': [NAME, CREATED_AT],
  'clusterroles.rbac.authorization.k8s.io': [NAME, CREATED_AT],
  limitranges: [NAME, CREATED_AT],
  resourcequotas: QUOTA,
  'rolebindings.rbac.authorization.k8s.io': BINDING,
  'clusterrolebindings.rbac.authorization.k8s.io': BINDING,
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': WEBHOOKS,
  'validatingwebhookconfigurations.admissionregistration.k8s.io': WEBHOOKS,
  'validatingadmissionpolicies.admissionregistration.k8s.io': POLICY,
  'validatingadmissionpolicybindings.admissionregistration.k8s.io': POLICY_BINDING,
  'horizontalpodautoscalers.autoscaling': AUTOSCALER,
  'poddisruptionbudgets.policy': BUDGET,
  'ingresses.networking.k8s.io': INGRESS,
  'ingressclasses.networking.k8s.io': [
    NAME,
    text('Controller', object => spec(object)['controller']),
    text('Parameters', object => {
      const { kind, apiGroup, name } = objectOf(spec(object)['parameters']);
      return kind === undefined
        ? NONE
        : `${String(kind)}${apiGroup === undefined ? '' : `.${String(apiGroup)}`}/${String(name)}`;
    }),
    AGE,
  ],
  'networkpolicies.networking.k8s.io': [
    NAME,
    text('Pod-Selector', policy => formatSelector(spec(policy)['podSelector'])),
    AGE,
  ],
  'leases.coordination.k8s.io': [NAME, text('Holder', lease => spec(lease)['holderIdentity'] ?? ''), AGE],
  'priorityclasses.scheduling.k8s.io': [
    NAME,
    integer('Value', priority => priority['value'] ?? 0),
    { name: 'Global-Default', type: 'boolean', cell: priority => priority['globalDefault'] === true },
    AGE,
    text('PreemptionPolicy', priority => priority['preemptionPolicy'] ?? 'PreemptLowerPriority'),
  ],
  'storageclasses.storage.k8s.io': STORAGE_CLASS,
  componentstatuses: COMPONENT_STATUS,
  'apiservices.apiregistration.k8s.io': API_SERVICE,
  'runtimeclasses.node.k8s.io': RUNTIME_CLASS,
  'flowschemas.flowcontrol.apiserver.k8s.io': FLOW_SCHEMA,
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': PRIORITY_LEVEL,
  persistentvolumes: VOLUME,
  persistentvolumeclaims: CLAIM,
  'csidrivers.storage.k8s.io': CSI_DRIVER,
  'csinodes.storage.k8s.io': CSI_NODE,
  'csistoragecapacities.storage.k8s.io': [NAME, CREATED_AT],
  'volumeattachments.storage.k8s.io': ATTACHMENT,
  'volumeattributesclasses.storage.k8s.io': ATTRIBUTES_CLASS,
  podtemplates: POD_TEMPLATE,
  'controllerrevisions.apps': CONTROLLER_REVISION,
  'certificatesigningrequests.certificates.k8s.io': CERTIFICATE_REQUEST,
  'servicecidrs.networking.k8s.io': SERVICE_CIDR,
  'ipaddresses.networking.k8s.io': IP_ADDRESS,
  'cronjobs.batch': CRON_JOB,
  'jobs.batch': JOB,
};

/** Returns a type's columns; those of a custom resource come from its definition. */
export function columnsFor(type: ResourceType, version: string): readonly Column[] {
  if (type.custom) return customColumns(type.custom.columns[version]);
  return COLUMNS[keyOf(type)] ?? [NAME, AGE];
}
