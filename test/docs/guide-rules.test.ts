/** docs/guide-rules.md is made of the rules. UPDATE_GOLDEN=1 writes it anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import type { Rule } from '../../harness/guide/lint/rule.ts';
import { RULES } from '../../harness/guide/lint/rules.ts';

const file = new URL('../../docs/guide-rules.md', import.meta.url);
const BEGIN = '<!-- what follows is made by test/docs/guide-rules.test.ts -->\n';
const COLUMNS = 110;

/** Breaks a paragraph into lines. */
function folded(text: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + 1 + word.length > COLUMNS) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.join('\n');
}

/** Outside of code spans, marks of Markdown are letters. */
const plain = (text: string) => text.replace(/[*_<]/g, mark => `\\${mark}`);

const chapterOf = ({ id, severity, sentence, because, example }: Rule): string =>
  [
    `## ${id}`,
    folded(`**${severity}**: ${plain(sentence)}`),
    folded(plain(because)),
    `Wrong:\n\n\`\`\`\`text\n${example.bad}\n\`\`\`\``,
    `Right:\n\n\`\`\`\`text\n${example.good}\n\`\`\`\``,
  ].join('\n\n');

t.test('the page is made of the rules', async t => {
  const page = readFileSync(file, 'utf8');
  const [head = ''] = page.split(BEGIN);
  const made = `${head}${BEGIN}\n${RULES.map(chapterOf).join('\n\n')}\n`;
  if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(file, made);
  else t.equal(page, made);
});
