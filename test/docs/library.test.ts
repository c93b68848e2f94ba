/** docs/library.md is made of the sources and of the examples; `npm run docs` makes it anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { ROOT } from '../support/cli.ts';
import { publicNames, reference, unnamedTypes } from '../support/library-docs.ts';

const file = path.join(ROOT, 'docs/library.md');
const page = readFileSync(file, 'utf8');

/** The page with its parts from elsewhere as they are there now; what a person writes stays. */
function made(text: string): string {
  const withExamples = text.replace(
    /(<!-- (docs\/examples\/\S+) -->\n```\w+\n)[\s\S]*?(?=```)/g,
    (_, head: string, example: string) => head + readFileSync(path.join(ROOT, example), 'utf8'),
  );
  return withExamples.replace(/(<!-- made from harness\/index\.ts -->\n)[\s\S]*$/, `$1\n${reference()}\n`);
}

t.test('the page says what the sources say', async t => {
  const now = made(page);
  if (process.env['UPDATE_GOLDEN']) writeFileSync(file, now);
  else t.equal(page, now, 'npm run docs makes it anew');
  t.equal([...now.matchAll(/<!-- docs\/examples\//g)].length, 3);
  for (const { name } of publicNames()) t.match(now, `\n### ${name}\n`);
  t.notSame(made(page.replace('Promise<Mesh', 'Promise<Mess')), page.replace('Promise<Mesh', 'Promise<Mess'));
});

t.test('all types that users meet have a name for them', async t => {
  // A name with a brand is a text of its own sort; the brand is nobody's.
  const brands = /^Branded of harness\/model\/names\.ts$/;
  t.same(
    unnamedTypes().filter(({ type }) => !brands.test(type)),
    [],
  );
  t.ok(publicNames().length > 60);
});
