import t from 'tap';
import { checkStepIds, topologicalOrder } from '../../harness/plan/graph.ts';
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

t.test('an unknown step is answered with the known ones', async t => {
  const plan = await planOf('multi-primary', '1.8');
  t.throws(() => checkStepIds(plan, ['make-certificates', 'install']), {
    name: 'HarnessError',
    code: 'ERR_UNKNOWN_STEP',
    message: /no step "install"/,
    hint: /make-certificates, cluster1/,
  });
});
