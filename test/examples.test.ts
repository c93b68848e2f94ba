/** The examples of scenarios of one's own: three clusters on two and three networks, in both editions. */
import t from 'tap';
import { run } from '../harness/session.ts';
import { EDITION_NAMES, EXAMPLES, planOf, topologyOf } from './plan/scenarios.ts';

t.setTimeout(300_000);

for (const name of EXAMPLES) {
  for (const edition of EDITION_NAMES) {
    t.test(`${name}, edition ${edition}, passes`, async t => {
      const topology = await topologyOf(name);
      const [seen] = (await run({ topology, edition, extended: true })).scenarios;
      t.equal(seen?.verdict, 'passed', seen?.reason?.message ?? '');
      t.same(
        seen?.steps.filter(({ outcome }) => outcome !== 'done').map(({ id }) => id),
        [],
      );
      const sources = topology.clusters.filter(({ client }) => client).map(cluster => cluster.name);
      const traffic = seen?.checks.flatMap(check => check.traffic ?? []) ?? [];
      t.same(traffic.map(({ from }) => from).sort(), [...sources].sort());
      for (const { symptom, from, sample } of traffic) {
        t.equal(symptom, 'BOTH', from);
        const homes = topology.clusters.filter(({ helloWorld }) => helloWorld.length > 0);
        t.same(
          [...new Set(sample?.instances.map(({ cluster }) => cluster))].sort(),
          homes.map(cluster => cluster.name).sort(),
          `${from} is answered by every cluster that has HelloWorld`,
        );
      }
    });
  }
}

t.test('a control plane that has two clusters to look after needs the secret of each', async t => {
  const topology = await topologyOf('two-primaries-one-remote');
  const plan = await planOf('two-primaries-one-remote', '1.8');
  const secrets = plan.steps.filter(({ id }) => id.startsWith('remote-secret/'));
  t.same(secrets.map(({ id }) => id).sort(), [
    'remote-secret/cluster1-in-cluster2',
    'remote-secret/cluster2-in-cluster1',
    'remote-secret/cluster3-in-cluster1',
    'remote-secret/cluster3-in-cluster2',
  ]);
  const [seen] = (await run({ topology, omit: ['remote-secret/cluster3-in-cluster2'] })).scenarios;
  t.equal(seen?.verdict, 'failed');
  t.same(
    seen?.checks.flatMap(({ traffic }) => (traffic ? [[traffic.from, traffic.sample !== undefined]] : [])),
    [
      ['cluster1', true],
      ['cluster2', false],
      ['cluster3', true],
    ],
    'only cluster2, which lacks it, does not see all of HelloWorld',
  );
});
