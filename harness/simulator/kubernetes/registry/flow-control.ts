/**
 * The flow schemas and priority levels that an API server begins with (staging/src/k8s.io/apiserver
 * pkg/apis/flowcontrol/bootstrap/default.go @v1.34), and the defaults of those that users make
 * (pkg/apis/flowcontrol/v1/defaults.go). Requests are not held back here, whatever they say.
 */
import { child, fill, fillZero } from './fill.ts';
import { isObject, type JsonObject, type KubernetesObject, timestamp } from './json.ts';

const GROUP = 'flowcontrol.apiserver.k8s.io';
const AUTOUPDATE = { 'apf.kubernetes.io/autoupdate-spec': 'true' };

/** A priority level in short; without queues what is too much is refused. */
interface Level {
  readonly shares: number;
  readonly lendable: number;
  /** How many queues, and how many of them a flow may be in. */
  readonly queues?: readonly [count: number, hand: number];
}

const LEVELS: Readonly<Record<string, Level>> = {
  'catch-all': { shares: 5, lendable: 0 },
  'global-default': { shares: 20, lendable: 50, queues: [128, 6] },
  'leader-election': { shares: 10, lendable: 0, queues: [16, 4] },
  'node-high': { shares: 40, lendable: 25, queues: [64, 6] },
  system: { shares: 30, lendable: 33, queues: [64, 6] },
  'workload-high': { shares: 40, lendable: 50, queues: [128, 6] },
  'workload-low': { shares: 100, lendable: 90, queues: [128, 6] },
};
const QUEUE_LENGTH = 50;

function levelOf({ shares, lendable, queues }: Level): JsonObject {
  const [count = 0, handSize = 0] = queues ?? [];
  const queuing = { queues: count, handSize, queueLengthLimit: QUEUE_LENGTH };
  return {
    type: 'Limited',
    limited: {
      nominalConcurrencyShares: shares,
      limitResponse: queues ? { type: 'Queue', queuing } : { type: 'Reject' },
      lendablePercent: lendable,
    },
  };
}

const user = (name: string): JsonObject => ({ kind: 'User', user: { name } });
const group = (name: string): JsonObject => ({ kind: 'Group', group: { name } });
const accounts = (namespace: string): JsonObject => ({
  kind: 'ServiceAccount',
  serviceAccount: { namespace, name: '*' },
});
const ANYBODY = [group('system:unauthenticated'), group('system:authenticated')];
const MANAGER = user('system:kube-controller-manager');
const SCHEDULER = user('system:kube-scheduler');

const onAny = ['*'];
const ANY_RESOURCE = {
  verbs: onAny,
  apiGroups: onAny,
  resources: onAny,
  clusterScope: true,
  namespaces: onAny,
};
const ANYTHING = {
  resourceRules: [ANY_RESOURCE],
  nonResourceRules: [{ verbs: onAny, nonResourceURLs: onAny }],
};
const leases = (verbs: readonly string[]): JsonObject => ({
  ...{ verbs, apiGroups: ['coordination.k8s.io'], resources: ['leases'], namespaces: onAny },
});
const ELECTIONS = { resourceRules: [leases(['get', 'create', 'update'])] };
const NODES = { verbs: onAny, apiGroups: [''], resources: ['nodes', 'nodes/status'] };
const NODE_REPORTS = {
  resourceRules: [{ ...NODES, clusterScope: true, namespaces: onAny }, leases(onAny)],
};
const PROBES = { nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }] };

/** A flow schema in short. */
type Schema = readonly [
  name: string,
  level: string,
  precedence: number,
  distinguishedBy: 'ByUser' | 'ByNamespace' | '',
  subjects: readonly JsonObject[],
  rule: JsonObject,
];

const SCHEMAS: readonly Schema[] = [
  ['exempt', 'exempt', 1, '', [group('system:masters')], ANYTHING],
  ['catch-all', 'catch-all', 10_000, 'ByUser', ANYBODY, ANYTHING],
  ['system-nodes', 'system', 500, 'ByUser', [group('system:nodes')], ANYTHING],
  ['system-node-high', 'node-high', 400, 'ByUser', [group('system:nodes')], NODE_REPORTS],
  ['probes', 'exempt', 2, '', ANYBODY, PROBES],
  [
    'system-leader-election',
    'leader-election',
    100,
    'ByUser',
    [MANAGER, SCHEDULER, accounts('kube-system')],
    ELECTIONS,
  ],
  ['kube-controller-manager', 'workload-high', 800, 'ByNamespace', [MANAGER], ANYTHING],
  ['kube-scheduler', 'workload-high', 800, 'ByNamespace', [SCHEDULER], ANYTHING],
  ['kube-system-service-accounts', 'workload-high', 900, 'ByNamespace', [accounts('kube-system')], ANYTHING],
  ['service-accounts', 'workload-low', 9000, 'ByUser', [group('system:serviceaccounts')], ANYTHING],
  ['global-default', 'global-default', 9900, 'ByUser', ANYBODY, ANYTHING],
];

function schemaOf([name, level, precedence, by, subjects, rule]: Schema, now: string): KubernetesObject {
  const message = `This FlowSchema references the PriorityLevelConfiguration object named "${level}" and it exists`;
  return {
    metadata: { name, annotations: { ...AUTOUPDATE } },
    spec: {
      priorityLevelConfiguration: { name: level },
      matchingPrecedence: precedence,
      ...(by !== '' && { distinguisherMethod: { type: by } }),
      rules: [{ subjects, ...rule }],
    },
    status: {
      conditions: [{ type: 'Dangling', status: 'False', lastTransitionTime: now, reason: 'Found', message }],
    },
  };
}

/** Makes the objects that are there from the beginning. @param now - milliseconds since the epoch */
export function bootstrapFlowControl(
  now: number,
): { readonly resource: string; readonly object: KubernetesObject }[] {
  const exempt = { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } };
  const levels = Object.entries(LEVELS).map(([name, level]) => ({ name, spec: levelOf(level) }));
  return [
    ...[{ name: 'exempt', spec: exempt }, ...levels].map(({ name, spec }) => ({
      resource: `prioritylevelconfigurations.${GROUP}`,
      object: { metadata: { name, annotations: { ...AUTOUPDATE } }, spec, status: {} },
    })),
    ...SCHEMAS.map(schema => ({
      resource: `flowschemas.${GROUP}`,
      object: schemaOf(schema, timestamp(now)),
    })),
  ];
}

const DEFAULT_PRECEDENCE = 1000;

/** Fills in a FlowSchema. */
export function defaultFlowSchema(schema: KubernetesObject): void {
  fill(child(schema, 'spec'), { matchingPrecedence: DEFAULT_PRECEDENCE });
  child(schema, 'status');
}

/** Fills in a PriorityLevelConfiguration. */
export function defaultPriorityLevel(level: KubernetesObject): void {
  const spec = child(level, 'spec');
  if (spec['type'] === 'Exempt')
    fill(child(spec, 'exempt'), { nominalConcurrencyShares: 0, lendablePercent: 0 });
  if (isObject(spec['limited'])) {
    fill(spec['limited'], { nominalConcurrencyShares: 30, lendablePercent: 0 });
    const response = child(spec['limited'], 'limitResponse');
    if (isObject(response['queuing']))
      fillZero(response['queuing'], { queues: 64, handSize: 8, queueLengthLimit: QUEUE_LENGTH });
  }
  child(level, 'status');
}
