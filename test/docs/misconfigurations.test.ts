/** docs/misconfigurations.md is made of the data that the matrix reads. UPDATE_GOLDEN=1 writes it anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { readCorpus } from '../../harness/matrix/corpus.ts';
import type { Expectation, Misconfiguration, When } from '../../harness/matrix/schema.ts';
import { CAUSES } from '../../harness/verify/diagnose/causes.ts';

const file = new URL('../../docs/misconfigurations.md', import.meta.url);
const BEGIN = '<!-- what follows is made by test/docs/misconfigurations.test.ts -->\n';

const wordsOf = ({ edition, networks, remote }: When = {}): string =>
  [
    ...(edition === undefined ? [] : [edition]),
    ...(networks === undefined ? [] : [networks === 'one' ? 'one network' : 'several networks']),
    ...(remote === undefined ? [] : [remote ? 'with a remote' : 'primaries only']),
  ].join(', ') || 'everywhere';

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

function outcomeOf({ when, calls, caughtBy, cause, rank, passes }: Expectation, isOnly: boolean): string {
  const where = isOnly ? '' : `${when ? wordsOf(when) : 'else'}: `;
  if (passes !== undefined) return `${where}works (${calls}): ${passes}`;
  const place = rank === undefined ? '' : ` (within the first ${rank})`;
  return `${where}${calls}; \`${caughtBy}\`${cause === undefined ? '' : `; \`${cause}\`${place}`}`;
}

const rowOf = ({ id, sentence, applies, expect, repair, from }: Misconfiguration): string =>
  `| \`${id}\` | ${[
    sentence,
    applies ? applies.map(wordsOf).join('; ') : 'everywhere',
    expect.map(each => outcomeOf(each, expect.length === 1)).join('<br>'),
    repair,
    from,
  ]
    .map(text => cell(text).replaceAll('&lt;br>', '<br>'))
    .join(' | ')} |`;

t.test('the page is made of the data', async t => {
  const chapters = await readCorpus();
  const tables = chapters.flatMap(({ title, cases }) => [
    `## ${title}`,
    '',
    '| id | what is done wrong | where | calls; caught by; cause | repair | from |',
    '| --- | --- | --- | --- | --- | --- |',
    ...cases.map(rowOf),
    '',
  ]);
  const causes = [
    '## Causes',
    '',
    '| id | what is wrong |',
    '| --- | --- |',
    ...Object.entries(CAUSES).map(([id, sentence]) => `| \`${id}\` | ${cell(sentence)} |`),
    '',
  ];
  const page = readFileSync(file, 'utf8');
  const [head = ''] = page.split(BEGIN);
  const made = `${head}${BEGIN}\n${[...tables, ...causes].join('\n')}`;
  if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(file, made);
  else t.equal(page, made);
});
