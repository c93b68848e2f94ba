/** The kinds that random requests create. */
import type { Random } from '../../../../harness/base/random.ts';
import {
  annotated,
  type Content,
  type Kind,
  kind,
  podSpec,
  replicas,
  type Surroundings,
  template,
  text,
  workload,
} from './kind.ts';
import { MORE_KINDS, POLICY_KINDS } from './more-kinds.ts';

const data = ({ random }: Surroundings): Content => ({
  data: { [random.pick(['a', 'b', 'c'])]: text(random) },
});
function service({ random, app }: Surroundings): Content {
  const ports = [{ name: 'http', port: 80, targetPort: random.pick([80, 'http', 'none']) }];
  const selector = random.integer(4) === 0 ? {} : { selector: { app } };
  return random.pick([
    { ports, ...selector },
    { ports, clusterIP: 'None', ...selector },
    { ports, type: 'NodePort', ...selector },
    { ports, type: 'LoadBalancer', ...selector },
    { type: 'ExternalName', externalName: 'example.com' },
  ]);
}

const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
const roleRef = (kind: string, name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name });
const subjects = [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'jane' }];

/** Only for one namespace, and nobody is hurt where nobody answers. */
function webhooks({ random, namespace, name, app }: Surroundings): Content {
  return {
    webhooks: [
      {
        name: `${name}.example.com`,
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Ignore',
        timeoutSeconds: 1,
        clientConfig: { service: { namespace, name: random.pick(['nobody', app]) } },
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        rules: [
          {
            apiGroups: ['*'],
            apiVersions: ['*'],
            operations: ['*'],
            resources: [random.pick(['pods', 'configmaps', '*'])],
          },
        ],
      },
    ],
  };
}
const webhookChange = ({ random }: Surroundings): Content =>
  random.integer(2) === 0 ? { webhooks: [] } : annotated({ random, namespace: '', name: '', app: '' });

const address = (random: Random): string => `10.0.0.${1 + random.integer(200)}`;
const subsets = (random: Random): Content[] => [
  { addresses: [{ ip: address(random) }], ports: [{ name: 'http', port: 80 }] },
];
const event = ({ random, namespace }: Surroundings, regarding: string): Content => ({
  reason: 'Noted',
  type: 'Normal',
  [regarding]: { kind: 'Pod', apiVersion: 'v1', namespace, name: text(random) },
});

const SCHEMA = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/** One version of a custom resource's definition. */
export const definitionVersion = (name: string, more: Content = {}): Content => ({
  name,
  served: true,
  storage: true,
  schema: { openAPIV3Schema: SCHEMA },
  subresources: { status: {} },
  ...more,
});

/** The definition's names follow from its own: `things3.r3.example.com`. */
export function definition({ random, name }: Surroundings): Content {
  const [plural = '', ...group] = name.split('.');
  return {
    spec: {
      group: group.join('.'),
      scope: random.integer(3) === 0 ? 'Cluster' : 'Namespaced',
      names: {
        plural,
        singular: plural.replace('s', ''),
        kind: `Kind${plural}`,
        listKind: `Kind${plural}List`,
      },
      versions: [definitionVersion('v1')],
    },
  };
}

const RBAC = 'rbac.authorization.k8s.io/v1';
const ADMISSION = 'admissionregistration.k8s.io/v1';

