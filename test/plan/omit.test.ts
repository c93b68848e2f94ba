import t from 'tap';
import { ancestorsOf } from '../../harness/plan/graph.ts';
import { omitSteps } from '../../harness/plan/omit.ts';
import { planTopology } from '../../harness/plan/plan.ts';
import { EDITION_NAMES, largeTopology, planOf } from './scenarios.ts';

t.test('left-out steps hand their order on', async t => {
  const plan = await planOf('primary-remote', '1.8');
  const changed = omitSteps(plan, ['cluster2/create-namespace', 'cluster2/create-cacerts']);
  t.equal(changed.steps.length, plan.steps.length - 2);
  t.same(changed.steps.find(({ id }) => id === 'remote-secret/cluster2-in-cluster1')?.dependsOn, [
    'cluster1/install-istio',
    'make-certificates',
  ]);
  t.throws(() => omitSteps(plan, ['cluster1/install-istio', 'nothing', 'nobody']), {
    code: 'ERR_UNKNOWN_STEP',
    message: /no step "nothing" and no step "nobody"/,
    hint: /make-certificates, cluster1\/create-namespace/,
  });
});

t.test('what follows a step that is left out comes after what that one needs', async t => {
  const plan = await planOf('primary-remote', 'current');
  const saves = (changed: typeof plan) => changed.steps.find(({ id }) => id === 'cluster1/save-address');
  t.match(saves(plan), { dependsOn: [], follows: ['cluster1/install-gateway'] });
  const left = saves(omitSteps(plan, ['cluster1/install-gateway']));
  t.same(left?.dependsOn, ['cluster1/install-istio']);
  t.equal(left?.follows, undefined);
  t.ok(ancestorsOf(plan, 'cluster2/install-istio').includes('cluster1/install-gateway'));
});

t.test('of the remote secrets of one cluster no two are made at once, whichever is left out', async t => {
  for (const edition of EDITION_NAMES) {
    const plan = planTopology(largeTopology(7, 3), edition);
    const ofOne = plan.steps.map(({ id }) => id).filter(id => id.startsWith('remote-secret/cluster7-in-'));
    t.ok(ofOne.length > 3);
    for (const omitted of ofOne) {
      const left = omitSteps(plan, [omitted]);
      const rest = ofOne.filter(id => id !== omitted);
      for (const [index, id] of rest.entries())
        t.same(
          rest.filter(other => ancestorsOf(left, id).includes(other)),
          rest.slice(0, index),
          `${edition}: ${id} without ${omitted}`,
        );
    }
  }
});
