import t from 'tap';
import { parseKubeconfig } from '../../harness/model/kubeconfig-document.ts';

t.test('reads what is there and keeps the order of fields and fields of others', async t => {
  const text = 'kind: Config\nx: 1\ncontexts:\n- context: {user: me, more: true, cluster: a}\n  name: one\n';
  const document = parseKubeconfig(text);
  t.same(Object.keys(document), ['kind', 'x', 'contexts']);
  t.same(document.contexts, [{ context: { user: 'me', more: true, cluster: 'a' }, name: 'one' }]);
});

t.test('missing parts count as empty', async t => {
  t.same(parseKubeconfig(''), {});
  t.same(parseKubeconfig('clusters: null\nusers:\n- name: me\n  user: null\n').users, [
    { name: 'me', user: null },
  ]);
});

t.test('refuses what is no kubeconfig, with every problem and its path', async t => {
  t.throws(() => parseKubeconfig('clusters: {}\ncontexts:\n- name: one\n- context: {cluster: 7}\n'), {
    message: /^clusters: .*; contexts\[1\]\.name: .*; contexts\[1\]\.context\.cluster: /,
  });
  t.throws(() => parseKubeconfig('users:\n- name: me\n  user: {token: secret-of-me\n'), {
    message: /^not valid YAML, line 4, column 1: (?!.*secret)/,
  });
  t.throws(() => parseKubeconfig('just words'), { message: /^the document: / });
  t.throws(() => parseKubeconfig('a: [1'), { name: 'InvalidYaml' });
});
