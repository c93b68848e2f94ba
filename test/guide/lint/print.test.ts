/** Findings as programs read them. */

import type { Log } from 'sarif';
import t from 'tap';
import type { Finding } from '../../../harness/guide/lint/finding.ts';
import { findingsForGithub } from '../../../harness/guide/lint/print/github.ts';
import { findingsAsJson } from '../../../harness/guide/lint/print/json.ts';
import { toSarif } from '../../../harness/guide/lint/print/sarif.ts';
import { RULES } from '../../../harness/guide/lint/rules.ts';
import { readPage } from '../../../harness/guide/page/read-page.ts';

const FILE = 'docs/a: 100%,\u00e9.md';
const page = readPage(FILE, 'zero\n\tfirst 😀 second\nthird\n');
const finding: Finding = {
  rule: 'unset-variable',
  severity: 'warning',
  place: page.source.placeOf(6),
  span: { start: 6, end: 11 },
  message: '50 % of it,\nsays: this',
  wouldHappen: 'Nothing.',
  fix: { description: 'Do it.', edits: [{ start: 6, end: 11, text: 'last' }], isSafe: true },
};
const note: Finding = {
  ...{ rule: 'not-followed', severity: 'note', place: page.source.placeOf(12), span: { start: 12, end: 30 } },
  ...{ message: 'm', wouldHappen: 'w' },
};

t.test('json has a row for each finding', async t => {
  t.same(JSON.parse(findingsAsJson([finding, note])), {
    findings: [
      {
        ...{ rule: 'unset-variable', severity: 'warning', file: FILE, line: 2, column: 2 },
        ...{ message: finding.message, wouldHappen: 'Nothing.', fix: finding.fix },
      },
      {
        ...{ rule: 'not-followed', severity: 'note', file: FILE, line: 2, column: 8 },
        ...{ message: 'm', wouldHappen: 'w' },
      },
    ],
  });
});

t.test('workflow commands escape what would end a property or a line', async t => {
  t.equal(
    findingsForGithub([finding, note]),
    '::warning file=docs/a%3A 100%25%2C\u00e9.md,line=2,col=2,title=unset-variable::50 %25 of it,%0Asays: this Nothing.\n' +
      '::notice file=docs/a%3A 100%25%2C\u00e9.md,line=2,col=8,title=not-followed::m w\n',
  );
});

t.test('sarif: a log as its types have it', async t => {
  // The types of the package are those of the schema: a log that does not fit does not compile.
  const log: Log = toSarif({ findings: [finding, note], pages: [page], rules: RULES, version: '1.2.3' });
  const [run] = log.runs;
  const results = run?.results ?? [];
  t.equal(log.version, '2.1.0');
  t.equal(run?.columnKind, 'utf16CodeUnits');
  for (const { ruleId, ruleIndex } of results)
    t.equal(run?.tool.driver.rules?.[ruleIndex ?? -1]?.id, ruleId, 'the index leads to the rule');
  t.same(
    results.map(({ level }) => level),
    ['warning', 'note'],
  );
  const location = results[0]?.locations?.[0]?.physicalLocation;
  t.same(location?.region, { startLine: 2, startColumn: 2, endLine: 2, endColumn: 7 });
  t.same(results[1]?.locations?.[0]?.physicalLocation?.region, {
    ...{ startLine: 2, startColumn: 8, endLine: 4, endColumn: 1 },
  });
  t.same(location?.artifactLocation, { uri: 'docs/a%3A%20100%25%2C%C3%A9.md', index: 0 });
  t.same(results[0]?.fixes?.[0]?.artifactChanges[0]?.replacements, [
    { deletedRegion: { charOffset: 6, charLength: 5 }, insertedContent: { text: 'last' } },
  ]);
  const ids = run?.tool.driver.rules?.map(({ id }) => id) ?? [];
  t.equal(new Set(ids).size, ids.length);
});
