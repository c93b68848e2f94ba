/** DestinationRules across networks: subsets by topology, and what modes of TLS make of far endpoints. */
import t from 'tap';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import { type Called, RuledMesh } from '../../../support/ruled-mesh.ts';

const mesh = await RuledMesh.install('multi-primary-multi-network');
t.teardown(async () => await mesh[Symbol.asyncDispose]());

const HOST = 'helloworld.sample.svc.cluster.local';
const rule = (spec: object): KubernetesObject => ({
  apiVersion: 'networking.istio.io/v1alpha3',
  kind: 'DestinationRule',
  metadata: { name: 'rule', namespace: 'sample' },
  spec: { host: HOST, ...spec },
});
const toSubset = (subset: string): KubernetesObject => ({
  apiVersion: 'networking.istio.io/v1alpha3',
  kind: 'VirtualService',
  metadata: { name: 'route', namespace: 'sample' },
  spec: { hosts: [HOST], http: [{ route: [{ destination: { host: HOST, subset } }] }] },
});
const subset = (name: string, labels: object) => ({ name, labels });
const seen = (calls: readonly Called[]): string =>
  [...new Set(calls.map(({ status, body }) => /version: (v\d)/.exec(body)?.[1] ?? String(status)))]
    .sort()
    .join(' ');

const BY_LABELS: readonly [labels: Record<string, string>, expected: string][] = [
  [{ 'topology.istio.io/cluster': 'cluster1' }, 'v1'],
  [{ 'topology.istio.io/cluster': 'cluster2' }, 'v2'],
  [{ 'topology.istio.io/network': 'network2' }, 'v2'],
  [{ 'topology.istio.io/cluster': 'cluster1', version: 'v2' }, '503'],
  [{ 'topology.istio.io/cluster': 'cluster3' }, '503'],
];
for (const [labels, expected] of BY_LABELS)
  t.test(`a subset by ${JSON.stringify(labels)}: ${expected}`, async t => {
    const objects = [rule({ subsets: [subset('chosen', labels)] }), toSubset('chosen')];
    t.equal(seen(await mesh.with(objects, async () => await mesh.calls(6))), expected);
  });

const BY_MODE: readonly [mode: string, expected: string][] = [
  ['DISABLE', 'v1'],
  ['ISTIO_MUTUAL', 'v1 v2'],
];
for (const [mode, expected] of BY_MODE)
  t.test(`TLS mode ${mode}: ${expected}`, async t => {
    const objects = [rule({ trafficPolicy: { tls: { mode } } })];
    t.equal(seen(await mesh.with(objects, async () => await mesh.calls(12))), expected);
  });

t.test('a mode for another port changes nothing', async t => {
  const settings = [{ port: { number: 80 }, tls: { mode: 'DISABLE' } }];
  const objects = [rule({ trafficPolicy: { portLevelSettings: settings } })];
  t.equal(seen(await mesh.with(objects, async () => await mesh.calls(12))), 'v1 v2');
});
