/** The topology of a mesh, read from its clusters: what a scenario said, and what does not fit together. */
import t, { type Test } from 'tap';
import { KubernetesClient } from '../../../harness/base/kubernetes-client.ts';
import type { Topology } from '../../../harness/model/topology.ts';
import { prepareSession } from '../../../harness/session/prepare.ts';
import { differencesFrom, isAlike } from '../../../harness/verify/survey/compare.ts';
import { type Survey, surveyMesh } from '../../../harness/verify/survey/survey.ts';
import { EDITION_NAMES, FOUR, topologyOf } from '../../plan/scenarios.ts';
import { isNightly } from '../../support/nightly.ts';

/** What Node warns of: a signal that too many questions listen to looks like a leak. */
const warnings: string[] = [];
process.on('warning', ({ name, message }) => void warnings.push(`${name}: ${message}`));

type Clients = ReadonlyMap<string, KubernetesClient>;

/** Installs a scenario, and looks at it. */
async function installed(
  topology: Topology,
  edition: string,
  look: (survey: () => Promise<Survey>, clients: Clients) => Promise<void>,
): Promise<void> {
  const session = await prepareSession({
    topology,
    edition,
    checks: [],
    beforeCleanUp: async ({ clusters }) => {
      const clients = new Map(
        [...clusters].map(([name, cluster]) => {
          const { dial } = cluster;
          const kubeconfig = cluster.kubeconfig('this-machine');
          return [name as string, new KubernetesClient(kubeconfig, dial ? { dial } : {})] as const;
        }),
      );
      await look(() => surveyMesh(clients, new AbortController().signal), clients);
      for (const client of clients.values()) client.close();
    },
  });
  const { verdict, reason, events } = await session.start();
  t.equal(verdict, 'passed', reason?.message ?? '');
  const ended = events.find(event => event.type === 'clean-up-ended');
  t.same(ended?.failures, []);
}

/** What a topology says and a cluster can tell. */
const told = ({ meshId, networks, clusters }: Topology) => ({
  meshId,
  networks: networks.map(({ name }) => name),
  clusters: clusters.map(({ name, network, role, nodes, helloWorld, client }) => ({
    ...{ name, network, role, nodes, helloWorld, client },
  })),
});

/** By day the plans that differ most in what tells a remote from a primary. */
const DAILY = ['primary-remote 1.8', 'primary-remote-multi-network current'];

for (const scenario of FOUR) {
  for (const edition of EDITION_NAMES) {
    if (!isNightly && !DAILY.includes(`${scenario} ${edition}`)) continue;
    t.test(`${scenario}, edition ${edition}`, async t => {
      const topology = await topologyOf(scenario);
      await installed(topology, edition, async (survey, clients) => {
        const found = await survey();
        const alike = await Promise.all(
          FOUR.map(async name => isAlike(await topologyOf(name), found.topology)),
        );
        t.same(
          FOUR.filter((_, index) => alike[index]),
          [scenario],
        );
        t.same(told(found.topology), told(topology));
        t.same(found.doubts, []);
        t.same(differencesFrom(topology, found.topology), []);
        t.ok(found.isSimulated);
        if (scenario === 'primary-remote-multi-network' && edition === 'current')
          await broken(t, topology, survey, clients);
      });
    });
  }
}

t.test('all questions of a survey may listen to a signal of the caller', async t => {
  t.same(
    warnings.filter(each => each.startsWith('MaxListeners')),
    [],
  );
});

const istio = { apiVersion: 'v1', namespace: 'istio-system' };

/** Breaks the installation in one way after the other. */
async function broken(
  t: Test,
  topology: Topology,
  survey: () => Promise<Survey>,
  clients: Clients,
): Promise<void> {
  const client = (name: string) => {
    const found = clients.get(name);
    if (!found) throw new Error(`no ${name}`);
    return found;
  };
  const label = (cluster: string, network: string) =>
    client(cluster).patch({ apiVersion: 'v1', plural: 'namespaces', name: 'istio-system' }, 'merge', {
      metadata: { labels: { 'topology.istio.io/network': network } },
    });
  await label('cluster1', 'Network-1');
  t.match((await survey()).doubts, [
    /^cluster1: its network has several names: .*network1 \(the injector’s values\)/,
  ]);
  await label('cluster1', 'network1');

  // The same secret, under the name of another cluster.
  const secret = { ...istio, plural: 'secrets', name: 'istio-remote-secret-cluster2' };
  const original = await client('cluster1').get(secret);
  const { cluster2: kubeconfig } = original['data'] as Record<string, string>;
  await client('cluster1').patch(secret, 'merge', { data: { cluster2: null, other: kubeconfig } });
  t.match((await survey()).doubts, ['cluster1: the remote secret for other leads to cluster2.']);
  await client('cluster1').delete(secret);
  const without = await survey();
  t.match(without.sentences[0], /knows no other cluster/);
  t.match(without.topology.clusters[1], { role: { kind: 'remote', controlPlane: 'cluster1' } });

  // Nothing leads from the remote to its istiod.
  const slices = { apiVersion: 'discovery.k8s.io/v1', plural: 'endpointslices', namespace: 'istio-system' };
  const { items } = await client('cluster2').list(slices, {
    labelSelector: 'kubernetes.io/service-name=istiod',
  });
  for (const { metadata } of items) await client('cluster2').delete({ ...slices, name: metadata.name ?? '' });
  const lost = await survey();
  t.match(lost.doubts, ['cluster2: its Service of istiod leads nowhere: it has no endpoint.']);
  t.match(
    lost.sentences[1],
    /a remote of cluster1 .* \(its istio-system names cluster1 as its control plane\)/,
  );

  await client('cluster2').delete({
    apiVersion: 'v1',
    plural: 'services',
    namespace: 'istio-system',
    name: 'istiod',
  });
  await client('cluster2').patch({ apiVersion: 'v1', plural: 'namespaces', name: 'istio-system' }, 'merge', {
    metadata: { annotations: { 'topology.istio.io/controlPlaneClusters': null } },
  });
  const alone = await survey();
  t.match(alone.doubts, [/^cluster2: it has no istiod, and nothing leads to another's/]);
  t.same(differencesFrom(topology, alone.topology), [
    'cluster2 is a remote of cluster1 in primary-remote-multi-network, and a primary here.',
  ]);

  const twice = new Map([...clients].map(([name]) => [name, client('cluster1')]));
  const same = await surveyMesh(twice, new AbortController().signal);
  t.same(same.same, [['cluster1', 'cluster2']]);
  t.match(same.doubts, [
    'cluster1 and cluster2 both call themselves cluster1: istiod cannot tell them apart.',
  ]);
}
