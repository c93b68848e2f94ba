/** What of a pod's traffic its sidecar takes: `traffic.sidecar.istio.io/…`, and questions for names. */
import t from 'tap';
import { isNightly } from '../../../support/nightly.ts';
import { type Called, RuledMesh } from '../../../support/ruled-mesh.ts';

const mesh = await RuledMesh.install('multi-primary-multi-network');
t.teardown(async () => await mesh[Symbol.asyncDispose]());

const versions = (calls: readonly Called[]): string =>
  [...new Set(calls.map(({ status, body }) => /version: (v\d)/.exec(body)?.[1] ?? String(status)))]
    .sort()
    .join(' ');
const seen = async (): Promise<string> => versions(await mesh.calls(12));

type Annotations = Readonly<Record<string, string>>;
const deployments = (name: string) => ({
  apiVersion: 'apps/v1',
  plural: 'deployments',
  namespace: 'sample',
  name,
});

/** Gives a Deployment's pods in cluster1 annotations for as long as something runs. */
async function annotated<T>(name: string, annotations: Annotations, run: () => Promise<T>): Promise<T> {
  const set = async (given: Readonly<Record<string, string | null>>): Promise<void> => {
    const template = { metadata: { annotations: given } };
    await mesh.mesh.client('cluster1').patch(deployments(name), 'merge', { spec: { template } });
    await mesh.mesh.pass(90_000);
  };
  await set(annotations);
  try {
    return await run();
  } finally {
    await set(Object.fromEntries(Object.keys(annotations).map(key => [key, null])));
  }
}

const { client } = mesh.mesh.context;
const on = (name: string): string => `traffic.sidecar.istio.io/${name}`;
/** What passes the sidecar by goes to the own cluster only. */
const ROWS: readonly [annotations: Annotations, expected: string][] = [
  [{ [on('excludeOutboundPorts')]: '5000' }, 'v1'],
  [{ [on('excludeOutboundPorts')]: '80,443' }, 'v1 v2'],
  [{ [on('excludeOutboundIPRanges')]: '10.255.0.0/16' }, 'v1'],
  [{ [on('includeOutboundIPRanges')]: '192.168.0.0/16' }, 'v1'],
  [{ [on('includeOutboundIPRanges')]: '' }, 'v1'],
  [{ [on('includeOutboundIPRanges')]: '192.168.0.0/16', [on('includeOutboundPorts')]: '5000' }, 'v1 v2'],
  [{ [on('excludeOutboundPorts')]: '5000', [on('includeOutboundPorts')]: '5000' }, 'v1'],
];
for (const [annotations, expected] of ROWS.filter((_row, at) => isNightly || at % 3 === 0))
  t.test(`${JSON.stringify(annotations)}: ${expected}`, async t => {
    t.equal(await annotated(client, annotations, seen), expected);
  });

t.test('a server whose port passes its sidecar by does not speak the mesh’s TLS', async t => {
  const calls = await annotated('helloworld-v1', { [on('excludeInboundPorts')]: '5000' }, seen);
  t.equal(calls, 'v2', 'the other cluster answers after retries');
});

t.test('an annotation that is no list of ports refuses the pod', async t => {
  const template = { metadata: { annotations: { [on('excludeOutboundPorts')]: 'http' } } };
  const cluster = mesh.mesh.client('cluster1');
  await cluster.patch(deployments(client), 'merge', { spec: { template } });
  await mesh.mesh.pass(30_000);
  const { items } = await cluster.list(
    { apiVersion: 'apps/v1', plural: 'replicasets', namespace: 'sample' },
    {},
  );
  t.match(JSON.stringify(items), /invalid value 'http' for annotation '[^']*excludeOutboundPorts'/);
  const none = { metadata: { annotations: { [on('excludeOutboundPorts')]: null } } };
  await cluster.patch(deployments(client), 'merge', { spec: { template: none } });
  await mesh.mesh.pass(60_000);
});

/** HelloWorld is in cluster2 only. */
async function withoutService<T>(run: () => Promise<T>): Promise<T> {
  const path = { apiVersion: 'v1', plural: 'services', namespace: 'sample', name: 'helloworld' };
  const cluster = mesh.mesh.client('cluster1');
  const { metadata, ...rest } = await cluster.get(path);
  await cluster.delete(path);
  await mesh.mesh.pass(60_000);
  try {
    return await run();
  } finally {
    const { name = '', namespace = '', labels } = metadata;
    const { clusterIP: _ip, clusterIPs: _ips, ...spec } = (rest as { spec: Record<string, unknown> }).spec;
    const place = { apiVersion: 'v1', plural: 'services', namespace: 'sample' };
    await cluster.create(place, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace, labels },
      spec,
    });
    await mesh.mesh.pass(60_000);
  }
}

t.test('a Service of another cluster has a name where the agent answers for names', async t => {
  const capture = 'proxyMetadata:\n  ISTIO_META_DNS_CAPTURE: "true"\n';
  await withoutService(async () => {
    t.equal(versions(await mesh.calls(1)), '0', 'not without');
    const annotations = { 'proxy.istio.io/config': capture };
    await annotated(client, annotations, async () => {
      t.equal(await seen(), 'v2');
      t.equal(versions(await mesh.calls(4, 'http://helloworld.sample.svc:5000/hello')), 'v2');
      t.equal(versions(await mesh.calls(1, 'http://helloworld.elsewhere:5000/hello')), '0');
      const pods = { apiVersion: 'v1', plural: 'pods', namespace: 'sample' };
      const [pod] = (await mesh.mesh.client('cluster1').list(pods, { labelSelector: 'app=helloworld' }))
        .items;
      const { podIP: address = '' } = (pod?.['status'] ?? {}) as { readonly podIP?: string };
      const entry = (protocol: string) => ({
        apiVersion: 'networking.istio.io/v1alpha3',
        kind: 'ServiceEntry',
        metadata: { name: 'hello', namespace: 'sample' },
        spec: {
          hosts: ['hello.example'],
          ports: [{ number: 5000, name: 'port', protocol }],
          resolution: 'STATIC',
          endpoints: [{ address }],
        },
      });
      for (const protocol of ['HTTP', 'TCP'])
        await mesh.with([entry(protocol)], async () => {
          const calls = await mesh.calls(2, 'http://hello.example:5000/hello');
          t.equal(versions(calls), 'v1', `an address was allocated, for ${protocol}`);
        });
    });
    const undo = await mesh.changeMesh(
      'defaultConfig:\n  proxyMetadata:\n    ISTIO_META_DNS_CAPTURE: "true"',
    );
    await annotated(client, { restarted: '1' }, async () => t.equal(await seen(), 'v2', 'by the mesh'));
    await undo();
  });
});
