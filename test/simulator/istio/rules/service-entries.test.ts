/** Services and workloads that no API server knows: ServiceEntry and WorkloadEntry. */
import t from 'tap';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import { isNightly } from '../../../support/nightly.ts';
import { type Called, RuledMesh } from '../../../support/ruled-mesh.ts';

const mesh = await RuledMesh.install('multi-primary-multi-network');
t.teardown(async () => await mesh[Symbol.asyncDispose]());

/** Of HelloWorld's pod in a cluster. */
async function podOf(cluster: string): Promise<string> {
  const pods = { apiVersion: 'v1', plural: 'pods', namespace: 'sample' };
  const { items } = await mesh.mesh.client(cluster).list(pods, { labelSelector: 'app=helloworld' });
  const status = items[0]?.['status'] as { readonly podIP: string };
  return status.podIP;
}
const V1 = await podOf('cluster1');
const V2 = await podOf('cluster2');
const ADDRESS = '240.0.0.1';
/** The gateway lets `*.local` through. */
const HOST = 'hello.mesh.local';

const entry = (spec: object): KubernetesObject => ({
  apiVersion: 'networking.istio.io/v1alpha3',
  kind: 'ServiceEntry',
  metadata: { name: 'hello', namespace: 'sample' },
  spec: {
    hosts: [HOST],
    addresses: [ADDRESS],
    ports: [{ number: 5000, name: 'http', protocol: 'HTTP' }],
    resolution: 'STATIC',
    location: 'MESH_INTERNAL',
    ...spec,
  },
});
const workload = (name: string, spec: object): KubernetesObject => ({
  apiVersion: 'networking.istio.io/v1alpha3',
  kind: 'WorkloadEntry',
  metadata: { name, namespace: 'sample' },
  spec,
});
const seen = (calls: readonly Called[]): string =>
  [...new Set(calls.map(({ status, body }) => /version: (v\d)/.exec(body)?.[1] ?? String(status)))]
    .sort()
    .join(' ');
const call = async (url = `http://${ADDRESS}:5000/hello`): Promise<string> =>
  seen(await mesh.calls(8, '--max-time', '7', url));

const MUTUAL = { labels: { 'security.istio.io/tlsMode': 'istio' } };
const near = { address: V1, network: 'network1', ...MUTUAL };
const far = { address: V2, network: 'network2', ...MUTUAL };
const SERVICE = 'helloworld.sample.svc.cluster.local';
const outside = { location: 'MESH_EXTERNAL' };
const byTcp = { ports: [{ number: 5000, name: 'tcp', protocol: 'TCP' }] };

