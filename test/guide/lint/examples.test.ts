/** The example of each rule: the bad lines are found by it, the good ones by no rule that counts. */
import t from 'tap';
import { lint } from '../../../harness/guide/lint/lint.ts';
import { RULES } from '../../../harness/guide/lint/rules.ts';
import type { EditionName } from '../../../harness/model/east-west-gateway.ts';
import { examplePage } from '../support/example-page.ts';

const EDITIONS: readonly EditionName[] = ['1.8', 'current'];

for (const { id, severity, example } of RULES) {
  t.test(`${id}: the bad lines are found, the good ones are not`, async t => {
    const found = (text: string) => EDITIONS.flatMap(edition => lint([examplePage(text)], edition));
    t.ok(
      found(example.bad).some(finding => finding.rule === id && finding.severity === severity),
      'bad',
    );
    t.same(
      found(example.good)
        .filter(finding => finding.rule === id)
        .map(({ message }) => message),
      [],
      'good',
    );
  });
}

t.test('ids are unique, and words with dashes', async t => {
  const ids = RULES.map(({ id }) => id);
  t.equal(new Set(ids).size, ids.length);
  t.same(
    ids.filter(id => !/^[a-z]+(-[a-z]+)*$/.test(id)),
    [],
  );
});
