/**
 * The columns of each kind's table; the printers of kube-apiserver 1.32
 * (pkg/printers/internalversion/printers.go).
 */
import {
  type JsonObject,
  type KubernetesObject,
  listOf,
  objectOf,
  objectsOf,
  stringOf,
} from '../../registry/json.ts';
import { keyOf, type ResourceType } from '../../registry/resources.ts';
import { age } from './age.ts';
import {
  AGE,
  type Column,
  CREATED_AT,
  firstOf,
  formatMap,
  formatSelector,
  integer,
  NAME,
  NONE,
  number,
  SELECTOR,
  spec,
  status,
  strings,
  TEMPLATE_COLUMNS,
  text,
  UNKNOWN,
  UNSET,
  wide,
} from './column.ts';
import { customColumns } from './custom-columns.ts';
import { podCells } from './pod-cells.ts';

/** How many endpoints, ports or addresses a cell shows. */
const MOST_SHOWN = 3;

const replicas = (object: KubernetesObject, field: string): number => number(status(object)[field]);

const POD: readonly Column[] = [
  NAME,
  text('Ready', (pod, now) => podCells(pod, now).ready),
  text('Status', (pod, now) => podCells(pod, now).status),
  text('Restarts', (pod, now) => podCells(pod, now).restarts),
  AGE,
  wide('IP', pod => stringOf(status(pod)['podIP']) || NONE),
  wide('Node', pod => stringOf(spec(pod)['nodeName']) || NONE),
  wide('Nominated Node', pod => stringOf(status(pod)['nominatedNodeName']) || NONE),
  wide('Readiness Gates', pod => {
    const gates = objectsOf(spec(pod)['readinessGates']);
    if (gates.length === 0) return NONE;
    const met = gates.filter(gate =>
      objectsOf(status(pod)['conditions']).some(
        condition => condition['type'] === gate['conditionType'] && condition['status'] === 'True',
      ),
    );
    return `${met.length}/${gates.length}`;
  }),
];

function externalAddress(service: KubernetesObject): string {
  const { type, externalIPs, externalName } = spec(service);
  const fixed = strings(externalIPs);
  switch (type) {
    case 'ExternalName':
      return stringOf(externalName) ?? '';
    case 'LoadBalancer': {
      const given = objectsOf(objectOf(status(service)['loadBalancer'])['ingress']).map(
        entry => stringOf(entry['ip']) || stringOf(entry['hostname']) || '',
      );
      const all = [...given, ...fixed].join(',');
      return all === '' ? '<pending>' : all;
    }
    default:
      return fixed.length > 0 ? fixed.join(',') : NONE;
  }
}

const SERVICE: readonly Column[] = [
  NAME,
  text('Type', service => spec(service)['type']),
  text('Cluster-IP', service => strings(spec(service)['clusterIPs'])[0] || NONE),
  text('External-IP', externalAddress),
  text('Port(s)', service => {
    const ports = objectsOf(spec(service)['ports']).map(({ port, nodePort, protocol }) =>
      nodePort === undefined
        ? `${String(port)}/${String(protocol)}`
        : `${String(port)}:${String(nodePort)}/${String(protocol)}`,
    );
    return ports.length > 0 ? ports.join(',') : NONE;
  }),
  AGE,
  wide('Selector', service => formatMap(spec(service)['selector'])),
];

const DEPLOYMENT: readonly Column[] = [
  NAME,
  text(
    'Ready',
    deployment => `${replicas(deployment, 'readyReplicas')}/${number(spec(deployment)['replicas'])}`,
  ),
  text('Up-to-date', deployment => replicas(deployment, 'updatedReplicas')),
  text('Available', deployment => replicas(deployment, 'availableReplicas')),
  AGE,
  ...TEMPLATE_COLUMNS,
  SELECTOR,
];

const REPLICA_SET: readonly Column[] = [
  NAME,
  integer('Desired', set => number(spec(set)['replicas'])),
  integer('Current', set => replicas(set, 'replicas')),
  integer('Ready', set => replicas(set, 'readyReplicas')),
  AGE,
  ...TEMPLATE_COLUMNS,
  SELECTOR,
];

const STATEFUL_SET: readonly Column[] = [
  NAME,
  text('Ready', set => `${replicas(set, 'readyReplicas')}/${number(spec(set)['replicas'])}`),
  AGE,
  ...TEMPLATE_COLUMNS,
];

