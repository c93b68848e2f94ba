/** Clusters of a user's, in whose place simulated ones stand on loopback: looked at, installed on, verified, and left as they were. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { systemClock } from '../../../harness/base/clock.ts';
import { KubernetesClient } from '../../../harness/base/kubernetes-client.ts';
import { markSimulated } from '../../../harness/model/simulated-cluster.ts';
import { ExistingPlatform } from '../../../harness/platform/existing/existing-platform.ts';
import { CLUSTER_SCOPED } from '../../../harness/platform/existing/preflight.ts';
import { run } from '../../../harness/session.ts';
import { createWorld } from '../../../harness/simulator/world.ts';
import { mergeKubeconfigs } from '../../../harness/tools/kubeconfig.ts';
import { twoClusters } from '../../support/topologies.ts';

const topology = twoClusters(['network1', 'network2']);
const signal = new AbortController().signal;

/** @param mark - whether the kubeconfig says that they are simulated */
async function userClusters(t: Test, mark = true) {
  const folder = t.testdir();
  const world = await createWorld({
    seed: '1',
    clock: systemClock,
    networks: topology.networks,
    clusters: topology.clusters,
  });
  t.teardown(() => world[Symbol.asyncDispose]());
  const documents = new Map<string, string>();
  for (const [name, cluster] of world.clusters) {
    const port = await cluster.listen(0, '127.0.0.1');
    const { address, port: inNetworkPort } = cluster.apiServer;
    const kubeconfig = cluster.kubeconfig(`https://127.0.0.1:${port}`);
    const inNetworkServer = `https://${address}:${inNetworkPort}`;
    documents.set(
      `ctx-${name}`,
      mark ? markSimulated(kubeconfig, { inNetworkServer, istioVersion: '1.8.0' }) : kubeconfig,
    );
  }
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, mergeKubeconfigs(documents));
  const platform = (more: Partial<ConstructorParameters<typeof ExistingPlatform>[0]> = {}) =>
    new ExistingPlatform({
      edition: '1.8',
      state: join(folder, 'state'),
      cache: join(folder, 'cache'),
      offline: true,
      contexts: ['cluster1=ctx-cluster1'],
      variables: { CTX_CLUSTER2: 'ctx-cluster2' },
      kubeconfigs: [kubeconfig],
      ...more,
    });
  const clients = new Map([...documents].map(([name, text]) => [name, new KubernetesClient(text)] as const));
  t.teardown(() => {
    for (const client of clients.values()) client.close();
  });
  return { folder, platform, clients };
}

/** Everything that a run might leave. */
async function contents(clients: ReadonlyMap<string, KubernetesClient>) {
  const found: string[] = [];
  for (const [name, client] of clients) {
    for (const { apiVersion, plural } of [{ apiVersion: 'v1', plural: 'namespaces' }, ...CLUSTER_SCOPED]) {
      const { items } = await client.list({ apiVersion, plural });
      found.push(...items.map(({ metadata }) => `${name} ${plural}/${metadata.name}`));
    }
  }
  return found.sort();
}

t.test(
  'a run passes on clusters that are addressed by their contexts, and leaves them as they were',
  { timeout: 120_000 },
  async t => {
    const { folder, platform, clients } = await userClusters(t);
    const mine = { apiVersion: 'rbac.authorization.k8s.io/v1', plural: 'clusterroles' };
    await clients.get('ctx-cluster1')?.create(mine, {
      apiVersion: mine.apiVersion,
      kind: 'ClusterRole',
      metadata: { name: 'istio-of-mine' },
      rules: [],
    });
    const before = await contents(clients);
    const report = await run({ topology, platform: platform(), edition: '1.8' });
    t.equal(report.verdict, 'passed', JSON.stringify(report.scenarios.map(({ reason }) => reason)));
    t.same(await contents(clients), before);
    t.same(readdirSync(join(folder, 'state', 'runs')), [], 'no ledger is left');
  },
);

t.test('nothing is written to clusters that will not do', async t => {
  const { folder, platform, clients } = await userClusters(t, false);
  const before = await contents(clients);
  for (const [name, options, message] of [
    [
      'the same cluster twice',
      { contexts: ['cluster1=ctx-cluster1', 'cluster2=ctx-cluster1'] },
      /are the same cluster/,
    ],
    ['an address that pods can not reach', {}, /which pods of other clusters can not reach/],
    ['a Kubernetes that this Istio does not work on', {}, /Istio 1\.8\.0 needs Kubernetes 1\.16 to 1\.21/],
  ] as const) {
    await t.rejects(platform(options).start(topology, signal), { code: 'ERR_PLATFORM_NOT_READY', message }, name);
  }
  const client = clients.get('ctx-cluster2');
  await client?.create(
    { apiVersion: 'v1', plural: 'namespaces' },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'istio-system' } },
  );
  await t.rejects(
    platform().start(topology, signal),
    { message: /namespace istio-system exists/ },
    'an Istio that is there',
  );
  await client?.delete({ apiVersion: 'v1', plural: 'namespaces', name: 'istio-system' });
  t.same(
    (await contents(clients)).filter(name => !before.includes(name) && !name.endsWith('istio-system')),
    [],
  );
  t.notOk(existsSync(join(folder, 'state')), 'and no ledger either');
});

t.test('contexts that are missing or unknown are named before anything starts', async t => {
  const { platform } = await userClusters(t);
  for (const [options, expected] of [
    [
      { contexts: [], variables: {} },
      { code: 'ERR_USAGE', message: 'No context is known for cluster1, cluster2.' },
    ],
    [
      { contexts: ['cluster1=nowhere'] },
      { code: 'ERR_USAGE', message: /no usable context "nowhere"/, hint: /ctx-cluster1, ctx-cluster2/ },
    ],
    [{ contexts: ['cluster9=ctx-cluster1'] }, { code: 'ERR_USAGE', message: /no cluster cluster9/ }],
    [{ contexts: ['cluster1'] }, { code: 'ERR_USAGE', message: /names no context/ }],
    [{ kubeconfigs: ['/nowhere/config'] }, { code: 'ERR_UNREADABLE_FILE' }],
    [{ apiServers: ['cluster1=192.0.2.1'] }, { code: 'ERR_USAGE' }],
  ] as const) {
    t.throws(() => platform(options).check(topology), expected, JSON.stringify(options));
  }
});
