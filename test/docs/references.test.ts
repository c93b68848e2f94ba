/** `docs/reference/` holds the rules that source and tests cite by the number of their heading. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const REFERENCE = path.join(ROOT, 'docs/reference');
const HEADING = /^## ([FIK]\d+) /gm;
/** `F3` in `(F3)`, in `docs/reference/istio.md I7`, in a list behind one of them; not in a word. */
const CITATION = /(?<![\w'"`#/.-])([FIK]\d{1,2})(?![\w'"`-])/g;

const headings = new Set(
  readdirSync(REFERENCE).flatMap(file =>
    [...readFileSync(path.join(REFERENCE, file), 'utf8').matchAll(HEADING)].map(([, id]) => id),
  ),
);
const files = ['harness', 'test', 'docs', 'scenarios'].flatMap(folder =>
  readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter(file => /\.(ts|md)$/.test(file))
    .map(file => path.join(folder, file)),
);
const comments = (text: string) => text.split('\n').filter(line => /^\s*(\/?\*|\/\/)|\/\/ |^\|/.test(line));

t.test('every rule that is cited has its heading', async t => {
  const cited = new Set<string>();
  for (const file of files) {
    if (file.includes('docs/reference')) continue;
    for (const line of comments(readFileSync(path.join(ROOT, file), 'utf8'))) {
      for (const [, id = ''] of line.matchAll(CITATION)) {
        cited.add(id);
        if (!headings.has(id))
          t.fail(`${file} cites ${id}, which docs/reference does not have: ${line.trim()}`);
      }
    }
  }
  t.ok(cited.size >= 20, `${cited.size} rules are cited`);
});

t.test('nothing points to notes outside of the repository', async t => {
  const found = files.filter(file => readFileSync(path.join(ROOT, file), 'utf8').includes('\u00a7'));
  t.strictSame(found, []);
});
