/** What of the mistakes in `mutations.ts` and `mutations-current.ts` the linter finds: rule and line. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { lint } from '../../../harness/guide/lint/lint.ts';
import { readPage } from '../../../harness/guide/page/read-page.ts';
import type { EditionName } from '../../../harness/model/east-west-gateway.ts';
import { lineOf, MUTATIONS, type Mutation, mutate } from './mutations.ts';
import { MUTATIONS_CURRENT } from './mutations-current.ts';

interface Mutated {
  readonly page: string;
  readonly edition: EditionName;
  readonly mutations: readonly Mutation[];
  readonly count: number;
}

const SETS: readonly Mutated[] = [
  { page: 'multicluster-1.8-mended.md', edition: '1.8', mutations: MUTATIONS, count: 30 },
  { page: 'primary-remote-current.md', edition: 'current', mutations: MUTATIONS_CURRENT, count: 20 },
];

for (const { page, edition, mutations, count } of SETS) {
  const text = readFileSync(new URL(`../../../fixtures/guides/${page}`, import.meta.url), 'utf8');
  const harmIn = (changed: string) =>
    lint([readPage(page, changed)], edition).filter(({ severity }) => severity !== 'note');

  t.test(`${page} has no mistake`, t => {
    t.same(harmIn(text), []);
    t.equal(mutations.length, count);
    t.end();
  });

  for (const mutation of mutations) {
    t.test(`${page}: ${mutation.name}`, t => {
      const changed = mutate(text, mutation);
      const found = harmIn(changed).map(({ place, rule }) => `${place.line} ${rule}`);
      t.ok(found.includes(`${lineOf(changed, mutation)} ${mutation.rule}`), found.join(', '));
      t.end();
    });
  }
}
