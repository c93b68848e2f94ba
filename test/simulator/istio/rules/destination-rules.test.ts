/** DestinationRules across networks: subsets by topology, and what modes of TLS make of far endpoints. */
import t from 'tap';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import { destinationRule, HELLOWORLD } from '../../../support/helloworld-rules.ts';
import { type Called, RuledMesh } from '../../../support/ruled-mesh.ts';

const mesh = await RuledMesh.install('multi-primary-multi-network');
t.teardown(async () => await mesh[Symbol.asyncDispose]());

const toSubset = (subset: string): KubernetesObject => ({
  apiVersion: 'networking.istio.io/v1alpha3',
  kind: 'VirtualService',
  metadata: { name: 'route', namespace: 'sample' },
  spec: { hosts: [HELLOWORLD], http: [{ route: [{ destination: { host: HELLOWORLD, subset } }] }] },
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
    const objects = [destinationRule({ subsets: [subset('chosen', labels)] }), toSubset('chosen')];
    t.equal(seen(await mesh.with(objects, async () => await mesh.calls(6))), expected);
  });

const BY_MODE: readonly [mode: string, expected: string][] = [
  ['DISABLE', 'v1'],
  // Rather nobody than plaintext.
  ['SIMPLE', '503'],
  ['MUTUAL', '503'],
  ['ISTIO_MUTUAL', 'v1 v2'],
];
const FILES = { clientCertificate: '/etc/own.pem', privateKey: '/etc/own.key' };
for (const [mode, expected] of BY_MODE)
  t.test(`TLS mode ${mode}: ${expected}`, async t => {
    const objects = [destinationRule({ trafficPolicy: { tls: { mode, ...(mode === 'MUTUAL' && FILES) } } })];
    t.equal(seen(await mesh.with(objects, async () => await mesh.calls(12))), expected);
  });

t.test('a mode for another port changes nothing', async t => {
  const settings = [{ port: { number: 80 }, tls: { mode: 'DISABLE' } }];
  const objects = [destinationRule({ trafficPolicy: { portLevelSettings: settings } })];
  t.equal(seen(await mesh.with(objects, async () => await mesh.calls(12))), 'v1 v2');
});

const BALANCERS: readonly [loadBalancer: object, argv: readonly string[], expected: RegExp][] = [
  [{ simple: 'RANDOM' }, [], /^v1 v2$/],
  [{ simple: 'ROUND_ROBIN' }, [], /^v1 v2$/],
  // The original destination is the Service's address, by kube-proxy a pod of the own cluster.
  [{ simple: 'PASSTHROUGH' }, [], /^v1$/],
  [{ consistentHash: { httpHeaderName: 'x-user' } }, [], /^v1 v2$/],
  [{ consistentHash: { httpHeaderName: 'x-user' } }, ['-H', 'x-user: ann'], /^v.$/],
  [
    { consistentHash: { httpHeaderName: 'X-User', maglev: { tableSize: 1009 } } },
    ['-H', 'x-user: ann'],
    /^v.$/,
  ],
  [{ consistentHash: { useSourceIp: true } }, [], /^v.$/],
  [
    { consistentHash: { httpQueryParameterName: 'user' } },
    ['http://helloworld.sample:5000/hello?user=bob'],
    /^v.$/,
  ],
  [{ consistentHash: { httpCookie: { name: 'user', ttl: '0s' } } }, ['-H', 'cookie: a=b; user=cy'], /^v.$/],
];
for (const [loadBalancer, argv, expected] of BALANCERS)
  t.test(`${JSON.stringify(loadBalancer)} ${argv}: ${expected}`, async t => {
    const objects = [destinationRule({ trafficPolicy: { loadBalancer } })];
    t.match(seen(await mesh.with(objects, async () => await mesh.calls(16, ...argv))), expected);
  });

t.test('hashes of many values go to both versions, and who has no cookie is given one', async t => {
  const byHeader = destinationRule({
    trafficPolicy: { loadBalancer: { consistentHash: { httpHeaderName: 'x-user' } } },
  });
  await mesh.with([byHeader], async () => {
    const users = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
    const calls: Called[] = [];
    for (const user of users) calls.push(await mesh.call('-H', `x-user: ${user}`));
    t.equal(seen(calls), 'v1 v2');
  });
  const httpCookie = { name: 'user', path: '/', ttl: '60s' };
  const byCookie = destinationRule({ trafficPolicy: { loadBalancer: { consistentHash: { httpCookie } } } });
  await mesh.with([byCookie], async () => {
    const first = await mesh.call();
    t.match(first.headers['set-cookie'], /^user="[0-9a-f]{16}"; Max-Age=60; Path=\/; HttpOnly$/);
    const cookie = `cookie: ${first.headers['set-cookie']?.split(';')[0]}`;
    t.equal(seen(await mesh.calls(8, '-H', cookie)), seen([first]));
  });
});

t.test('above the limits of a pool a call is answered at once', async t => {
  const connectionPool = { tcp: { maxConnections: 1 }, http: { http1MaxPendingRequests: 1 } };
  const objects = [destinationRule({ trafficPolicy: { connectionPool, tls: { mode: 'DISABLE' } } })];
  await mesh.with(objects, async () => {
    t.equal(seen(await mesh.calls(6)), 'v1', 'one after the other');
    const calls = (await Promise.all(Array.from({ length: 8 }, async () => await mesh.calls(3)))).flat();
    t.equal(seen(calls), '503 v1');
    const refused = calls.find(({ status }) => status === 503);
    t.match(refused?.body, /disconnect\/reset before headers\. reset reason: overflow$/);
    t.equal(refused?.headers['x-envoy-overloaded'], 'true');
  });
});
