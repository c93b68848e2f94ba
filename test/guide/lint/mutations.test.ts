/** What of the mistakes in `mutations.ts` the linter finds: rule and line. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { lint } from '../../../harness/guide/lint/lint.ts';
import { readPage } from '../../../harness/guide/page/read-page.ts';
import { lineOf, MUTATIONS, mutate } from './mutations.ts';

const PAGE = readFileSync(
  new URL('../../../fixtures/guides/multicluster-1.8-mended.md', import.meta.url),
  'utf8',
);

const harmIn = (text: string) =>
  lint([readPage('page.md', text)], '1.8').filter(({ severity }) => severity !== 'note');

t.test('the page that is mended by hand has none', t => {
  t.same(harmIn(PAGE), []);
  t.equal(MUTATIONS.length, 30);
  t.end();
});

for (const mutation of MUTATIONS) {
  t.test(mutation.name, t => {
    const changed = mutate(PAGE, mutation);
    const found = harmIn(changed).map(({ place, rule }) => `${place.line} ${rule}`);
    t.ok(found.includes(`${lineOf(changed, mutation)} ${mutation.rule}`), found.join(', '));
    t.end();
  });
}
