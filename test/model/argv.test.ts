/** Variables and contexts in commands. */
import t from 'tap';
import { argvOf, substitute, variablesIn } from '../../harness/model/argv.ts';
import { clusterName } from '../../harness/model/names.ts';

t.test('variables are replaced as in a here-document, unknown ones by nothing', async t => {
  const variables = new Map([['ADDRESS', '172.18.0.9']]);
  t.equal(substitute(`a: \${ADDRESS}\nb: \${NETWORK1}:`, variables), 'a: 172.18.0.9\nb: :');
  t.equal(substitute('$ADDRESS $(x) %{http_code}', variables), '$ADDRESS $(x) %{http_code}', 'only braces');
  t.same(variablesIn(`\${A} \${B} \${A}`), ['A', 'B']);
});

t.test('the context stands before everything else, and only where the tool has contexts', async t => {
  const cluster = clusterName('cluster1');
  t.same(argvOf({ tool: 'kubectl', cluster, args: ['exec', 'x', '--', 'ls'], timeoutMs: 1 }, new Map()), [
    ...['--context=cluster1', 'exec', 'x', '--', 'ls'],
  ]);
  t.same(argvOf({ tool: 'certs', cluster, args: ['--out', 'certs'], timeoutMs: 1 }, new Map()), [
    '--out',
    'certs',
  ]);
});
