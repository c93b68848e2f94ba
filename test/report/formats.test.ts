import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';
import t from 'tap';
import { buildReport } from '../../harness/report/build.ts';
import { FORMATS } from '../../harness/report/formats.ts';
import { formatHtml } from '../../harness/report/html/html.ts';
import { formatJson } from '../../harness/report/json.ts';
import { formatJunit } from '../../harness/report/junit.ts';
import { formatMarkdown } from '../../harness/report/markdown.ts';
import type { ScenarioReport } from '../../harness/report/report.ts';
import { formatTap } from '../../harness/report/tap.ts';
import { readMarkup } from '../support/markup.ts';
import { failedRun, passedRun, REPORT_FACTS, SECRETS } from '../support/run-events.ts';

const GOLDEN = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../fixtures/golden/report');
const report = buildReport([...passedRun(), ...failedRun()], REPORT_FACTS);

for (const [file, format] of Object.entries(FORMATS)) {
  t.test(`${file} is what it was (UPDATE_GOLDEN=1 writes it anew)`, async t => {
    const text = format(report);
    const golden = path.join(GOLDEN, file);
    if (process.env['UPDATE_GOLDEN'] === '1') {
      mkdirSync(GOLDEN, { recursive: true });
      writeFileSync(golden, text);
    }
    t.equal(text, readFileSync(golden, 'utf8'));
  });

  t.test(`${file} holds no key, token or certificate, and says that it is simulated`, async t => {
    const text = format(report);
    for (const secret of [SECRETS.token, SECRETS.keyBody, SECRETS.certificateBody])
      t.notOk(text.includes(secret));
    t.match(text, /simulated/i);
    t.notMatch(text, /\bconformant\b/);
  });
}

t.test('two runs with the same seed differ in "volatile" alone', async t => {
  const other = buildReport([...passedRun(), ...failedRun()], {
    ...REPORT_FACTS,
    nodeVersion: '24.0.0',
    wallDurationMs: 99,
  });
  t.notSame(other.volatile, report.volatile);
  t.equal(formatJson({ ...other, volatile: report.volatile }), formatJson(report));
  for (const format of [formatTap, formatMarkdown]) t.equal(format(other), format(report));
});

t.test('scenarios that were never begun are told in every format, and take the pass with them', async t => {
  const notBegun = ['second <one>', 'third'];
  const interrupted = buildReport(passedRun(), { ...REPORT_FACTS, notBegun });
  t.match(interrupted, { verdict: 'unknown', interrupted: true, notBegun });
  const suites = readMarkup(formatJunit(interrupted)).find('testsuite');
  t.same(
    suites.map(({ attributes }) => [attributes['name'], attributes['errors']]),
    [['two-clusters', '0'], ...notBegun.map(name => [name, '1'])],
  );
  const tap = formatTap(interrupted);
  t.match(tap, /^1\.\.3$/m);
  t.match(tap, /^not ok 3 - third$/m);
  t.match(formatMarkdown(interrupted), /^\| third \| .*never begun/m);
  t.match(formatHtml(interrupted), /<td>second &lt;one&gt;<\/td>.*never begun/);
  t.notOk('notBegun' in buildReport(passedRun(), REPORT_FACTS), 'a whole run has no such field');
});

t.test('JUnit is well-formed, and counts what it holds', async t => {
  const root = readMarkup(formatJunit(report)).find('testsuites')[0];
  t.ok(root);
  const cases = root?.find('testcase') ?? [];
  t.equal(Number(root?.attributes['tests']), cases.length);
  t.equal(Number(root?.attributes['failures']), root?.find('failure').length);
  t.equal(Number(root?.attributes['errors']), root?.find('error').length);
  t.same(
    root
      ?.find('testsuite')
      .map(({ attributes }) => [
        attributes['name'],
        attributes['tests'],
        attributes['failures'],
        attributes['skipped'],
      ]),
    [
      ['two-clusters', '8', '0', '0'],
      ['two-clusters', '7', '2', '1'],
    ],
  );
  t.match(root?.find('failure')[0]?.text, /<failed> & "timed out"/);
});

