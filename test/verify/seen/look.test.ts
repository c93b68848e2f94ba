import t from 'tap';
import { clusterName } from '../../../harness/model/names.ts';
import { complaintIn } from '../../../harness/verify/seen/complaint.ts';
import { lookAtClusters } from '../../../harness/verify/seen/look.ts';
import type { SeenCluster } from '../../../harness/verify/seen/seen.ts';
import { topologyOf } from '../../plan/scenarios.ts';
import { installedMesh } from '../../support/installed-mesh.ts';

const mesh = await installedMesh(await topologyOf('primary-remote-multi-network'), '1.8');
t.teardown(() => mesh[Symbol.asyncDispose]());

async function look(): Promise<readonly [SeenCluster, SeenCluster]> {
  const [one, two] = await lookAtClusters(mesh.context);
  if (!one || !two) throw new Error('two clusters were to be seen');
  return [one, two];
}

const workloads = ({ proxies }: SeenCluster) =>
  proxies.map(({ workload, state, istiods }) => `${workload} ${state} ${istiods.join()}`);

t.test('a mesh that stands is seen as it is, with the proxies of the remote', async t => {
  await mesh.pass(10_000);
  const [one, two] = await look();
  t.match(one, {
    apiServer: { state: 'present' },
    kubernetes: /^v1\./,
    istiod: { state: 'present', pods: 1, ready: 1, version: '1.8.0' },
    istiodService: { state: 'absent' },
    gateway: { state: 'present', addresses: [String] },
    remoteSecrets: {
      state: 'present',
      secrets: [{ cluster: 'cluster2', istiodSays: 'synced', state: 'present' }],
    },
    helloWorld: [{ version: 'v1', state: 'present' }],
    client: { name: 'sleep', state: 'present' },
  });
  const serving = one.gateway.addresses[0];
  t.match(two, {
    istiodService: {
      state: 'present',
      name: 'istiod-remote',
      leadsTo: [{ address: serving, owner: { kind: 'gateway', cluster: 'cluster1' } }],
    },
    remoteSecrets: { state: 'absent', secrets: [] },
  });
  const all = ['helloworld-v2', 'sleep', 'istio-eastwestgateway'];
  t.same(
    workloads(two),
    all.map(workload => `${workload} present cluster1`),
    'its istiod is cluster1’s',
  );
  t.same(
    two.endpoints.endpoints.map(({ owner }) => owner),
    [
      { kind: 'pod', cluster: 'cluster2' },
      { kind: 'gateway', cluster: 'cluster1' },
    ],
  );
});

t.test('a client is known by its app, whatever its other labels', async t => {
  const client = mesh.client('cluster1');
  const labelled: typeof client = Object.assign(Object.create(client), {
    list: async (...asked: Parameters<typeof client.list>) => {
      const found = await client.list(...asked);
      for (const { metadata } of found.items)
        if (metadata.labels?.['app'] === 'sleep') metadata.labels['version'] = 'v9';
      return found;
    },
    request: (...asked: Parameters<typeof client.request>) => client.request(...asked),
    exec: (...asked: Parameters<typeof client.exec>) => client.exec(...asked),
  });
  const clusters = new Map(mesh.context.clusters);
  const [spec] = mesh.topology.clusters;
  if (!spec) return t.fail('no cluster');
  clusters.set(spec.name, { spec, client: labelled });
  const [one] = await lookAtClusters({ ...mesh.context, clusters });
  t.ok(one && workloads(one).includes('sleep present cluster1'));
});

t.test('what is of no use is broken, with the reason; what is not there is absent', async t => {
  const secrets = { apiVersion: 'v1', plural: 'secrets', namespace: 'istio-system' };
  const services = { ...secrets, plural: 'services' };
  const secret = { ...secrets, name: 'istio-remote-secret-cluster2' };
  const unlabelled = { metadata: { labels: { 'istio/multiCluster': null } } };
  await mesh.client('cluster1').patch(secret, 'merge', unlabelled);
  await mesh.client('cluster2').delete({ ...services, name: 'istio-eastwestgateway' });
  await mesh.client('cluster2').delete({ ...services, name: 'istiod-remote' });
  const [one, two] = await look();
  t.match(one.remoteSecrets.secrets, [
    { cluster: 'cluster2', state: 'broken', hasLabel: false, error: /label/ },
  ]);
  t.match(two.gateway, { state: 'broken', error: /no Service/, addresses: [] });
  t.equal(two.istiodService.state, 'absent');
});

t.test('what cannot be read is not seen, with the error, and never absent', async t => {
  const client = mesh.client('cluster1');
  const lost = Object.assign(Object.create(client), {
    list: () => Promise.reject(new Error('no route to host')),
    request: () => Promise.reject(new Error('no route to host')),
  });
  const clusters = new Map(mesh.context.clusters);
  const spec = mesh.topology.clusters[0];
  if (!spec) throw new Error('no cluster');
  clusters.set(clusterName('cluster1'), { spec, client: lost });
  const [one, two] = await lookAtClusters({ ...mesh.context, clusters });
  for (const part of [one?.apiServer, one?.istiod, one?.gateway, one?.remoteSecrets, one?.client])
    t.match(part, { state: 'not-seen', error: 'no route to host' });
  t.match(one?.helloWorld, [{ version: 'v1', state: 'not-seen' }]);
  t.equal(two?.istiod.state, 'present', 'the other cluster is seen');
  t.equal(two?.proxies[0]?.state, 'not-seen', 'who serves its proxies is not known');
});

t.test('the last complaint of a proxy is found in its log', async t => {
  const log = [
    '2026-01-01T00:00:01.000000Z\tinfo\tconnecting to upstream XDS server: istiod',
    '2026-01-01T00:00:01.000000Z\twarn\tupstream terminated with unexpected error rpc error: code = Unauthenticated',
    '2026-01-01T00:00:03.000000Z\twarn\tEnvoy proxy is NOT ready: config not received',
  ];
  t.equal(
    complaintIn(log.join('\n')),
    'upstream terminated with unexpected error rpc error: code = Unauthenticated',
  );
  t.equal(complaintIn(`${log[2]}\n`), 'Envoy proxy is NOT ready: config not received');
  t.equal(complaintIn('2026-01-01T00:00:01.000000Z\tinfo\tEnvoy proxy is ready\n'), undefined);
});
