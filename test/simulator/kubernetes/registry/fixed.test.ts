import t from 'tap';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import { apiWorld, configMap, configMaps, pods, refusalOf, services } from '../api-world.ts';

const POD = '422 Invalid: Pod "x" is invalid: ';

interface Row {
  readonly name: string;
  readonly path: { readonly apiVersion: string; readonly plural: string; readonly namespace?: string };
  readonly object: KubernetesObject;
  readonly patch: Record<string, unknown>;
  readonly expected: string;
}

const metadata = { name: 'x' };
const nodes = { apiVersion: 'v1', plural: 'nodes' };
const priorities = { apiVersion: 'scheduling.k8s.io/v1', plural: 'priorityclasses' };
const storages = { apiVersion: 'storage.k8s.io/v1', plural: 'storageclasses' };
const container = { name: 'c', image: 'x' };
const pod = (spec: Record<string, unknown>) => ({ metadata, spec: { containers: [container], ...spec } });
const balanced = (spec: Record<string, unknown> = {}) => ({
  metadata,
  spec: { type: 'LoadBalancer', ports: [{ port: 1 }], ...spec },
});
const toleration = { key: 'k', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 9 };

/** kubernetes pkg/apis/<group>/validation/validation.go @v1.32. */
const rows: readonly Row[] = [
  {
    name: "a node's pod range",
    path: nodes,
    object: { metadata, spec: { podCIDRs: ['10.0.0.0/24'] } },
    patch: { spec: { podCIDRs: ['10.0.1.0/24'] } },
    expected:
      '422 Invalid: Node "x" is invalid: spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid',
  },
  {
    name: "a node's first provider",
    path: nodes,
    object: { metadata },
    patch: { spec: { providerID: 'kind://x' } },
    expected: 'none',
  },
  {
    name: "a node's second provider",
    path: nodes,
    object: { metadata, spec: { providerID: 'kind://x' } },
    patch: { spec: { providerID: 'kind://y' } },
    expected:
      '422 Invalid: Node "x" is invalid: spec.providerID: Forbidden: node updates may not change providerID except from "" to valid',
  },
  {
    name: 'the controller of an IngressClass',
    path: { apiVersion: 'networking.k8s.io/v1', plural: 'ingressclasses' },
    object: { metadata, spec: { controller: 'ex.io/a' } },
    patch: { spec: { controller: 'ex.io/b' } },
    expected:
      '422 Invalid: IngressClass.networking.k8s.io "x" is invalid: spec.controller: Invalid value: "ex.io/b": field is immutable',
  },
  {
    name: 'a priority',
    path: priorities,
    object: { metadata, value: 1 },
    patch: { value: 2, preemptionPolicy: 'Never' },
    expected:
      '422 Invalid: PriorityClass.scheduling.k8s.io "x" is invalid: [value: Forbidden: may not be changed in an update., preemptionPolicy: Invalid value: "Never": field is immutable]',
  },
  {
    name: 'the default of a priority, said aloud',
    path: priorities,
    object: { metadata, value: 1 },
    patch: { preemptionPolicy: 'PreemptLowerPriority' },
    expected: 'none',
  },
  {
    name: 'all of a StorageClass',
    path: storages,
    object: { metadata, provisioner: 'a' },
    patch: {
      parameters: { a: 'b' },
      provisioner: 'b',
      reclaimPolicy: 'Retain',
      volumeBindingMode: 'WaitForFirstConsumer',
    },
    expected:
      '422 Invalid: StorageClass.storage.k8s.io "x" is invalid: [parameters: Forbidden: updates to parameters are forbidden., provisioner: Forbidden: updates to provisioner are forbidden., reclaimPolicy: Forbidden: updates to reclaimPolicy are forbidden., volumeBindingMode: Invalid value: "WaitForFirstConsumer": field is immutable]',
  },
  {
    name: 'the class of a load balancer',
    path: services,
    object: balanced({ loadBalancerClass: 'ex.io/a' }),
    patch: { spec: { loadBalancerClass: 'ex.io/b' } },
    expected:
      '422 Invalid: Service "x" is invalid: spec.loadBalancerClass: Invalid value: "ex.io/b": may not change once set',
  },
  {
    name: 'the class of no load balancer',
    path: services,
    object: { metadata, spec: { ports: [{ port: 1 }] } },
    patch: { spec: { loadBalancerClass: 'ex.io/b' } },
    expected:
      '422 Invalid: Service "x" is invalid: spec.loadBalancerClass: Forbidden: may only be used when `type` is \'LoadBalancer\'',
  },
  {
    name: "a Service's address",
    path: services,
    object: balanced(),
    patch: { spec: { clusterIP: 'None', clusterIPs: ['None'] } },
    expected:
      '422 Invalid: Service "x" is invalid: [spec.clusterIPs[0]: Invalid value: ["None"]: may not change once set, spec.clusterIPs[0]: Invalid value: "None": may not be set to \'None\' for LoadBalancer services]',
  },
  {
    name: "a Service's port for health checks",
    path: services,
    object: balanced({ externalTrafficPolicy: 'Local', healthCheckNodePort: 31000 }),
    patch: { spec: { healthCheckNodePort: 31001 } },
    expected: '422 Invalid: Service "x" is invalid: spec.healthCheckNodePort: Forbidden: field is immutable',
  },
  {
    name: 'a container more',
    path: pods,
    object: pod({}),
    patch: { spec: { containers: [container, { name: 'd', image: 'x' }] } },
    expected: `${POD}spec.containers: Forbidden: pod updates may not add or remove containers`,
  },
  {
    name: 'a first deadline',
    path: pods,
    object: pod({}),
    patch: { spec: { activeDeadlineSeconds: 5 } },
    expected: 'none',
  },
  {
    name: 'a later deadline',
    path: pods,
    object: pod({ activeDeadlineSeconds: 5 }),
    patch: { spec: { activeDeadlineSeconds: 6 } },
    expected: `${POD}spec.activeDeadlineSeconds: Invalid value: 6: must be less than or equal to previous value`,
  },
  {
    name: 'a deadline, away',
    path: pods,
    object: pod({ activeDeadlineSeconds: 5 }),
    patch: { spec: { activeDeadlineSeconds: null } },
    expected: `${POD}spec.activeDeadlineSeconds: Invalid value: null: must not update from a positive integer to nil value`,
  },
  {
    name: 'a toleration, away',
    path: pods,
    object: pod({ tolerations: [toleration] }),
    patch: { spec: { tolerations: [] } },
    expected: `${POD}spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds`,
  },
  {
    name: 'a new gate',
    path: pods,
    object: pod({}),
    patch: { spec: { schedulingGates: [{ name: 'ex.io/g' }] } },
    expected: `${POD}spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'ex.io/g'`,
  },
  {
    name: 'a mark of deletion',
    path: configMaps,
    object: configMap('x'),
    patch: { metadata: { deletionTimestamp: '2026-01-02T03:04:05Z', deletionGracePeriodSeconds: 5 } },
    expected:
      '422 Invalid: ConfigMap "x" is invalid: [metadata.deletionTimestamp: Invalid value: "2026-01-02T03:04:05Z": field is immutable, metadata.deletionGracePeriodSeconds: Invalid value: 5: field is immutable]',
  },
];

t.test('what is fixed is refused with the sentence of the real server', async t => {
  await using world = await apiWorld();
  for (const { name, path, object, patch, expected } of rows) {
    await world.admin.create(path, object);
    const at = { ...path, name: 'x' };
    t.equal(await refusalOf(world.admin.patch(at, 'merge', patch)), expected, name);
    world.api.machinery.client.delete(path.plural + groupOf(path.apiVersion), path.namespace ?? '', 'x', {
      gracePeriodSeconds: 0,
    });
  }
});

const groupOf = (apiVersion: string) => (apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : '');
