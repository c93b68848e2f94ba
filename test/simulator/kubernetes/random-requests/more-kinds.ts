/** Kinds of random requests: sets and jobs, storage, policies, and kinds that are kept and do nothing. */
import {
  annotated,
  type Content,
  type Kind,
  kind,
  podSpec,
  replicas,
  type Surroundings,
  text,
  workload,
} from './kind.ts';

/** A request for a certificate, of jane in the organization example. */
const REQUEST = [
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIYk1JR0RBZ0VBTUNFeEVEQU9CZ05WQkFvTUIyVjRZVzF3',
  'YkdVeERUQUxCZ05WQkFNTUJHcGhibVV3V1RBVApCZ2NxaGtqT1BRSUJCZ2dxaGtqT1BRTUJCd05DQUFSNHZxSUlDMzd2UUdL',
  'R2svOFVLT3YxRGRiUEROZDFUM0NLClNnRHMyUk9GOHVONncvUnZZZXBXSU5ycVdpQVdFVW8rbWJDTVpuUlhTYjA1OGtOb0lx',
  'TGpvQUF3Q2dZSUtvWkkKemowRUF3SURSd0F3UkFJZ0lqOVR2WloybU5PT0tMa2d1NnVGcVZwZWhjYmJhMGYyRi9BTDVkOFJj',
  'RmNDSUVTVgo5UEhpMS91ZExMd3hmSzhLWmxJNHhWTVIyODNXQnFEbldxYjlpU3dHCi0tLS0tRU5EIENFUlRJRklDQVRFIFJF',
  'UVVFU1QtLS0tLQo=',
].join('');

/** Never by itself while a test runs. */
const SELDOM = '0 0 1 1 *';

/** Only on nodes that have a kubelet: those that a sequence makes lack the label. */
const onRealNodes = { nodeSelector: { 'kubernetes.io/os': 'linux' } };

const jobSpec = (at: Surroundings): Content => {
  const { random } = at;
  return {
    template: {
      metadata: { labels: { app: at.app } },
      spec: { ...podSpec(at), restartPolicy: random.pick(['Never', 'OnFailure']) },
    },
    parallelism: random.integer(3),
    ...(random.integer(2) === 0 && { completions: 1 + random.integer(2) }),
    ...(random.integer(3) === 0 && { suspend: true }),
    ...(random.integer(3) === 0 && { activeDeadlineSeconds: 1 + random.integer(2) }),
    ...(random.integer(3) === 0 && { ttlSecondsAfterFinished: random.integer(3) }),
    ...(random.integer(3) === 0 && { backoffLimit: random.integer(2) }),
  };
};

const claimSpec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } };
const BATCH = 'batch/v1';
const STORAGE = 'storage.k8s.io/v1';
const NETWORKING = 'networking.k8s.io/v1';

/** Workloads among these kinds, which the themes of sequences name. */
const WORKLOADS: readonly Kind[] = [
  kind('apps/v1', 'statefulsets', 'StatefulSet', true, {
    content: at => ({
      spec: {
        ...workload(at),
        serviceName: at.app,
        ...(at.random.integer(2) === 0 && { podManagementPolicy: 'Parallel' }),
        ...(at.random.integer(3) === 0 && {
          volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: claimSpec }],
        }),
        ...(at.random.integer(4) === 0 && { updateStrategy: { type: 'OnDelete' } }),
      },
    }),
    change: at =>
      at.random.pick([replicas(at), { spec: { template: { spec: podSpec(at) } } }, annotated(at)]),
    status: ({ random }) => ({ status: { replicas: random.integer(9), collisionCount: random.integer(3) } }),
    hasScale: true,
  }),
  kind('apps/v1', 'daemonsets', 'DaemonSet', true, {
    content: at => ({
      spec: {
        selector: { matchLabels: { app: at.app } },
        template: { metadata: { labels: { app: at.app } }, spec: { ...podSpec(at), ...onRealNodes } },
        ...(at.random.integer(3) === 0 && { updateStrategy: { type: 'OnDelete' } }),
      },
    }),
    change: at => ({ spec: { template: { spec: podSpec(at) } } }),
    status: ({ random }) => ({
      status: {
        currentNumberScheduled: random.integer(3),
        desiredNumberScheduled: 1,
        numberMisscheduled: 0,
        numberReady: random.integer(3),
      },
    }),
  }),
  kind('v1', 'replicationcontrollers', 'ReplicationController', true, {
    content: at => ({ spec: { ...workload(at), selector: { app: at.app } } }),
    change: at => at.random.pick([replicas(at), annotated(at)]),
    status: ({ random }) => ({ status: { replicas: random.integer(9) } }),
    hasScale: true,
  }),
  kind(BATCH, 'jobs', 'Job', true, {
    content: at => ({ spec: jobSpec(at) }),
    change: at =>
      at.random.pick([
        { spec: { parallelism: at.random.integer(3) } },
        { spec: { suspend: at.random.pick([true, false]) } },
        annotated(at),
      ]),
  }),
  kind(BATCH, 'cronjobs', 'CronJob', true, {
    content: at => ({ spec: { schedule: SELDOM, jobTemplate: { spec: jobSpec(at) } } }),
    change: at => ({ spec: { suspend: at.random.pick([true, false]) } }),
    status: () => ({ status: { lastScheduleTime: '2024-01-01T00:00:00Z' } }),
  }),
  kind('v1', 'persistentvolumeclaims', 'PersistentVolumeClaim', true, {
    content: ({ random }) => ({
      spec: { ...claimSpec, ...(random.integer(3) === 0 && { storageClassName: '' }) },
    }),
    change: annotated,
  }),
  kind(NETWORKING, 'networkpolicies', 'NetworkPolicy', true, {
    content: ({ random, app }) => ({
      spec: {
        podSelector: random.pick([{}, { matchLabels: { app } }]),
        ...(random.integer(2) === 0 && { ingress: [{ from: [{ podSelector: {} }] }] }),
        ...(random.integer(2) === 0 && { egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }] }),
      },
    }),
    change: ({ app }) => ({ spec: { podSelector: { matchLabels: { app } } } }),
  }),
];