const ROWS: readonly [what: string, objects: readonly KubernetesObject[], expected: string][] = [
  ['an endpoint by its address', [entry({ endpoints: [{ address: V1 }], ...outside })], 'v1'],
  ['an endpoint behind a gateway', [entry({ endpoints: [far] })], 'v2'],
  ['both, as the mesh speaks to them', [entry({ endpoints: [near, far] })], 'v1 v2'],
  [
    'an endpoint that has no mTLS, behind a gateway',
    [entry({ endpoints: [{ address: V1 }, { ...far, labels: {} }] })],
    'v1',
  ],
  ['a network of which only the gateway is known', [entry({ endpoints: [{ ...far, address: '' }] })], '503'],
  ['a name', [entry({ resolution: 'DNS', endpoints: [{ address: SERVICE }], ...outside })], 'v1'],
  [
    'the first address of a name',
    [entry({ resolution: 'DNS_ROUND_ROBIN', endpoints: [{ address: SERVICE }], ...outside })],
    'v1',
  ],
  ['its own name', [entry({ resolution: 'DNS', hosts: [`${SERVICE}.`], ...outside })], 'v1'],
  ['a name that nobody has', [entry({ resolution: 'DNS', ...outside })], '503'],
  ['bytes', [entry({ ...byTcp, endpoints: [{ address: V1 }], ...outside })], 'v1'],
  ['exported elsewhere', [entry({ endpoints: [{ address: V1 }], exportTo: ['elsewhere'] })], '0'],
  [
    'another port of the endpoint',
    [
      entry({
        ports: [{ number: 5000, name: 'http', protocol: 'HTTP', targetPort: 80 }],
        endpoints: [{ address: V1, ports: { http: 5000 } }],
      }),
    ],
    'v1',
  ],
  [
    'workloads by their labels',
    [
      entry({ workloadSelector: { labels: { group: 'a' } } }),
      workload('one', { address: V1, labels: { group: 'a' } }),
      workload('other', { address: '240.0.0.9', labels: { group: 'b' } }),
    ],
    'v1',
  ],
  ['pods by their labels', [entry({ workloadSelector: { labels: { app: 'helloworld' } } })], 'v1 v2'],
  [
    'subsets',
    [
      entry({ endpoints: [near, { ...far, labels: { ...far.labels, at: 'far' } }] }),
      {
        apiVersion: 'networking.istio.io/v1alpha3',
        kind: 'DestinationRule',
        metadata: { name: 'subsets', namespace: 'sample' },
        spec: { host: HOST, subsets: [{ name: 'far', labels: { at: 'far' } }] },
      },
      {
        apiVersion: 'networking.istio.io/v1alpha3',
        kind: 'VirtualService',
        metadata: { name: 'route', namespace: 'sample' },
        spec: { hosts: [HOST], http: [{ route: [{ destination: { host: HOST, subset: 'far' } }] }] },
      },
    ],
    'v2',
  ],
];
for (const [what, objects, expected] of ROWS.filter((_row, at) => isNightly || at % 3 < 2))
  t.test(`${what}: ${expected}`, async t => {
    t.equal(await mesh.with(objects, () => call()), expected);
  });

t.test('NONE lets through what the mesh would not know', async t => {
  const undo = await mesh.changeMesh('outboundTrafficPolicy: { mode: REGISTRY_ONLY }');
  const url = `http://${V1}:5000/hello`;
  t.equal(await call(url), '502');
  const none = entry({ resolution: 'NONE', addresses: [V1], ...outside });
  t.equal(await mesh.with([none], () => call(url)), 'v1');
  await undo();
});

t.test("a range of addresses is the entry's, and what lies outside is not", async t => {
  const undo = await mesh.changeMesh('outboundTrafficPolicy: { mode: REGISTRY_ONLY }');
  const range = entry({ ...byTcp, addresses: ['240.0.0.0/24'], endpoints: [{ address: V1 }], ...outside });
  await mesh.with([range], async () => {
    t.equal(await call(), 'v1');
    t.equal(await call('http://240.0.1.1:5000/hello'), '502');
  });
  await undo();
});

t.test('a headless Service is spoken to by mTLS, if all its pods speak it', async t => {
  const headless: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'headless', namespace: 'sample' },
    spec: { clusterIP: 'None', selector: { app: 'helloworld' }, ports: [{ name: 'http', port: 5000 }] },
  };
  const strict: KubernetesObject = {
    apiVersion: 'security.istio.io/v1beta1',
    kind: 'PeerAuthentication',
    metadata: { name: 'default', namespace: 'sample' },
    spec: { mtls: { mode: 'STRICT' } },
  };
  const url = 'http://headless.sample:5000/hello';
  t.equal(await mesh.with([headless, strict], () => call(url)), 'v1');
});

t.test('a Service of Kubernetes takes WorkloadEntries that it selects', async t => {
  const ghost = workload('ghost', { address: '240.0.0.9', labels: { app: 'helloworld' } });
  const cds = await mesh.with([ghost], async () => await mesh.calls(12));
  t.ok(
    cds.some(({ seconds }) => seconds >= 10),
    'who gets it waits for an answer',
  );
});

t.test('endpoints have weights', async t => {
  const endpoints = [
    { ...near, weight: 4 },
    { ...far, weight: 1 },
  ];
  const calls = await mesh.with([entry({ endpoints })], () => mesh.calls(40, `http://${ADDRESS}:5000/hello`));
  const first = calls.filter(({ body }) => body.includes('v1')).length;
  t.ok(first > 24 && first < 40, `${first} of 40`);
});
