/** kubectl's JSONPath templates. */
import t from 'tap';
import { parseJsonPath } from '../../../../harness/tools/embedded/kubectl/jsonpath.ts';

const list = {
  kind: 'List',
  items: [
    {
      metadata: { name: 'a', labels: { 'app.kubernetes.io/name': 'x' } },
      status: { phase: 'Running', n: 1 },
    },
    { metadata: { name: 'b', labels: {} }, status: { phase: 'Pending', n: 2, list: [1, 2] } },
  ],
};
const service = { status: { loadBalancer: { ingress: [{ ip: '172.18.0.9' }] } } };

t.test('paths', async t => {
  const rows: [string, unknown, string][] = [
    ['{.items[0].metadata.name}', list, 'a'],
    ['{.items[-1].metadata.name}', list, 'b'],
    ['{.items[*].metadata.name}', list, 'a b'],
    ['{.items[0:1].metadata.name}', list, 'a'],
    ['{.items[0,1].metadata.name}', list, 'a b'],
    ['{.items[0].metadata.labels.app\\.kubernetes\\.io/name}', list, 'x'],
    ["{.items[0].metadata.labels['app.kubernetes.io/name']}", list, 'x'],
    ['{.items[?(@.status.phase=="Running")].metadata.name}', list, 'a'],
    ["{.items[?(@.status.phase!='Running')].metadata.name}", list, 'b'],
    ['{.items[?(@.status.n>1)].metadata.name}', list, 'b'],
    ['{.items[?(@.status.list)].metadata.name}', list, 'b'],
    ['{..name}', list, 'a b'],
    ['{.items[1].status}', list, '{"list":[1,2],"n":2,"phase":"Pending"}'],
    ['{.status.loadBalancer.ingress[0].ip}', service, '172.18.0.9'],
    ['{.status.loadBalancer.ingress[0].hostname}', service, ''],
    ['{.status.loadBalancer.ingress[0].ip}', { status: { loadBalancer: {} } }, ''],
    ['{$.kind}', list, 'List'],
    ['.kind', list, 'List'],
    ['kind', list, 'List'],
    ['name={.kind}!', list, 'name=List!'],
    ['{.kind} {.items[0].metadata.name}', list, 'List a'],
    ['{range .items[*]}{.metadata.name}{"\\t"}{.status.phase}{"\\n"}{end}', list, 'a\tRunning\nb\tPending\n'],
    ['{range .items[*]}{.metadata.name} in {$.kind}{";"}{end}', list, 'a in List;b in List;'],
  ];
  for (const [template, object, expected] of rows)
    t.equal(parseJsonPath(template).render(object), expected, template);
});

t.test('what is wrong is said in the words of client-go', async t => {
  t.throws(() => parseJsonPath('{.items[0].metadata.name}').render({ items: [] }), {
    message: 'array index out of bounds: index 0, length 0',
  });
  t.throws(() => parseJsonPath('{.missing}', false).render({}), { message: 'missing is not found' });
  t.throws(() => parseJsonPath('{.a'), { message: 'unclosed action' });
  t.throws(() => parseJsonPath('{end}'), { message: 'not in range, nothing to end' });
  t.throws(() => parseJsonPath('{.a[x]}'), { message: 'invalid array index x' });
});