const DAEMON_SET: readonly Column[] = [
  NAME,
  integer('Desired', set => replicas(set, 'desiredNumberScheduled')),
  integer('Current', set => replicas(set, 'currentNumberScheduled')),
  integer('Ready', set => replicas(set, 'numberReady')),
  integer('Up-to-date', set => replicas(set, 'updatedNumberScheduled')),
  integer('Available', set => replicas(set, 'numberAvailable')),
  text('Node Selector', set => formatMap(objectOf(objectOf(spec(set)['template'])['spec'])['nodeSelector'])),
  AGE,
  ...TEMPLATE_COLUMNS,
  SELECTOR,
];

/** Counts over all subsets, as the real one does. */
function endpointsCell(endpoints: KubernetesObject): string {
  const subsets = objectsOf(endpoints['subsets']);
  const all: string[] = [];
  for (const subset of subsets) {
    const ports = objectsOf(subset['ports']);
    for (const address of objectsOf(subset['addresses'])) {
      if (ports.length === 0) all.push(String(address['ip']));
      for (const port of ports) all.push(`${String(address['ip'])}:${String(port['port'])}`);
    }
  }
  return all.length === 0 ? NONE : firstOf(all, MOST_SHOWN);
}

const ENDPOINT_SLICE: readonly Column[] = [
  NAME,
  text('AddressType', slice => slice['addressType']),
  text('Ports', slice => {
    const ports = objectsOf(slice['ports']).map(({ port, name }) =>
      port === undefined ? stringOf(name) || '*' : String(port),
    );
    return ports.length === 0 ? UNSET : firstOf(ports, MOST_SHOWN);
  }),
  text('Endpoints', slice => {
    const addresses = objectsOf(slice['endpoints']).flatMap(endpoint => strings(endpoint['addresses']));
    return addresses.length === 0 ? UNSET : firstOf(addresses, MOST_SHOWN);
  }),
  AGE,
];

const ROLE_LABEL = 'node-role.kubernetes.io/';

function nodeStatus(node: KubernetesObject): string {
  const ready = objectsOf(status(node)['conditions']).find(condition => condition['type'] === 'Ready');
  const word = ready ? (ready['status'] === 'True' ? 'Ready' : 'NotReady') : 'Unknown';
  return spec(node)['unschedulable'] === true ? `${word},SchedulingDisabled` : word;
}

function nodeAddress(node: KubernetesObject, type: string): string {
  const found = objectsOf(status(node)['addresses']).find(address => address['type'] === type);
  return stringOf(found?.['address']) || NONE;
}

const nodeInfo = (node: KubernetesObject, key: string): string =>
  stringOf(objectOf(status(node)['nodeInfo'])[key]) || UNKNOWN;

const NODE: readonly Column[] = [
  NAME,
  text('Status', nodeStatus),
  text('Roles', node => {
    const roles = Object.keys(node.metadata.labels ?? {})
      .filter(label => label.startsWith(ROLE_LABEL) && label.length > ROLE_LABEL.length)
      .map(label => label.slice(ROLE_LABEL.length));
    return roles.length === 0 ? NONE : roles.sort().join(',');
  }),
  AGE,
  text('Version', node => objectOf(status(node)['nodeInfo'])['kubeletVersion']),
  wide('Internal-IP', node => nodeAddress(node, 'InternalIP')),
  wide('External-IP', node => nodeAddress(node, 'ExternalIP')),
  wide('OS-Image', node => nodeInfo(node, 'osImage')),
  wide('Kernel-Version', node => nodeInfo(node, 'kernelVersion')),
  wide('Container-Runtime', node => nodeInfo(node, 'containerRuntimeVersion')),
];

const count = (value: unknown): number => Object.keys(objectOf(value)).length;
const countColumn = (name: string, cell: Column['cell']): Column => ({ name, cell });

function eventObject(event: KubernetesObject): string {
  const { kind, name } = objectOf(event['involvedObject']);
  return `${String(kind ?? '').toLowerCase()}/${String(name ?? '')}`;
}

function lastSeen(event: KubernetesObject, now: number): string {
  const first = event['firstTimestamp'] ?? event['eventTime'];
  return age(objectOf(event['series'])['lastObservedTime'] ?? event['lastTimestamp'] ?? first, now);
}

const EVENT: readonly Column[] = [
  text('Last Seen', lastSeen),
  text('Type', event => event['type']),
  text('Reason', event => event['reason']),
  text('Object', eventObject),
  wide('Subobject', event => objectOf(event['involvedObject'])['fieldPath'] ?? ''),
  wide('Source', event => {
    const { component, host } = objectOf(event['source']);
    const name = stringOf(component) || stringOf(event['reportingComponent']) || '';
    return host === undefined || host === '' ? name : `${name}, ${String(host)}`;
  }),
  text('Message', event => String(event['message'] ?? '').trim()),
  wide('First Seen', (event, now) => age(event['firstTimestamp'] ?? event['eventTime'], now)),
  wide('Count', event => number(objectOf(event['series'])['count'] ?? event['count'] ?? 1)),
  { name: 'Name', format: 'name', priority: 1, cell: event => event.metadata.name },
];

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

