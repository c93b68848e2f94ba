import { X509Certificate } from 'node:crypto';
import t from 'tap';
import { createCsr } from '../../../../harness/base/certificate-requests.ts';
import { sleep } from '../../../../harness/base/clock.ts';
import { createKeyPair } from '../../../../harness/base/keys.ts';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import type { Cluster, ClusterLoadAssignment } from '../../../../harness/simulator/istio/xds/resources.ts';
import { IstiodWorld } from '../istiod-world.ts';

const SAMPLE: KubernetesObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'sample' } };
const WEBHOOKS = 'admissionregistration.k8s.io/v1';

const service = (name: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'sample' },
  spec: { ports: [{ name: 'http', port: 5000 }] },
});
const endpoints = (name: string, ip: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: { name, namespace: 'sample' },
  subsets: [{ addresses: [{ ip }], ports: [{ name: 'http', port: 5000 }] }],
});

t.test('istiod hands out its root, signs for the identity in the token, and pushes what changes', async t => {
  await using world = await IstiodWorld.start(['cluster1']);
  const client = world.client('cluster1');
  const address = await world.install('cluster1', '1.8.0');
  await world.until('istiod ready', () => world.isReady('cluster1'));

  await world.create('cluster1', SAMPLE);
  let rootPem = '';
  await world.until('the root in a new namespace', async () => {
    const map = await client.find({
      apiVersion: 'v1',
      plural: 'configmaps',
      namespace: 'sample',
      name: 'istio-ca-root-cert',
    });
    rootPem = (map?.['data'] as Record<string, string> | undefined)?.['root-cert.pem'] ?? '';
    return rootPem !== '';
  });
  const secret = await client.get({
    apiVersion: 'v1',
    plural: 'secrets',
    namespace: 'istio-system',
    name: 'istio-ca-secret',
  });
  t.equal(secret['type'], 'istio.io/ca-root');
  await world.until('validation at work', async () => {
    const found = await client.get({
      apiVersion: WEBHOOKS,
      plural: 'validatingwebhookconfigurations',
      name: 'istiod-istio-system',
    });
    return (found['webhooks'] as { failurePolicy: string }[])[0]?.failurePolicy === 'Fail';
  });
  t.match(
    await client.get({
      apiVersion: WEBHOOKS,
      plural: 'mutatingwebhookconfigurations',
      name: 'istio-sidecar-injector',
    }),
    {
      webhooks: [{ clientConfig: { caBundle: Buffer.from(rootPem).toString('base64') } }],
    },
  );
  await t.rejects(
    world.create('cluster1', {
      apiVersion: 'networking.istio.io/v1alpha3',
      kind: 'Gateway',
      metadata: { name: 'empty', namespace: 'sample' },
      spec: {},
    }),
    /gateway must have at least one server/,
  );

  const csr = await createCsr(createKeyPair(), {
    uris: ['spiffe://cluster.local/ns/istio-system/sa/istiod'],
  });
  const ask = async (clusterid: string, audience: string) => {
    const token = await world.token('cluster1', 'sample', 'default', [audience]);
    return await world.certificate(address, rootPem, csr, { authorization: `Bearer ${token}`, clusterid });
  };
  const [leaf = ''] = await ask('cluster1', 'istio-ca');
  const { subjectAltName, validTo } = new X509Certificate(leaf);
  t.equal(subjectAltName, 'URI:spiffe://cluster.local/ns/sample/sa/default');
  t.ok(Math.abs(Date.parse(validTo) - world.clock.now() - 3_600_000) < 60_000, 'as long as was asked for');
  const unauthenticated = { code: 'Unauthenticated', description: 'request authenticate failure' };
  await t.rejects(ask('cluster2', 'istio-ca'), unauthenticated);
  await t.rejects(ask('cluster1', 'someone-else'), unauthenticated, 'a token for another audience');

  const proxy = world.discover(address, {
    id: 'sidecar~10.10.0.99~sleep-x.sample~sample.svc.cluster.local',
    metadata: { CLUSTER_ID: 'cluster1', NETWORK: 'network1' },
    labels: { app: 'sleep' },
  });
  await world.until('a first push', async () => proxy.pushed.length >= 4);
  t.strictSame(
    proxy.pushed.map(({ type }) => type),
    ['cluster', 'listener', 'endpoint', 'route'],
    'endpoints and routes as soon as the proxy knows their names',
  );
  proxy.pushed.length = 0;
  await world.create('cluster1', service('helloworld'));
  await sleep(world.clock, 500);
  t.strictSame(
    [...new Set(proxy.pushed.map(({ type }) => type))].sort(),
    ['cluster', 'endpoint', 'listener', 'route'],
    'a new service is in all',
  );
  proxy.pushed.length = 0;
  await world.create('cluster1', endpoints('helloworld', '10.10.0.77'));
  await sleep(world.clock, 500);
  t.strictSame(
    proxy.pushed.map(({ type }) => type),
    ['endpoint'],
    'an endpoint is in EDS alone',
  );
  const assignments = (proxy.pushed[0]?.resources ?? []) as ClusterLoadAssignment[];
  t.match(
    assignments.find(
      ({ clusterName }) => clusterName === 'outbound|5000||helloworld.sample.svc.cluster.local',
    ),
    { endpoints: [{ address: '10.10.0.77', port: 5000, weight: 1, tlsMode: 'disabled' }] },
  );
  proxy.pushed.length = 0;
  await sleep(world.clock, 60_000);
  t.equal(proxy.pushed.length, 0, 'nothing is sent when nothing changes');
  proxy.close();
});

