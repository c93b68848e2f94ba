/**
 * Our istiod is given the same rules as a real one, whose answers are kept: each field that a rule touches is
 * the same, or is known to differ.
 */
import t from 'tap';
import { changesBetween, readAnswers } from '../../../support/istiod-rules/answers.ts';
import { readCorpus, readKnown } from '../../../support/istiod-rules/corpus.ts';
import { comparedFields } from '../../../support/istiod-rules/fields.ts';
import { OurIstiod } from '../../../support/istiod-rules/our-istiod.ts';

const SHOWN = 200;
const short = (value: string | undefined): string => (value ?? 'nothing').slice(0, SHOWN);

t.test('rules that are executed', async t => {
  await using istiod = await OurIstiod.start('current');
  const { version, date, base: realBase, cases } = readAnswers('current');
  const known = readKnown('current').map(row => ({ ...row, isUsed: false }));
  const base = await istiod.views();
  const figures = { equal: 0, known: 0, different: 0 };
  for (const rule of readCorpus('current')) {
    const changes = cases.get(rule.name);
    t.ok(changes, `${rule.name}: a real istiod was asked (npm run peers)`);
    if (!changes) continue;
    const ours = { base, changes: changesBetween(base, await istiod.viewsWith(rule)) };
    const compared = comparedFields(ours, { base: realBase, changes });
    const news: string[] = [];
    for (const { proxy, field, ours, real } of compared) {
      if (ours === real) {
        figures.equal++;
        continue;
      }
      const row = known.find(({ field: pattern }) => pattern.test(`${rule.name} | ${field}`));
      if (row) row.isUsed = true;
      figures[row ? 'known' : 'different']++;
      if (!row) news.push(`${proxy} ${field}: ours ${short(ours)}, real ${short(real)}`);
    }
    t.same(news, [], rule.name);
  }
  t.comment(
    `beside istiod ${version} of ${date}: ${figures.equal} fields equal, ${figures.known} known to differ, ` +
      `${figures.different} different`,
  );
  for (const { field, isUsed } of known) t.ok(isUsed, `known.yaml: ${field} is still so`);
});
