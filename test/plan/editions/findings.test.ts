/**
 * The errata of edition 1.8 are what the linter finds in the guide's page. With MESH_HARNESS_GUIDE_PAGE the
 * data is held against the page, and UPDATE_GOLDEN=1 makes it anew; without, against our own page that has
 * the same commands.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import type { Finding } from '../../../harness/guide/lint/finding.ts';
import { lint } from '../../../harness/guide/lint/lint.ts';
import { readPage } from '../../../harness/guide/page/read-page.ts';
import { ERRATA } from '../../../harness/plan/editions/1.8/errata.ts';
import kept from '../../../harness/plan/editions/1.8/findings.json' with { type: 'json' };

const DATA = new URL('../../../harness/plan/editions/1.8/findings.json', import.meta.url);
const FIXTURE = new URL('../../../fixtures/guides/multicluster-1.8.md', import.meta.url);
const GUIDE = process.env['MESH_HARNESS_GUIDE_PAGE'];

/** A few words of what is meant: all of a command, of prose no more than its beginning. */
function wordsOf(text: string, { span, rule }: Finding): string {
  const all = text
    .slice(span.start, span.end)
    .replace(/\s*\\?\n\s*/g, ' ')
    .replace(/\]\(.*/, ']');
  const words = rule === 'repeat-by-hand' ? all.split(' ').slice(0, 5).join(' ') : all.slice(0, 100);
  return words === all ? words : `${words.trim()} …`;
}

function rowsOf(text: string) {
  const found = lint([readPage('multicluster-install.md', text)], '1.8');
  return [...new Set(found.map(({ rule }) => rule))].flatMap(rule => {
    const all = found.filter(finding => finding.rule === rule);
    const [first] = all;
    if (!first) return [];
    const { severity, message, wouldHappen, fix } = first;
    const lines = all.map(({ place }) => place.line);
    return [
      {
        ...{ rule, severity, lines, words: wordsOf(text, first), message, wouldHappen },
        fix: fix?.description,
      },
    ];
  });
}

t.test(
  'the data is what the linter finds in the guide',
  { skip: GUIDE ? false : 'MESH_HARNESS_GUIDE_PAGE names no page' },
  async t => {
    const text = readFileSync(GUIDE ?? '', 'utf8');
    const findings = JSON.parse(JSON.stringify(rowsOf(text))) as unknown;
    const sha256 = createHash('sha256').update(text).digest('hex');
    const made = { page: 'multicluster-install.md', sha256, linted: kept.linted, findings };
    if (process.env['UPDATE_GOLDEN'] !== undefined) {
      const linted = new Date().toISOString().slice(0, 10);
      writeFileSync(DATA, `${JSON.stringify({ ...made, linted }, null, 1)}\n`);
    } else t.same(made, kept);
  },
);

t.test('our own page with the same commands has the same mistakes', async t => {
  const own = rowsOf(readFileSync(FIXTURE, 'utf8'));
  const outcome = (rows: typeof own | typeof kept.findings) =>
    rows
      .map(({ rule, severity, wouldHappen }) => `${rule} ${severity} ${wouldHappen.replace(/\d+/g, 'N')}`)
      .sort();
  t.same(outcome(own), outcome(kept.findings));
});

t.test('each erratum says what the plan does instead', async t => {
  t.same(
    ERRATA.filter(({ weDo }) => weDo === '').map(({ id }) => id),
    [],
  );
  t.same(
    ERRATA.filter(({ id }) => !kept.findings.some(({ rule }) => rule === id)).map(({ id }) => id),
    ['trust-in-remotes'],
    'this alone no rule can know',
  );
});
