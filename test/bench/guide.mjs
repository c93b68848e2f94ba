// What `guide lint` costs on a long page, beside the Markdown parser alone importing and reading the same.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { guidePage } from './guide-page.mjs';
import { CLI, folder, measure } from './measure.mjs';

const LINES = 5000;
const PARSER = `
  import { readFileSync } from 'node:fs';
  import { fromMarkdown } from 'mdast-util-from-markdown';
  fromMarkdown(readFileSync(process.argv[1], 'utf8'));
`;

/** Measures both in processes of their own, in turns. */
export async function measureGuide(rounds) {
  const page = path.join(folder, 'guide.md');
  writeFileSync(page, guidePage(LINES));
  const samples = { 'Markdown parser alone': [], 'guide lint': [] };
  for (let round = 0; round < rounds; round++) {
    samples['Markdown parser alone'].push(await measure(['--input-type=module', '-e', PARSER, '--', page]));
    samples['guide lint'].push(await measure([CLI, 'guide', 'lint', page], [0, 1]));
  }
  return samples;
}
