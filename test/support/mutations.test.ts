import t from 'tap';
import type { Plan } from '../../harness/plan/step.ts';
import { EDITION_NAMES, EXAMPLES, FOUR, planOf, topologyOf } from '../plan/scenarios.ts';
import { mutationsOf } from './mutations.ts';

const idsOf = (plan: Plan) => plan.steps.map(({ id }) => id).join(' ');

t.test('every mutation changes the plan, and nothing but what it says', async t => {
  for (const edition of EDITION_NAMES) {
    for (const scenario of [...FOUR, ...EXAMPLES]) {
      const plan = await planOf(scenario, edition);
      const before = JSON.stringify(plan.steps);
      const mutations = mutationsOf(await topologyOf(scenario), plan);
      const ids = mutations.map(({ id }) => id);
      t.equal(
        new Set(ids).size,
        ids.length,
        `${edition} ${scenario}: ${ids.length} mutations with names of their own`,
      );
      for (const mutation of mutations) {
        const changed = mutation.apply(plan);
        // As texts: comparing plans value by value takes seconds here.
        t.not(
          JSON.stringify(changed.steps),
          before,
          `${edition} ${scenario} ${mutation.id} changes something`,
        );
        t.equal(idsOf(changed), idsOf(plan), 'the steps are the same');
        t.ok(mutation.sentence.endsWith('.') && mutation.because.length > 20);
      }
      t.equal(JSON.stringify(plan.steps), before, 'the plan itself is left alone');
    }
  }
});

t.test('the mistakes of the issue are there', async t => {
  const table: readonly (readonly [edition: string, scenario: string, id: string, harmless: boolean])[] = [
    ['1.8', 'multi-primary', 'different-roots', false],
    ['current', 'multi-primary', 'different-roots', false],
    ['1.8', 'multi-primary', 'cluster2/network-is-network9', true],
    ['1.8', 'primary-remote', 'cluster2/network-is-network9', false],
    ['1.8', 'primary-remote', 'cluster1/network-is-network9', false],
    ['1.8', 'multi-primary-multi-network', 'cluster2/network-is-network1', false],
    ['current', 'primary-remote-multi-network', 'cluster2/network-is-network1', false],
    ['1.8', 'multi-primary-multi-network', 'cluster2/registry-is-misspelt', true],
    ['1.8', 'multi-primary', 'cluster2/cluster-name-is-wrong', true],
    ['1.8', 'primary-remote', 'cluster2/cluster-name-is-wrong', false],
    ['current', 'primary-remote', 'cluster2/cluster-name-is-wrong', false],
    ['1.8', 'multi-primary', 'remote-secret/cluster1-in-cluster2/bad-token', false],
    ['1.8', 'primary-remote', 'remote-secret/cluster2-in-cluster1/unreachable-server', false],
    ['1.8', 'multi-primary', 'both-versions-everywhere', false],
    ['1.8', 'multi-primary', 'both-versions-in-cluster1', false],
  ];
  for (const [edition, scenario, id, harmless] of table) {
    const mutations = mutationsOf(await topologyOf(scenario), await planOf(scenario, edition));
    t.equal(
      mutations.find(mutation => mutation.id === id)?.harmless,
      harmless,
      `${edition} ${scenario} ${id}`,
    );
  }
});

t.test('what some of them do', async t => {
  const topology = await topologyOf('primary-remote-multi-network');
  const plan = await planOf('primary-remote-multi-network', 'current');
  const apply = (id: string, step: string) => {
    const changed = mutationsOf(topology, plan)
      .find(mutation => mutation.id === id)
      ?.apply(plan);
    return changed?.steps.find(candidate => candidate.id === step);
  };
  t.match(
    apply('cluster2/network-is-network1', 'cluster2/install-istio')?.files[0]?.content,
    '/net/network1\n',
  );
  t.match(
    apply('cluster2/cluster-name-is-wrong', 'cluster2/install-istio')?.files[0]?.content,
    '/inject/cluster/cluster2-misspelt/net/network2',
  );
  const secret = 'remote-secret/cluster2-in-cluster1';
  t.match(
    apply(`${secret}/bad-token`, secret)?.commands.map(({ cluster, args }) => [cluster, args[0]]),
    [
      ['cluster2', 'create-remote-secret'],
      ['cluster2', 'delete'],
      ['cluster1', 'apply'],
    ],
  );
  t.match(apply('both-versions-everywhere', 'cluster2/create-helloworld-service')?.commands[0]?.args, [
    'apply',
    '-f',
    'samples/helloworld/helloworld.yaml',
    '-l',
    'app=helloworld',
  ]);
});
