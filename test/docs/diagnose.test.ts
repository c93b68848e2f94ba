/** The table of docs/diagnose.md is the catalog of links. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { LINKS } from '../../harness/verify/diagnose/links/catalog.ts';

const page = readFileSync(new URL('../../docs/diagnose.md', import.meta.url), 'utf8');

t.test('the page has a row for each link, in the order of the chain, word for word', async t => {
  t.same(
    page.split('\n').filter(line => /^\| `[a-z-]+` \| /.test(line)),
    LINKS.map(({ id, asks }) => `| \`${id}\` | ${asks} |`),
  );
});
