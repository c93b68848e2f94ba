/** Who sees a service: `exportTo` of Services and rules, the mesh's defaults, and Sidecars. */
import t from 'tap';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import { isNightly } from '../../../support/nightly.ts';
import { type Called, RuledMesh } from '../../../support/ruled-mesh.ts';

const mesh = await RuledMesh.install('multi-primary-multi-network');
t.teardown(async () => await mesh[Symbol.asyncDispose]());

/** Half of the rows by day. */
const some = <T>(rows: readonly T[]): readonly T[] => rows.filter((_row, at) => isNightly || at % 2 === 0);

const HOST = 'helloworld.sample.svc.cluster.local';
/** Who answers twelve calls: versions, or statuses. */
const seen = async (): Promise<string> => versions(await mesh.calls(12));
const versions = (calls: readonly Called[]): string =>
  [...new Set(calls.map(({ status, body }) => /version: (v\d)/.exec(body)?.[1] ?? String(status)))]
    .sort()
    .join(' ');
const networking = (kind: string, name: string, spec: object, namespace = 'sample'): KubernetesObject => ({
  apiVersion: 'networking.istio.io/v1alpha3',
  kind,
  metadata: { name, namespace },
  spec,
});

/** Annotates HelloWorld's Service, in both clusters or some; null takes the annotation away. */
async function exportService(
  value: string | null,
  clusters: readonly string[] = ['cluster1', 'cluster2'],
): Promise<void> {
  const path = { apiVersion: 'v1', plural: 'services', namespace: 'sample', name: 'helloworld' };
  const annotations = { 'networking.istio.io/exportTo': value };
  for (const cluster of clusters)
    await mesh.mesh.client(cluster).patch(path, 'merge', { metadata: { annotations } });
  await mesh.mesh.pass(60_000);
}

/** To whom the Service is exported, and who answers: what the mesh does not know is the own cluster's. */
const EXPORTS: readonly [exportTo: string, expected: string][] = [
  ['~', 'v1'],
  ['elsewhere', 'v1'],
  // The gateway of the other network does not see it either.
  ['sample, elsewhere', 'v1'],
  ['., istio-system', 'v1 v2'],
  ['~,sample', 'v1'],
];
for (const [exportTo, expected] of some(EXPORTS))
  t.test(`a Service is exported to ${exportTo}: ${expected}`, async t => {
    await exportService(exportTo);
    t.equal(await seen(), expected);
    await exportService(null);
  });

t.test('what one cluster exports to nobody has the endpoints of the other', async t => {
  await exportService('~', ['cluster2']);
  t.equal(await seen(), 'v1');
  await exportService(null);
});

t.test('defaultServiceExportTo of the mesh hides what says nothing itself', async t => {
  const undo = await mesh.changeMesh('defaultServiceExportTo: ["istio-system"]');
  t.equal(await seen(), 'v1');
  await exportService('*');
  t.equal(await seen(), 'v1 v2');
  await exportService(null);
  await undo();
});

const toV2 = (exportTo: readonly string[], namespace = 'sample') => [
  networking('DestinationRule', 'subsets', {
    host: HOST,
    subsets: [{ name: 'v2', labels: { version: 'v2' } }],
  }),
  networking(
    'VirtualService',
    'route',
    { hosts: [HOST], exportTo, http: [{ route: [{ destination: { host: HOST, subset: 'v2' } }] }] },
    namespace,
  ),
];
const ROUTES: readonly [exportTo: readonly string[], namespace: string, expected: string][] = [
  [['.'], 'sample', 'v2'],
  [['.'], 'istio-system', 'v1 v2'],
  [['istio-system'], 'sample', 'v1 v2'],
  [['sample'], 'istio-system', 'v2'],
];
for (const [exportTo, namespace, expected] of some(ROUTES))
  t.test(`a VirtualService of ${namespace} is exported to ${exportTo}: ${expected}`, async t => {
    t.equal(await mesh.with(toV2(exportTo, namespace), seen), expected);
  });

t.test('the mesh decides for VirtualServices that say nothing', async t => {
  const undo = await mesh.changeMesh('defaultVirtualServiceExportTo: ["."]');
  t.equal(await mesh.with(toV2([], 'istio-system'), seen), 'v1 v2');
  t.equal(await mesh.with(toV2([], 'sample'), seen), 'v2');
  await undo();
});

const disabled = (name: string, namespace: string, more: object = {}): KubernetesObject =>
  networking(
    'DestinationRule',
    name,
    { host: HOST, trafficPolicy: { tls: { mode: 'DISABLE' } }, ...more },
    namespace,
  );
const RULES: readonly [what: string, rules: readonly KubernetesObject[], expected: string][] = [
  ['of the service’s namespace', [disabled('a', 'sample')], 'v1'],
  ['exported elsewhere only', [disabled('a', 'sample', { exportTo: ['elsewhere'] })], 'v1 v2'],
  ['of the root namespace', [disabled('a', 'istio-system')], 'v1'],
  // The gateway is in that namespace, and has no endpoints any more.
  ['of the root namespace, for itself', [disabled('a', 'istio-system', { exportTo: ['.'] })], 'v1'],
  ['of a third namespace', [disabled('a', 'default')], 'v1 v2'],
];
for (const [what, rules, expected] of some(RULES))
  t.test(`a DestinationRule ${what}: ${expected}`, async t => {
    t.equal(await mesh.with(rules, seen), expected);
  });

const sidecar = (spec: object, namespace = 'sample'): KubernetesObject =>
  networking('Sidecar', 'sidecar', spec, namespace);
const SIDECARS: readonly [what: string, object: KubernetesObject, expected: string][] = [
  ['that takes in other namespaces only', sidecar({ egress: [{ hosts: ['istio-system/*'] }] }), 'v1'],
  ['that takes in its own', sidecar({ egress: [{ hosts: ['./*'] }] }), 'v1 v2'],
  ['that takes in nothing', sidecar({ egress: [{ hosts: ['~/*'] }] }), 'v1'],
  ['that names the host', sidecar({ egress: [{ hosts: [`*/${HOST}`] }] }), 'v1 v2'],
  ['that leaves the host out', sidecar({ egress: [{ hosts: ['*/*', `~sample/${HOST}`] }] }), 'v1'],
  [
    'for other pods',
    sidecar({ workloadSelector: { labels: { app: 'other' } }, egress: [{ hosts: ['~/*'] }] }),
    'v1 v2',
  ],
  [
    'that allows nothing else',
    sidecar({ outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' }, egress: [{ hosts: ['istio-system/*'] }] }),
    '0',
  ],
  [
    'of another port',
    sidecar({ egress: [{ port: { number: 80, protocol: 'HTTP', name: 'http' }, hosts: ['*/*'] }] }),
    'v1',
  ],
  ['of the root namespace', sidecar({ egress: [{ hosts: ['istio-system/*'] }] }, 'istio-system'), 'v1'],
];
for (const [what, object, expected] of some(SIDECARS))
  t.test(`a Sidecar ${what}: ${expected}`, async t => {
    t.equal(await mesh.with([object], seen), expected);
  });
