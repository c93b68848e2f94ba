/** The table of docs/checks.md is the catalog's. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { listCommand } from '../../harness/cli/commands/list.ts';
import { CHECK_FAMILIES } from '../../harness/verify/catalog.ts';

const page = readFileSync(new URL('../../docs/checks.md', import.meta.url), 'utf8');

t.test('the table of the page has a row for each family, word for word', async t => {
  const rows = page.split('\n').filter(line => /^\| `[\w-]+` \| (core|extended) \|/.test(line));
  t.same(
    rows,
    CHECK_FAMILIES.map(
      ({ id, level, claim, guide, changes }) =>
        `| \`${id}\` | ${level} | ${claim} | ${guide} | ${changes ? changes.what : 'nothing'} |`,
    ),
  );
  const sections = [...page.matchAll(/^## ([A-Za-z0-9-]+)$/gm)].map(([, id]) => id);
  for (const { id } of CHECK_FAMILIES) t.ok(sections.includes(id), `a section on ${id}`);
});

t.test('list --checks tells the same', async t => {
  const told = async (format: 'text' | 'json') => {
    let text = '';
    const write = (more: string) => {
      text += more;
      return true;
    };
    const stdout = { write } as unknown as NodeJS.WriteStream; // all that the command uses
    const environment = { env: {}, stdout, stderr: stdout, signal: new AbortController().signal };
    t.equal(await listCommand({ format, checks: true }, environment), 0);
    return text;
  };
  const { checks } = JSON.parse(await told('json')) as { checks: { id: string; changes: boolean }[] };
  t.same(
    checks.map(({ id, changes }) => [id, changes]),
    CHECK_FAMILIES.map(({ id, changes }) => [id, changes !== undefined]),
  );
  const text = await told('text');
  for (const { id, claim } of CHECK_FAMILIES)
    t.ok(
      text.includes(claim) &&
        new RegExp(`^${id} +(core|extended) +(reads only|changes something)$`, 'm').test(text),
      id,
    );
});