/** An address that no other sequence asks for. */
const addressOf = (name: string): string => {
  const number = [...name].reduce((sum, sign) => (sum * 31 + sign.charCodeAt(0)) % 2 ** 24, 7);
  return `11.${number >>> 16}.${(number >>> 8) & 255}.${number & 255}`;
};

export const MORE_KINDS: readonly Kind[] = [
  ...WORKLOADS,
  kind('v1', 'persistentvolumes', 'PersistentVolume', false, {
    content: ({ random }) => ({
      spec: {
        capacity: { storage: '1Mi' },
        accessModes: ['ReadWriteOnce'],
        hostPath: { path: '/tmp/random' },
        persistentVolumeReclaimPolicy: random.pick(['Retain', 'Delete']),
      },
    }),
    change: annotated,
  }),
  kind('certificates.k8s.io/v1', 'certificatesigningrequests', 'CertificateSigningRequest', false, {
    content: () => ({
      spec: { request: REQUEST, signerName: 'example.com/random', usages: ['client auth'] },
    }),
    change: annotated,
  }),
  kind(NETWORKING, 'ipaddresses', 'IPAddress', false, {
    content: ({ name }) => ({
      metadata: { name: addressOf(name) },
      spec: { parentRef: { resource: 'services', namespace: 'default', name: 'kubernetes' } },
    }),
    change: annotated,
  }),
  kind(NETWORKING, 'servicecidrs', 'ServiceCIDR', false, {
    content: () => ({ spec: { cidrs: ['10.200.0.0/24'] } }),
    change: annotated,
  }),
  kind(STORAGE, 'csidrivers', 'CSIDriver', false, { content: () => ({ spec: {} }), change: annotated }),
  kind(STORAGE, 'csinodes', 'CSINode', false, {
    content: ({ name }) => ({ spec: { drivers: [{ name: 'example.com', nodeID: name }] } }),
    change: annotated,
  }),
  kind(STORAGE, 'csistoragecapacities', 'CSIStorageCapacity', true, {
    content: () => ({ storageClassName: 'standard', capacity: '1Gi' }),
    change: ({ random }) => ({ capacity: `${1 + random.integer(9)}Gi` }),
  }),
  kind(STORAGE, 'volumeattachments', 'VolumeAttachment', false, {
    content: ({ name }) => ({
      spec: { attacher: 'example.com', nodeName: name, source: { persistentVolumeName: name } },
    }),
    change: annotated,
  }),
  kind(STORAGE, 'volumeattributesclasses', 'VolumeAttributesClass', false, {
    content: ({ random }) => ({ driverName: 'example.com', parameters: { a: text(random) } }),
    change: annotated,
  }),
];

const ADMISSION = 'admissionregistration.k8s.io/v1';
const FLOW = 'flowcontrol.apiserver.k8s.io/v1';

/** Kinds that say what others may be: they refuse little, for sequences are of valid requests. */
export const POLICY_KINDS: readonly Kind[] = [
  kind('v1', 'resourcequotas', 'ResourceQuota', true, {
    content: ({ random }) => ({
      spec: { hard: { pods: '500', 'count/secrets': String(500 + random.integer(9)) } },
    }),
    change: ({ random }) => ({ spec: { hard: { pods: String(500 + random.integer(9)) } } }),
    status: () => ({ status: { used: { pods: '1' } } }),
  }),
  kind('v1', 'limitranges', 'LimitRange', true, {
    content: () => ({
      spec: { limits: [{ type: 'Container', default: { cpu: '20m' }, min: { cpu: '1m' } }] },
    }),
    change: ({ random }) => ({
      spec: { limits: [{ type: 'Container', default: { cpu: `${10 + random.integer(9)}m` } }] },
    }),
  }),
  kind(ADMISSION, 'validatingadmissionpolicies', 'ValidatingAdmissionPolicy', false, {
    content: () => ({
      spec: {
        matchConstraints: {
          resourceRules: [
            { apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['configmaps'] },
          ],
        },
        validations: [{ expression: 'object == null || has(object.metadata)' }],
      },
    }),
    change: annotated,
  }),
  kind(ADMISSION, 'validatingadmissionpolicybindings', 'ValidatingAdmissionPolicyBinding', false, {
    content: ({ name, namespace }) => ({
      spec: {
        policyName: name,
        validationActions: ['Audit'],
        matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } },
      },
    }),
    change: annotated,
  }),
  kind('node.k8s.io/v1', 'runtimeclasses', 'RuntimeClass', false, {
    content: () => ({ handler: 'random' }),
    change: annotated,
  }),
  kind(FLOW, 'flowschemas', 'FlowSchema', false, {
    content: () => ({
      spec: { matchingPrecedence: 9999, priorityLevelConfiguration: { name: 'global-default' } },
    }),
    change: ({ random }) => ({ spec: { matchingPrecedence: 9000 + random.integer(9) } }),
  }),
  kind(FLOW, 'prioritylevelconfigurations', 'PriorityLevelConfiguration', false, {
    content: () => ({
      spec: {
        type: 'Limited',
        limited: { nominalConcurrencyShares: 1, limitResponse: { type: 'Reject' } },
      },
    }),
    change: annotated,
  }),
];

/** Resource keys of the kinds that make pods or are used by them. */
export const MORE_WORKLOADS: readonly string[] = WORKLOADS.map(({ key }) => key);
