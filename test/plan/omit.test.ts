import t from 'tap';
import { omitSteps } from '../../harness/plan/omit.ts';
import { planOf } from './scenarios.ts';

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