export const POD = kind('v1', 'pods', 'Pod', true, {
  content: at => ({ spec: podSpec(at) }),
  change: annotated,
  status: ({ random }) => ({ status: { reason: text(random) } }),
});
export const DEPLOYMENT = kind('apps/v1', 'deployments', 'Deployment', true, {
  content: at => ({
    spec: {
      ...workload(at),
      ...(at.random.integer(4) === 0 && { strategy: { type: 'Recreate' } }),
      ...(at.random.integer(4) === 0 && { minReadySeconds: 1 }),
      ...(at.random.integer(3) === 0 && { revisionHistoryLimit: at.random.integer(3) }),
    },
  }),
  change: at =>
    at.random.pick([
      replicas(at),
      { spec: { template: { spec: podSpec(at) } } },
      { spec: { paused: at.random.pick([true, false]) } },
      {
        metadata: { annotations: { 'deployment.kubernetes.io/revision': at.random.pick(['7', 'x', null]) } },
      },
    ]),
  status: ({ random }) => ({ status: { replicas: random.integer(9), collisionCount: random.integer(3) } }),
  hasScale: true,
});
export const REPLICA_SET = kind('apps/v1', 'replicasets', 'ReplicaSet', true, {
  content: at => ({ spec: workload(at) }),
  change: at => at.random.pick([replicas(at), { spec: { minReadySeconds: at.random.integer(2) } }]),
  status: ({ random }) => ({ status: { replicas: random.integer(9) } }),
  hasScale: true,
});
export const NAMESPACE = kind('v1', 'namespaces', 'Namespace', false, {
  content: () => ({}),
  change: annotated,
  status: () => ({ status: { phase: 'Active' } }),
});
export const DEFINITION = kind(
  'apiextensions.k8s.io/v1',
  'customresourcedefinitions',
  'CustomResourceDefinition',
  false,
  {
    content: definition,
    change: annotated,
    status: () => ({ status: { storedVersions: ['v1'] } }),
  },
);