t.test('a verdict that no step and no check accounts for shows in JUnit', async t => {
  const events = [...passedRun().slice(0, -1)];
  events.push({
    atMs: 1,
    type: 'run-ended',
    verdict: 'unknown',
    interrupted: false,
    reason: { kind: 'environment', message: 'Docker is gone' },
    durationMs: 1,
  });
  t.match(readMarkup(formatJunit(buildReport(events))).find('error')[0]?.attributes, {
    message: 'Docker is gone',
  });
});

t.test('TAP has one point for each scenario, and diagnostics that are YAML', async t => {
  const text = formatTap(report);
  const lines = text.split('\n');
  t.equal(lines[0], 'TAP version 14');
  t.equal(lines[1], '1..2');
  t.same(
    lines.filter(line => /^(not )?ok/.test(line)),
    ['ok 1 - two-clusters', 'not ok 2 - two-clusters'],
  );
  const inner = lines.filter(line => /^ {4}(not )?ok/.test(line));
  t.equal(inner.length, 8 + 7);
  t.match(
    inner.find(line => line.includes('remote-secret') && line.includes('SKIP')),
    /^ {4}ok \d+ - .* # SKIP left out as asked$/,
  );
  const blocks = [...text.matchAll(/^( *)---\n([\s\S]*?)\n\1\.\.\.$/gm)];
  t.ok(blocks.length >= 4);
  for (const [, , yaml = ''] of blocks) t.doesNotThrow(() => load(yaml));
});

t.test('the page is one well-formed document that loads nothing and links to what it has', async t => {
  const page = formatHtml(report);
  const root = readMarkup(page);
  t.notMatch(page, /<script|<link|<img|<iframe|\bsrc=|@import|url\(\s*["']?(?!#)/i);
  t.same(page.match(/href="(?!#)[^"]*"/g), ['href="diagnostics/"'], 'one link leads out of the page');
  const ids = root.all().flatMap(({ attributes: { id } }) => (id === undefined ? [] : [id]));
  t.equal(new Set(ids).size, ids.length, 'ids are unique');
  for (const { attributes } of root.find('a').filter(link => link.attributes['href'] !== 'diagnostics/'))
    t.ok(ids.includes((attributes['href'] ?? '').slice(1)), 'links lead somewhere');
  t.equal(root.find('figure').length, 2);
});

/** Everything that a text from outside may hold, in every text of a report. */
const HOSTILE = '\x1b[31mred\x1b]0;title\x07\rover\x9b\u202erev';

t.test('control characters reach no format that people open', async t => {
  const hostile = <T>(value: T): T => {
    if (typeof value === 'string') return `${value}${HOSTILE}` as T & string;
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(
      ([key, each]) =>
        // Words that formats choose by stay as they are.
        [
          key,
          /^(outcome|verdict|kind|symptom|evidence|level|clock|fault|state)$/.test(key)
            ? each
            : hostile(each),
        ] as const,
    );
    return (Array.isArray(value) ? entries.map(([, each]) => each) : Object.fromEntries(entries)) as T;
  };
  const bad = hostile(report);
  for (const [file, format] of Object.entries(FORMATS)) {
    const text = format(bad);
    if (file === 'report.json') t.match(JSON.parse(text), bad, 'data stays data');
    else {
      t.notMatch(text, /[^\P{Cc}\n\t]|\u202e/u, file);
      t.match(text, 'x1b[31mred', `${file} shows them`);
    }
  }
});

t.test('Markdown takes no text for markup, in code or outside of it', async t => {
  const [passed, failed] = structuredClone(report.scenarios) as [ScenarioReport, ScenarioReport];
  const text = formatMarkdown({
    ...report,
    scenarios: [passed, { ...failed, edition: '<b>1</b>', omitted: ['`<i>', 'a|b'] }],
  });
  t.match(text, 'Edition &lt;b>1&lt;/b>');
  t.match(text, 'Left out: `` `<i> ``, `a|b`.');
});
