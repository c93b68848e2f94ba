/** The simulated API server is asked what a real one was asked, and held against its kept answers. */
import { writeFileSync } from 'node:fs';
import yaml from 'js-yaml';
import t from 'tap';
import { readAnswers } from './answers.ts';
import { askAll } from './ask-all.ts';
import { compareGroup, figuresTable } from './compare.ts';
import { readCorpus } from './corpus.ts';
import { heldAgainstKnown, readKnown } from './known.ts';
import { simulatedCluster } from './simulated.ts';

const LEAST_CODES = 0.97;
const LEAST_TEXTS = 0.9;
const UNKNOWN_REASON = 'Nobody has looked why.';

t.setTimeout(300_000);

const corpus = readCorpus();
const { version, groups: kept } = readAnswers();

t.test('the corpus is what the real API server was asked', async t => {
  const counted = corpus.filter(({ questions }) => questions.length > 0);
  const asked = corpus.flatMap(({ questions }) => questions.filter(({ prepares }) => !prepares));
  t.ok(counted.length >= 19 && asked.length >= 900, `${asked.length} questions in ${counted.length} groups`);
  for (const { name, questions } of corpus) {
    const ids = questions.filter(({ prepares }) => !prepares).map(({ id }) => id);
    t.same(Object.keys(kept[name] ?? {}).sort(), ids.sort(), name);
  }
});

t.test(`ours answers as kube-apiserver ${version}, but for what is known`, async t => {
  await using cluster = await simulatedCluster();
  const ours = await askAll(cluster, corpus, {
    onFailure: (group, error) => t.fail(`${group}: ${error}`),
  });
  const compared = corpus.map(({ name }) => compareGroup(name, kept[name] ?? {}, ours[name] ?? {}));
  t.comment(figuresTable(compared.map(({ figures }) => figures)));
  const sum = (key: 'questions' | 'sameCodes' | 'errors' | 'sameTexts') =>
    compared.reduce((total, { figures }) => total + figures[key], 0);
  t.ok(sum('sameCodes') / sum('questions') >= LEAST_CODES, `${sum('sameCodes')} of the codes`);
  t.ok(sum('sameTexts') / sum('errors') >= LEAST_TEXTS, `${sum('sameTexts')} of the texts of errors`);
  const different = compared.flatMap(({ different }) => different);
  const names = different.map(({ name }) => name);
  if (process.env['UPDATE_GOLDEN']) updateKnown(names);
  const { news, vanished } = heldAgainstKnown(names, readKnown());
  for (const { name, what, real, ours } of different.filter(({ name }) => news.includes(name)))
    t.fail(`${name}: another ${what} than the real one's`, { real, ours });
  t.same(
    readKnown().filter(({ reason }) => reason === UNKNOWN_REASON),
    [],
    'every difference has a reason',
  );
  t.same(vanished, [], 'what is a difference no more leaves known.yaml');
});

/** Writes `known.yaml` anew: what is gone leaves, and what is new waits for its reason. */
function updateKnown(names: readonly string[]): void {
  const known = readKnown().map(({ reason, questions }) => ({
    reason,
    questions: questions.filter(name => names.includes(name)),
  }));
  const { news } = heldAgainstKnown(names, known);
  if (news.length > 0) known.push({ reason: UNKNOWN_REASON, questions: [...news] });
  const left = known.filter(({ questions }) => questions.length > 0);
  writeFileSync(new URL('known.yaml', import.meta.url), yaml.dump(left, { lineWidth: -1 }));
}
