/** What DestinationRules make of localities, hashes and failures in Istio 1.8. */
import t from 'tap';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import { destinationRule } from '../../../support/helloworld-rules.ts';
import { type Called, RuledMesh } from '../../../support/ruled-mesh.ts';

const mesh = await RuledMesh.install('multi-primary-multi-network', '1.8');
t.teardown(async () => await mesh[Symbol.asyncDispose]());

const rule = (trafficPolicy: object): KubernetesObject => destinationRule({ trafficPolicy });
const seen = (calls: readonly Called[]): string =>
  [...new Set(calls.map(({ status, body }) => /version: (v\d)/.exec(body)?.[1] ?? String(status)))]
    .sort()
    .join(' ');

for (const [cluster, region] of [
  ['cluster1', 'region1'],
  ['cluster2', 'region2'],
] as const) {
  const client = mesh.mesh.client(cluster);
  const nodes = { apiVersion: 'v1', plural: 'nodes' };
  for (const { metadata } of (await client.list(nodes, {})).items)
    await client.patch({ ...nodes, name: metadata.name ?? '' }, 'merge', {
      metadata: { labels: { 'topology.kubernetes.io/region': region } },
    });
}

const outlierDetection = { consecutive5xxErrors: 1, interval: '1s', maxEjectionPercent: 100 };
const ROWS: readonly [title: string, policy: object, argv: readonly string[], expected: RegExp][] = [
  ['R4: the own region', { outlierDetection }, [], /^v1$/],
  [
    'weights',
    { loadBalancer: { localityLbSetting: { distribute: [{ from: 'region1', to: { region2: 100 } }] } } },
    [],
    /^v2$/,
  ],
  [
    'turned off',
    { outlierDetection, loadBalancer: { localityLbSetting: { enabled: false } } },
    [],
    /^v1 v2$/,
  ],
  ['a hash', { loadBalancer: { consistentHash: { httpHeaderName: 'x-a' } } }, ['-H', 'x-a: b'], /^v.$/],
  ['TLS that is not simulated', { tls: { mode: 'SIMPLE' } }, [], /^503$/],
];
for (const [title, policy, argv, expected] of ROWS)
  t.test(title, async t => {
    t.match(seen(await mesh.with([rule(policy)], async () => await mesh.calls(12, ...argv))), expected);
  });
