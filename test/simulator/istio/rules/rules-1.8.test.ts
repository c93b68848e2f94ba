/** What Istio 1.8 makes of rules: the same as current, or what it did not know yet. */
import t from 'tap';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import { isNightly } from '../../../support/nightly.ts';
import { type Called, RuledMesh } from '../../../support/ruled-mesh.ts';

const mesh = await RuledMesh.install('multi-primary-multi-network', '1.8');
t.teardown(async () => await mesh[Symbol.asyncDispose]());

const HOST = 'helloworld.sample.svc.cluster.local';
const networking = (kind: string, spec: object): KubernetesObject => ({
  apiVersion: 'networking.istio.io/v1alpha3',
  kind,
  metadata: { name: kind.toLowerCase(), namespace: 'sample' },
  spec,
});
const rule = (spec: object) => networking('DestinationRule', { host: HOST, ...spec });
const routes = (...http: object[]) => networking('VirtualService', { hosts: [HOST], http });
const to = (subset: string, more: object = {}) => ({
  route: [{ destination: { host: HOST, subset }, ...more }],
});
const subsets = (label: string, one: string, two: string) =>
  rule({
    subsets: [
      { name: 'one', labels: { [label]: one } },
      { name: 'two', labels: { [label]: two } },
    ],
  });
const versions = subsets('version', 'v1', 'v2');
/** HelloWorld as a port that takes any bytes. */
const bytes: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'hello-tcp', namespace: 'sample' },
  spec: { selector: { app: 'helloworld' }, ports: [{ name: 'tcp', port: 5000 }] },
};
const BYTES = 'http://hello-tcp.sample:5000/hello';
const streams = (...tcp: object[]) => networking('VirtualService', { hosts: ['hello-tcp'], tcp });
const sidecar = (hosts: readonly string[]) => networking('Sidecar', { egress: [{ hosts }] });
const policy = (action: 'ALLOW' | 'DENY', operation: object): KubernetesObject => ({
  apiVersion: 'security.istio.io/v1beta1',
  kind: 'AuthorizationPolicy',
  metadata: { name: 'access', namespace: 'sample' },
  spec: { action, rules: [{ to: [{ operation }] }] },
});
const nobody: KubernetesObject = { ...policy('ALLOW', {}), spec: {} };
const entry = networking('ServiceEntry', {
  hosts: ['hello.example'],
  addresses: ['240.0.0.1'],
  ports: [{ number: 5000, name: 'http', protocol: 'HTTP' }],
  resolution: 'DNS',
  location: 'MESH_EXTERNAL',
  endpoints: [{ address: HOST }],
});

type Row = readonly [title: string, objects: readonly KubernetesObject[], expected: string, argv?: string[]];
const DAILY: readonly Row[] = [
  [
    'R2: all weight on one',
    [
      versions,
      routes({
        route: [
          { ...to('one').route[0], weight: 0 },
          { ...to('two').route[0], weight: 100 },
        ],
      }),
    ],
    'v2',
  ],
  ['R1: a policy that allows nobody', [nobody], '403'],
  ['a path that nobody asks for', [policy('ALLOW', { paths: ['/other'] })], '403'],
  [
    'R3: clusters of endpoints are no labels yet',
    [subsets('topology.istio.io/cluster', 'cluster1', 'cluster2'), routes(to('two'))],
    '503',
  ],
  [
    'R15: plaintext reaches the own cluster only, and gateways are still asked',
    [rule({ trafficPolicy: { tls: { mode: 'DISABLE' } } })],
    '503 v1',
  ],
  ['templates of paths stand for themselves', [policy('ALLOW', { paths: ['/{*}'] })], '403'],
  [
    'hosts of policies match as they are written',
    [policy('ALLOW', { hosts: ['HelloWorld.Sample:5000'] })],
    '403',
  ],
  ['connections of a subset', [bytes, versions, streams(to('two'))], 'v2', [BYTES]],
  [
    'connections to a subnet',
    [bytes, versions, streams({ match: [{ destinationSubnets: ['10.0.0.0/8'] }], ...to('one') }, to('two'))],
    'v1',
    [BYTES],
  ],
  ['a Sidecar without the host', [sidecar(['istio-system/*'])], 'v1'],
];
const NIGHTLY: readonly Row[] = [
  ['a template, refused', [policy('DENY', { paths: ['/{**}'] })], 'v1 v2'],
  ['a host in its case', [policy('ALLOW', { hosts: ['helloworld.sample:5000'] })], 'v1 v2'],
  ['a path, refused', [policy('DENY', { paths: ['/hel*'] })], '403'],
  [
    'a route by a header',
    [versions, routes({ match: [{ headers: { 'x-to': { exact: 'two' } } }], ...to('two') }, to('one'))],
    'v2',
    ['-H', 'x-to: two'],
  ],
  [
    'the route of others',
    [versions, routes({ match: [{ headers: { 'x-to': { exact: 'two' } } }], ...to('two') }, to('one'))],
    'v1',
  ],
  [
    'a fault',
    [
      routes({
        fault: { abort: { httpStatus: 418, percentage: { value: 100 } } },
        route: [{ destination: { host: HOST } }],
      }),
    ],
    '418',
  ],
  ['a Sidecar with its own namespace', [sidecar(['./*'])], 'v1 v2'],
  ['a ServiceEntry by name', [entry], 'v1', ['http://240.0.0.1:5000/hello']],
];
const seen = (calls: readonly Called[]): string =>
  [...new Set(calls.map(({ status, body }) => /version: (v\d)/.exec(body)?.[1] ?? String(status)))]
    .sort()
    .join(' ');
for (const [title, objects, expected, argv = []] of [...DAILY, ...(isNightly ? NIGHTLY : [])])
  t.test(`${title}: ${expected}`, async t => {
    t.equal(seen(await mesh.with(objects, async () => await mesh.calls(12, ...argv))), expected);
  });