function metricTarget(metric: JsonObject, current: JsonObject | undefined): string {
  const resource = objectOf(metric['resource']);
  const now = objectOf(objectOf(current?.['resource'])['current']);
  const target = objectOf(resource['target']);
  const percent = target['averageUtilization'];
  if (percent === undefined)
    return `${UNKNOWN}/${String(target['averageValue'] ?? target['value'] ?? '<auto>')}`;
  const used = now['averageUtilization'];
  return `${String(resource['name'])}: ${used === undefined ? UNKNOWN : `${String(used)}%`}/${String(percent)}%`;
}

const AUTOSCALER: readonly Column[] = [
  NAME,
  text('Reference', autoscaler => {
    const { kind, name } = objectOf(spec(autoscaler)['scaleTargetRef']);
    return `${String(kind)}/${String(name)}`;
  }),
  text('Targets', autoscaler => {
    const metrics = objectsOf(spec(autoscaler)['metrics']);
    const current = objectsOf(status(autoscaler)['currentMetrics']);
    return metrics.length === 0
      ? NONE
      : metrics.map((metric, index) => metricTarget(metric, current[index])).join(', ');
  }),
  text('MinPods', autoscaler => String(spec(autoscaler)['minReplicas'] ?? UNSET)),
  text('MaxPods', autoscaler => spec(autoscaler)['maxReplicas']),
  text('Replicas', autoscaler => replicas(autoscaler, 'currentReplicas')),
  AGE,
];

const BUDGET: readonly Column[] = [
  NAME,
  text('Min Available', budget => String(spec(budget)['minAvailable'] ?? 'N/A')),
  text('Max Unavailable', budget => String(spec(budget)['maxUnavailable'] ?? 'N/A')),
  integer('Allowed Disruptions', budget => replicas(budget, 'disruptionsAllowed')),
  AGE,
];

const INGRESS: readonly Column[] = [
  NAME,
  text('Class', ingress => spec(ingress)['ingressClassName'] ?? NONE),
  text('Hosts', ingress => {
    const hosts = objectsOf(spec(ingress)['rules']).map(rule => stringOf(rule['host']) || '*');
    return hosts.length === 0 ? '*' : firstOf(hosts, MOST_SHOWN);
  }),
  text('Address', ingress =>
    objectsOf(objectOf(status(ingress)['loadBalancer'])['ingress'])
      .map(entry => stringOf(entry['ip']) || stringOf(entry['hostname']) || '')
      .join(','),
  ),
  text('Ports', ingress => (listOf(spec(ingress)['tls']).length > 0 ? '80, 443' : '80')),
  AGE,
];

/** By resource key; a kind that is absent shows its name and its age. */
export const COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  namespaces: [NAME, text('Status', namespace => status(namespace)['phase']), AGE],
  pods: POD,
  services: SERVICE,
  'deployments.apps': DEPLOYMENT,
  'replicasets.apps': REPLICA_SET,
  replicationcontrollers: REPLICA_SET,
  'statefulsets.apps': STATEFUL_SET,
  'daemonsets.apps': DAEMON_SET,
  endpoints: [NAME, text('Endpoints', endpointsCell), AGE],
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
  'rolebindings.rbac.authorization.k8s.io': BINDING,
  'clusterrolebindings.rbac.authorization.k8s.io': BINDING,
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': WEBHOOKS,
  'validatingwebhookconfigurations.admissionregistration.k8s.io': WEBHOOKS,
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
  'storageclasses.storage.k8s.io': [
    NAME,
    text('Provisioner', object => object['provisioner']),
    text('ReclaimPolicy', object => object['reclaimPolicy'] ?? 'Delete'),
    text('VolumeBindingMode', object => object['volumeBindingMode'] ?? 'Immediate'),
    { name: 'AllowVolumeExpansion', type: 'string', cell: object => object['allowVolumeExpansion'] === true },
    AGE,
  ],
  'jobs.batch': [
    NAME,
    text('Status', () => ''),
    text('Completions', job => `${replicas(job, 'succeeded')}/${number(spec(job)['completions'] ?? 1)}`),
    text('Duration', () => ''),
    AGE,
    ...TEMPLATE_COLUMNS,
    SELECTOR,
  ],
};

/** Returns a type's columns; those of a custom resource come from its definition. */
export function columnsFor(type: ResourceType, version: string): readonly Column[] {
  if (type.custom) return customColumns(type.custom.columns[version]);
  return COLUMNS[keyOf(type)] ?? [NAME, AGE];
}
