/** Prose in Markdown keeps to 110 columns; tables and code may be wider. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { ROOT } from '../support/cli.ts';

const MOST = 110;
const PLACES = ['docs', 'harness'];

/** Lists the lines of prose that are too long, with their numbers. */
function tooLong(text: string): readonly string[] {
  let isCode = false;
  return text.split('\n').flatMap((line, index) => {
    if (line.startsWith('```')) isCode = !isCode;
    const isProse = !isCode && !/^(\||```| {4})/.test(line);
    return isProse && line.length > MOST ? [`${index + 1}: ${line}`] : [];
  });
}

t.test('a long line of prose is found, and a wide table is not', async t => {
  const long = 'word '.repeat(30);
  t.same(tooLong(`short\n${long}\n| ${long} |\n\`\`\`\n${long}\n\`\`\``), [`2: ${long}`]);
});

t.test('prose keeps to the columns', async t => {
  const below = PLACES.flatMap(place =>
    readdirSync(path.join(ROOT, place), { recursive: true, encoding: 'utf8' }).map(file =>
      path.join(place, file),
    ),
  );
  const files = [...readdirSync(ROOT), ...below].filter(file => file.endsWith('.md'));
  t.ok(files.length > 10, `${files.length} files`);
  for (const file of files) t.same(tooLong(readFileSync(path.join(ROOT, file), 'utf8')), [], file);
});
