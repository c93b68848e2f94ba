// What `guide lint` costs on long pages, beside the Markdown parser alone importing and reading the same.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { guidePage } from './guide-page.mjs';
import { CLI, folder, measure, ROOT } from './measure.mjs';

const LINES = 5000;
const PARSER = `
  import { readFileSync } from 'node:fs';
  import { fromMarkdown } from 'mdast-util-from-markdown';
  fromMarkdown(readFileSync(process.argv[1], 'utf8'));
`;

/** Our guide with four tabs, again and again: many mistakes, and all is followed four times. */
function repeatedGuide() {
  const guide = readFileSync(path.join(ROOT, 'fixtures/guides/multicluster-1.8.md'), 'utf8');
  return guide.repeat(Math.ceil(LINES / guide.split('\n').length));
}

/** Names of subjects: the parser, and the linter on the same page. */
export const GUIDE_SUBJECTS = [
  ['Markdown parser alone', 'guide lint'],
  ['parser, repeated guide', 'lint, repeated guide'],
];

/** Measures both on each page, in processes of their own, in turns. */
export async function measureGuide(rounds) {
  const samples = {};
  for (let round = 0; round < rounds; round++) {
    for (const [index, text] of [guidePage(LINES), repeatedGuide()].entries()) {
      const page = path.join(folder, `guide-${index}.md`);
      writeFileSync(page, text);
      const [parser, linter] = GUIDE_SUBJECTS[index];
      samples[parser] ??= [];
      samples[parser].push(await measure(['--input-type=module', '-e', PARSER, '--', page]));
      samples[linter] ??= [];
      samples[linter].push(await measure([CLI, 'guide', 'lint', page], [0, 1]));
    }
  }
  return samples;
}
