import t from 'tap';
import { planOf } from '../plan/scenarios.ts';
import { dependentsOf } from './dependents.ts';

t.test('dependents are found through others', async t => {
  const plan = await planOf('primary-remote', '1.8');
  const ids = dependentsOf(plan, 'cluster1/save-address').map(({ id }) => id);
  t.match(ids, ['cluster2/install-istio', 'cluster2/create-sample-namespace']);
  t.ok(ids.includes('cluster1/call-helloworld'), 'which waits for both versions');
  t.notOk(ids.includes('cluster1/deploy-sleep'));
});
