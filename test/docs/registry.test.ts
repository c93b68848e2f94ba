/** docs/fidelity.md has the tables of the registry of what is simulated of Istio. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { ROOT } from '../support/cli.ts';
import { registryMarkdown } from '../support/registry-markdown.ts';

t.test('the tables are those of the registry (UPDATE_GOLDEN=1 writes them anew)', async t => {
  const file = path.join(ROOT, 'docs/fidelity.md');
  const page = readFileSync(file, 'utf8');
  const now = page.replace(/\| names that Istio has [\s\S]*?(?=\n\n[^|\n])/, () => registryMarkdown());
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, now);
  else t.equal(page, now);
});
