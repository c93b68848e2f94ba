/** Changes reach connections that are open: pools of a changed cluster, chains of a changed listener. */
import t from 'tap';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import { destinationRule, HELLOWORLD } from '../../../support/helloworld-rules.ts';
import { type Called, RuledMesh } from '../../../support/ruled-mesh.ts';

const mesh = await RuledMesh.install('multi-primary-multi-network');
t.teardown(async () => await mesh[Symbol.asyncDispose]());

const policy = (mode: string, ports?: object): KubernetesObject => ({
  apiVersion: 'security.istio.io/v1beta1',
  kind: 'PeerAuthentication',
  metadata: { name: 'default', namespace: 'sample' },
  spec: { mtls: { mode }, ...ports },
});
/** All calls to v2, which is behind the gateway of cluster2, and no other attempt. */
const TO_FAR_VERSION: readonly KubernetesObject[] = [
  destinationRule({ subsets: [{ name: 'far', labels: { version: 'v2' } }] }),
  {
    apiVersion: 'networking.istio.io/v1alpha3',
    kind: 'VirtualService',
    metadata: { name: 'route', namespace: 'sample' },
    spec: { hosts: [HELLOWORLD], http: [{ route: [{ destination: { host: HELLOWORLD, subset: 'far' } }] }] },
  },
];
const seen = (calls: readonly Called[]): string =>
  [...new Set(calls.map(({ status, body }) => /version: (v\d)/.exec(body)?.[1] ?? String(status)))]
    .sort()
    .join(' ');
const plaintext = destinationRule({ trafficPolicy: { tls: { mode: 'DISABLE' } } });

const BY_RULES: readonly [title: string, objects: readonly KubernetesObject[], expected: string][] = [
  ['plaintext to a server that takes mTLS only (R16)', [policy('STRICT'), plaintext], '503'],
  ['plaintext to a server that takes both', [policy('PERMISSIVE'), plaintext], 'v1'],
  ['plaintext to a server that takes nothing else', [policy('DISABLE'), plaintext], 'v1'],
  [
    'mTLS to a server that takes plaintext only',
    [policy('DISABLE'), destinationRule({ trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } } })],
    '503',
  ],
];
for (const [title, objects, expected] of BY_RULES)
  t.test(`${title}: ${expected}`, async t => {
    t.equal(seen(await mesh.calls(8)), 'v1 v2', 'before, over pools that stay open');
    t.equal(seen(await mesh.with(objects, async () => await mesh.calls(12))), expected);
    t.equal(seen(await mesh.calls(8)), 'v1 v2', 'afterwards');
  });

const CLUSTER2 = () => mesh.mesh.client('cluster2');
const GATEWAYS = {
  apiVersion: 'networking.istio.io/v1alpha3',
  plural: 'gateways',
  namespace: 'istio-system',
};
const CROSS_NETWORK = { ...GATEWAYS, name: 'cross-network-gateway' };

t.test('R17: calls to a far cluster fail, once the listener of its Gateway has drained', async t => {
  await mesh.with(TO_FAR_VERSION, async () => {
    t.equal(seen(await mesh.calls(8)), 'v2');
    const gateway = await CLUSTER2().get(CROSS_NETWORK);
    await CLUSTER2().delete(CROSS_NETWORK);
    await mesh.mesh.pass(2_000);
    t.equal(seen(await mesh.calls(4)), 'v2', 'what is open goes on while it drains');
    await mesh.mesh.pass(46_000);
    t.equal(seen(await mesh.calls(8)), '503');
    const { resourceVersion: _, uid: __, ...metadata } = gateway.metadata;
    await CLUSTER2().create(GATEWAYS, { ...gateway, metadata });
    await mesh.mesh.pass(20_000);
    t.equal(seen(await mesh.calls(8)), 'v2', 'and are answered when it is back');
  });
});

t.test('a Gateway whose hosts are others closes the chains that it no longer has', async t => {
  await mesh.with(TO_FAR_VERSION, async () => {
    const { spec } = (await CLUSTER2().get(CROSS_NETWORK)) as { spec?: { servers: readonly object[] } };
    const servers = (hosts: readonly string[]) => ({
      spec: { servers: [{ ...spec?.servers[0], hosts }] },
    });
    await CLUSTER2().patch(CROSS_NETWORK, 'merge', servers(['*.other.local']));
    await mesh.mesh.pass(50_000);
    const other = seen(await mesh.calls(8));
    await CLUSTER2().patch(CROSS_NETWORK, 'merge', servers(['*.local']));
    await mesh.mesh.pass(50_000);
    t.same([other, seen(await mesh.calls(8))], ['503', 'v2']);
  });
});