/** Every kind that is stored, without custom ones. */
export const KINDS: readonly Kind[] = [
  ...MORE_KINDS,
  ...POLICY_KINDS,
  POD,
  DEPLOYMENT,
  REPLICA_SET,
  NAMESPACE,
  DEFINITION,
  kind('v1', 'configmaps', 'ConfigMap', true, { content: data, change: data }),
  kind('v1', 'secrets', 'Secret', true, {
    content: ({ random }) =>
      random.integer(3) === 0
        ? {
            type: 'kubernetes.io/service-account-token',
            metadata: {
              annotations: { 'kubernetes.io/service-account.name': random.pick(['default', 'nobody']) },
            },
          }
        : { stringData: { a: text(random) } },
    change: ({ random }) => ({ stringData: { a: text(random) } }),
  }),
  kind('v1', 'serviceaccounts', 'ServiceAccount', true, { content: () => ({}), change: annotated }),
  kind('v1', 'services', 'Service', true, {
    content: at => ({ spec: service(at) }),
    change: at =>
      at.random.pick([
        { spec: { selector: { app: at.app } } },
        { spec: { selector: null } },
        { spec: { type: at.random.pick(['ClusterIP', 'NodePort', 'LoadBalancer']) } },
      ]),
    status: () => ({ status: { loadBalancer: {} } }),
  }),
  kind('v1', 'endpoints', 'Endpoints', true, {
    content: ({ random }) => ({ subsets: subsets(random) }),
    change: ({ random }) => ({ subsets: subsets(random) }),
  }),
  kind('discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice', true, {
    content: ({ random, app }) => ({
      metadata: {
        labels: {
          'kubernetes.io/service-name': app,
          ...(random.integer(2) === 0 && {
            'endpointslice.kubernetes.io/managed-by': random.pick([
              'endpointslice-controller.k8s.io',
              'endpointslicemirroring-controller.k8s.io',
            ]),
          }),
        },
      },
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
      endpoints: [{ addresses: [address(random)] }],
    }),
    change: ({ random }) => ({ endpoints: [{ addresses: [address(random)] }] }),
  }),
  kind('v1', 'events', 'Event', true, { content: at => event(at, 'involvedObject'), change: annotated }),
  kind('events.k8s.io/v1', 'events', 'Event', true, {
    content: at => ({
      ...event(at, 'regarding'),
      eventTime: '2024-01-01T00:00:00.000000Z',
      action: 'Note',
      reportingController: 'example.com/test',
      reportingInstance: 'test-1',
    }),
    change: annotated,
  }),
  kind('v1', 'nodes', 'Node', false, {
    // Nobody is to be scheduled there: it has no kubelet.
    content: () => ({ spec: { unschedulable: true } }),
    change: annotated,
    status: ({ random }) => ({ status: { phase: random.pick(['Running', 'Pending']) } }),
  }),
  kind('v1', 'podtemplates', 'PodTemplate', true, {
    content: at => ({ template: template(at) }),
    change: annotated,
  }),
  kind('apps/v1', 'controllerrevisions', 'ControllerRevision', true, {
    content: () => ({ revision: 1, data: {} }),
    change: ({ random }) => ({ revision: random.integer(9) }),
  }),
  kind('autoscaling/v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', true, {
    content: ({ app }) => ({
      spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: app } },
    }),
    change: ({ random }) => ({ spec: { maxReplicas: 1 + random.integer(5) } }),
    status: ({ random }) => ({ status: { currentReplicas: random.integer(3), desiredReplicas: 1 } }),
  }),
  kind('networking.k8s.io/v1', 'ingressclasses', 'IngressClass', false, {
    content: () => ({ spec: { controller: 'example.com/ingress' } }),
    change: annotated,
  }),
  kind('networking.k8s.io/v1', 'ingresses', 'Ingress', true, {
    content: ({ app }) => ({ spec: { defaultBackend: { service: { name: app, port: { number: 80 } } } } }),
    change: ({ random }) => ({
      spec: { defaultBackend: { service: { name: text(random), port: { number: 80 } } } },
    }),
    status: () => ({ status: { loadBalancer: {} } }),
  }),
  kind('policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget', true, {
    content: ({ random, app }) => ({
      spec: {
        selector: { matchLabels: { app } },
        ...random.pick([{ minAvailable: 1 }, { maxUnavailable: '50%' }, { minAvailable: '30%' }]),
      },
    }),
    change: annotated,
    status: ({ random }) => ({ status: { disruptionsAllowed: random.integer(5) } }),
  }),
  kind(RBAC, 'roles', 'Role', true, { content: () => ({ rules }), change: () => ({ rules }) }),
  kind(RBAC, 'clusterroles', 'ClusterRole', false, { content: () => ({ rules }), change: annotated }),
  kind(RBAC, 'rolebindings', 'RoleBinding', true, {
    content: ({ name }) => ({ roleRef: roleRef('Role', name), subjects }),
    change: () => ({ subjects }),
  }),
  kind(RBAC, 'clusterrolebindings', 'ClusterRoleBinding', false, {
    content: ({ name }) => ({ roleRef: roleRef('ClusterRole', name), subjects }),
    change: annotated,
  }),
  kind('storage.k8s.io/v1', 'storageclasses', 'StorageClass', false, {
    content: () => ({ provisioner: 'example.com/disk' }),
    change: annotated,
  }),
  kind(ADMISSION, 'mutatingwebhookconfigurations', 'MutatingWebhookConfiguration', false, {
    content: webhooks,
    change: webhookChange,
  }),
  kind(ADMISSION, 'validatingwebhookconfigurations', 'ValidatingWebhookConfiguration', false, {
    content: webhooks,
    change: webhookChange,
  }),
  kind('scheduling.k8s.io/v1', 'priorityclasses', 'PriorityClass', false, {
    content: ({ random }) => ({ value: random.integer(1000) }),
    change: annotated,
  }),
  kind('coordination.k8s.io/v1', 'leases', 'Lease', true, {
    content: ({ random }) => ({ spec: { holderIdentity: text(random) } }),
    change: ({ random }) => ({ spec: { holderIdentity: text(random) } }),
  }),
];

/** A custom kind, as its definition has it at first. */
export function customKind(definitionName: string, isNamespaced: boolean): Kind {
  const [plural = '', ...group] = definitionName.split('.');
  return kind(`${group.join('.')}/v1`, plural, `Kind${plural}`, isNamespaced, {
    content: ({ random }) => ({ spec: { size: random.integer(9), note: text(random) } }),
    change: ({ random }) => ({ spec: { size: random.integer(9) } }),
    status: ({ random }) => ({ status: { phase: text(random) } }),
  });
}
