/** What of the mistakes in `mutations.ts` the linter finds. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { lineOf, MUTATIONS, mutate } from './mutations.ts';

const PAGE = readFileSync(
  new URL('../../../fixtures/guides/multicluster-1.8-mended.md', import.meta.url),
  'utf8',
);

t.test('there are thirty, each with a place in the page', t => {
  t.equal(MUTATIONS.length, 30);
  for (const mutation of MUTATIONS) {
    const changed = mutate(PAGE, mutation);
    t.not(changed, PAGE, mutation.name);
    t.ok(lineOf(changed, mutation), mutation.name);
  }
  t.end();
});
