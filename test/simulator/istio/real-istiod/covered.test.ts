/**
 * All that the registry calls executed today stands in a case whose configuration is held against that of a
 * real istiod, or is named with what sees its effect instead.
 */
import t from 'tap';
import { readCorpus, readElsewhere } from '../../../support/istiod-rules/corpus.ts';
import { executedEntries, writtenEntries } from '../../../support/istiod-rules/executed.ts';

t.test('what is executed has a case', async t => {
  const written = writtenEntries(readCorpus('current'));
  const missing = executedEntries().filter(name => !written.has(name));
  const elsewhere = readElsewhere();
  t.ok(written.size > 400, `${written.size} names are written`);
  t.same(
    missing.filter(name => !elsewhere.some(({ pattern }) => pattern.test(name))),
    [],
    'add a case below test/peers/istiod-rules, and ask a real istiod about it (npm run peers, --add)',
  );
  for (const { pattern } of elsewhere)
    t.ok(
      missing.some(name => pattern.test(name)),
      `elsewhere.yaml: ${pattern} still lacks a case`,
    );
});

t.test('what is in no case is missed', async t => {
  const one = readCorpus('current').filter(({ name }) => name === 'mesh-config: paths by the base rules');
  const written = writtenEntries(one);
  t.ok(written.has('MeshConfig.pathNormalization.normalization: BASE'));
  t.notOk(written.has('MeshConfig.pathNormalization.normalization: NONE'));
  t.ok(executedEntries().includes('MeshConfig.pathNormalization.normalization: NONE'));
  t.ok(executedEntries().includes('VirtualService.http.match.uri.prefix'));
  t.notOk(executedEntries().includes('AuthorizationPolicy.action: AUDIT'), 'a value that is not executed');
});