for (const [version, expected] of [
  [
    '1.8.0',
    {
      ready: false,
      clusters: [
        { id: 'cluster1', syncStatus: 'synced' },
        { id: 'absent', syncStatus: 'syncing' },
      ],
    },
  ],
  [
    '1.30.3',
    {
      ready: true,
      clusters: [
        { id: 'cluster1', syncStatus: 'synced' },
        { id: 'absent', syncStatus: 'timeout' },
        { id: 'cluster2', syncStatus: 'synced' },
      ],
    },
  ],
] as const) {
  t.test(`a remote cluster that cannot be reached, at the start of ${version}`, async t => {
    await using world = await IstiodWorld.start(['cluster1', 'cluster2']);
    const good = await world.remoteKubeconfig('cluster2');
    const unreachable = good.replace(/https:[^"]*/, 'https://127.0.0.1:36543');
    const address = await world.install('cluster1', version, [
      world.remoteSecret('istio-remote-secret-a', { absent: unreachable }),
      world.remoteSecret('istio-remote-secret-b', { cluster2: good }),
    ]);
    await sleep(world.clock, 60_000);
    t.equal(await world.isReady('cluster1'), expected.ready);
    // An istiod that is not ready is behind no Service: it is asked from within.
    const [pod] = (
      await world.client('cluster1').list({ apiVersion: 'v1', plural: 'pods', namespace: 'istio-system' })
    ).items;
    const asked = await world
      .client('cluster1')
      .exec('istio-system', pod?.metadata.name ?? '', 'discovery', [
        'pilot-discovery',
        'request',
        'GET',
        '/debug/clusterz',
      ]);
    t.match(JSON.parse(asked.stdout), expected.clusters);
    t.equal((JSON.parse(asked.stdout) as unknown[]).length, expected.clusters.length);
    const log = await world.client('cluster1').logs('istio-system', pod?.metadata.name ?? '');
    t.match(
      log,
      /Failed to list \*v1\.Service: Get "https:\/\/127\.0\.0\.1:36543\/api\/v1\/services": dial tcp 127\.0\.0\.1:36543: connect: connection refused/,
    );
    t.match(log, /Adding cluster_id=absent from secret=istio-system\/istio-remote-secret-a/);
    t.type(address, 'string');
  });
}

t.test('endpoints of a remote cluster come and go with its remote secret', async t => {
  await using world = await IstiodWorld.start(['cluster1', 'cluster2']);
  const address = await world.install('cluster1', '1.30.3');
  await world.until('istiod ready', () => world.isReady('cluster1'));
  for (const [cluster, ip] of [
    ['cluster1', '10.10.0.77'],
    ['cluster2', '10.20.0.77'],
  ] as const) {
    await world.create(cluster, SAMPLE);
    await world.create(cluster, service('helloworld'));
    await world.create(cluster, endpoints('helloworld', ip));
  }
  const proxy = world.discover(address, {
    id: 'sidecar~10.10.0.99~sleep-x.sample~sample.svc.cluster.local',
    metadata: { CLUSTER_ID: 'cluster1' },
    labels: {},
  });
  const seen = () => {
    const last = proxy.pushed.findLast(({ type }) => type === 'endpoint')?.resources as
      | ClusterLoadAssignment[]
      | undefined;
    return last
      ?.find(({ clusterName }) => clusterName.includes('helloworld'))
      ?.endpoints.map(endpoint => endpoint.address);
  };
  await sleep(world.clock, 2000);
  t.strictSame(seen(), ['10.10.0.77']);
  const kubeconfig = await world.remoteKubeconfig('cluster2');
  await world.create(
    'cluster1',
    world.remoteSecret('istio-remote-secret-cluster2', { cluster2: kubeconfig }),
  );
  await sleep(world.clock, 2000);
  t.strictSame(seen(), ['10.10.0.77', '10.20.0.77']);
  const clusters = proxy.pushed.findLast(({ type }) => type === 'cluster')?.resources as Cluster[];
  t.match(
    clusters.find(({ name }) => name.includes('helloworld')),
    { type: 'EDS', lbPolicy: 'LEAST_REQUEST' },
  );
  await world.create('cluster1', world.remoteSecret('istio-remote-secret-own', { cluster1: kubeconfig }));
  await sleep(world.clock, 2000);
  t.strictSame(seen(), ['10.10.0.77', '10.20.0.77'], "a secret for istiod's own cluster is ignored");
  await world.client('cluster1').delete({
    apiVersion: 'v1',
    plural: 'secrets',
    namespace: 'istio-system',
    name: 'istio-remote-secret-cluster2',
  });
  await sleep(world.clock, 2000);
  t.strictSame(seen(), ['10.10.0.77']);
  proxy.close();
});
