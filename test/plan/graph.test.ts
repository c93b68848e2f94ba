import t from 'tap';
import { HarnessError } from '../../harness/base/errors.ts';
import { dependentsOf, resumeAt, topologicalOrder } from '../../harness/plan/graph.ts';
import { planOf } from './scenarios.ts';

const node = (id: string, ...dependsOn: string[]) => ({ id, dependsOn });
const order = (...nodes: { id: string; dependsOn: string[] }[]) =>
  topologicalOrder(nodes).map(({ id }) => id);

t.test('steps come after what they need, and otherwise stay where they are', async t => {
  t.same(order(node('a'), node('b'), node('c', 'a')), ['a', 'b', 'c']);
  t.same(order(node('a', 'c'), node('b'), node('c')), ['c', 'a', 'b']);
});

t.test('what is no graph is a defect, told by name', async t => {
  t.throws(() => order(node('a', 'b'), node('b', 'c'), node('c', 'a')), /a → b → c → a/);
  t.throws(() => order(node('a', 'x')), /a depends on x, which is not in the plan/);
  t.throws(() => order(node('a'), node('a')), /Two steps are called a/);
});

t.test('dependents are found through others', async t => {
  const plan = await planOf('primary-remote', '1.8');
  const ids = dependentsOf(plan, 'cluster1/save-address').map(({ id }) => id);
  t.match(ids, ['cluster2/install-istio', 'cluster2/create-sample-namespace']);
  t.ok(ids.includes('cluster1/call-helloworld'), 'which waits for both versions');
  t.notOk(ids.includes('cluster1/deploy-sleep'));
});

t.test('a run is taken up again at a step', async t => {
  const plan = await planOf('primary-remote', '1.8');
  const rest = resumeAt(plan, 'cluster2/install-istio');
  t.match(
    rest.steps.map(({ id, dependsOn }) => [id, dependsOn]),
    [
      ['cluster1/save-address', []],
      ['cluster2/install-istio', ['cluster1/save-address']],
    ],
    'the address is asked for again, all else counts as done',
  );
  t.equal(resumeAt(plan, 'make-certificates').steps.length, plan.steps.length);
  t.equal(
    resumeAt(plan, 'cluster2/create-sample-namespace').steps[0]?.id,
    'cluster2/create-sample-namespace',
  );
});

t.test('an unknown step is answered with the known ones', async t => {
  const plan = await planOf('multi-primary', '1.8');
  for (const ask of [() => resumeAt(plan, 'install'), () => dependentsOf(plan, 'install')]) {
    try {
      ask();
      t.fail('found');
    } catch (error) {
      t.ok(error instanceof HarnessError);
      t.match(error, {
        code: 'ERR_UNKNOWN_STEP',
        message: /no step "install"/,
        hint: /make-certificates, cluster1/,
      });
    }
  }
});
