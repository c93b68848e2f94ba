/** Locality load balancing: the caller's own region first, others when it fails, or by weights. */
import t from 'tap';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import { destinationRule } from '../../../support/helloworld-rules.ts';
import { type Called, RuledMesh } from '../../../support/ruled-mesh.ts';

const mesh = await RuledMesh.install('multi-primary-multi-network');
t.teardown(async () => await mesh[Symbol.asyncDispose]());

const rule = (trafficPolicy: object): KubernetesObject => destinationRule({ trafficPolicy });
const OUTLIER = {
  consecutive5xxErrors: 1,
  interval: '1s',
  baseEjectionTime: '1m',
  maxEjectionPercent: 100,
};
const versions = (calls: readonly Called[]): readonly string[] =>
  calls.map(({ status, body }) => /version: (v\d)/.exec(body)?.[1] ?? String(status));
const seen = (calls: readonly Called[]): string => [...new Set(versions(calls))].sort().join(' ');
const locality = (localityLbSetting: object, more: object = { outlierDetection: OUTLIER }) =>
  rule({ loadBalancer: { localityLbSetting }, ...more });

/** Labels the nodes of a cluster, as a user would with kubectl. */
async function place(cluster: string, region: string, zone: string): Promise<void> {
  const client = mesh.mesh.client(cluster);
  const nodes = { apiVersion: 'v1', plural: 'nodes' };
  for (const { metadata } of (await client.list(nodes, {})).items)
    await client.patch({ ...nodes, name: metadata.name ?? '' }, 'merge', {
      metadata: {
        labels: { 'topology.kubernetes.io/region': region, 'topology.kubernetes.io/zone': zone },
      },
    });
}
await place('cluster1', 'region1', 'zone1');
await place('cluster2', 'region2', 'zone2');

const FAILOVER = [{ from: 'region1', to: 'region2' }];
const ROWS: readonly [title: string, rule: KubernetesObject, expected: string][] = [
  ['failover from region to region', locality({ failover: FAILOVER }), 'v1'],
  ['outlier detection alone', rule({ outlierDetection: OUTLIER }), 'v1'],
  ['failover without outlier detection', locality({ failover: FAILOVER }, {}), 'v1 v2'],
  ['turned off', locality({ enabled: false, failover: FAILOVER }), 'v1 v2'],
  ['by the label of the network', locality({ failoverPriority: ['topology.istio.io/network'] }), 'v1'],
  [
    'by a label with a value, which the other version has',
    locality({ failoverPriority: ['topology.istio.io/network=network2'] }),
    'v2',
  ],
  ['by a label that nobody has', locality({ failoverPriority: ['nothing'] }), 'v1 v2'],
  [
    'weights: all to the other region',
    locality({ distribute: [{ from: 'region1/*', to: { 'region2/*': 100 } }] }, {}),
    'v2',
  ],
  [
    'weights of another caller',
    locality({ distribute: [{ from: 'region3/*', to: { 'region2/*': 100 } }] }, {}),
    'v1 v2',
  ],
  [
    'weights to a zone that is not there',
    locality({ distribute: [{ from: 'region1/zone1/*', to: { 'region2/zone7/*': 100 } }] }, {}),
    '503',
  ],
];
for (const [title, object, expected] of ROWS)
  t.test(`${title}: ${expected}`, async t => {
    t.equal(seen(await mesh.with([object], async () => await mesh.calls(16))), expected);
  });

t.test('weights are shares', async t => {
  const setting = { distribute: [{ from: 'region1/*', to: { 'region1/*': 80, 'region2/*': 20 } }] };
  const calls = await mesh.with([locality(setting, {})], async () => await mesh.calls(100));
  const far = versions(calls).filter(version => version === 'v2').length;
  t.ok(far >= 10 && far <= 30, `${far} of 100`);
});

t.test('R4: the other region takes over when the own one fails, until its time is over', async t => {
  const blocked = { apiVersion: 'networking.k8s.io/v1', plural: 'networkpolicies', namespace: 'sample' };
  const client = mesh.mesh.client('cluster1');
  await client.create(blocked, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'nobody', namespace: 'sample' },
    spec: { podSelector: { matchLabels: { app: 'helloworld' } }, policyTypes: ['Ingress'] },
  });
  await mesh.with([locality({ failover: FAILOVER })], async () => {
    const [first, ...rest] = await mesh.calls(5);
    t.equal(first?.status, 200);
    t.ok((first?.seconds ?? 0) >= 10, `after its time to connect: ${first?.seconds}`);
    t.equal(seen(rest), 'v2');
    t.ok(rest.every(({ seconds }) => seconds < 1));
    await client.delete({ ...blocked, name: 'nobody' });
    t.equal(seen(await mesh.calls(4)), 'v2', 'nobody asks it again yet');
    await mesh.mesh.pass(61_000);
    t.equal(seen(await mesh.calls(4)), 'v1');
  });
});

t.test("the mesh's own setting holds where a rule has none", async t => {
  const undo = await mesh.changeMesh(
    'localityLbSetting: { distribute: [{ from: "region1/*", to: { "region2/*": 100 } }] }',
  );
  t.equal(seen(await mesh.calls(8)), 'v2');
  const off = locality({ enabled: false }, {});
  t.equal(seen(await mesh.with([off], async () => await mesh.calls(16))), 'v1 v2');
  await undo();
});

t.test("a pod's own label wins over its node's", async t => {
  const client = mesh.mesh.client('cluster1');
  const path = { apiVersion: 'apps/v1', plural: 'deployments', namespace: 'sample', name: 'helloworld-v1' };
  const label = async (value: string | null) => {
    const template = { metadata: { labels: { 'istio-locality': value } } };
    await client.patch(path, 'merge', { spec: { template } });
    await mesh.mesh.pass(60_000);
  };
  await label('region3.zone3');
  const setting = { distribute: [{ from: 'region1/*', to: { 'region3/zone3': 100 } }] };
  t.equal(seen(await mesh.with([locality(setting, {})], async () => await mesh.calls(8))), 'v1');
  await label(null);
});
