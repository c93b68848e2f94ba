/** `mesh-harness report` on the command line. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { digestsOf } from '../../harness/report/digests.ts';
import { FORMATS } from '../../harness/report/formats.ts';
import type { ConformanceReport } from '../../harness/report/report.ts';
import { healthy, RECORDED, recorded } from '../report/read/recorded.ts';
import { runHere } from '../support/run-here.ts';

const fileOf = (report: ConformanceReport) => ({ 'report.json': JSON.stringify(report) });
/** Gives a report a run of its own. */
const named = (report: ConformanceReport, runId: string): ConformanceReport => ({
  ...report,
  volatile: { ...report.volatile, runIds: [runId] },
});

t.test('merge joins the parts of a run, writes all formats, and ends as the run would have', async t => {
  const folder = t.testdir();
  const scenarios = recorded().scenarios.map(({ scenario }) => scenario);
  for (const [index, scenario] of recorded().scenarios.entries()) {
    const shard = { index: index + 1, of: 2, scenarios };
    const part = named({ ...recorded(), scenarios: [scenario], shard }, `run-${index}`);
    writeFileSync(path.join(folder, `${index}.json`), JSON.stringify(part));
  }
  const files = [1, 0].map(index => path.join(folder, `${index}.json`));
  const out = path.join(folder, 'all');
  const merged = await runHere(['report', 'merge', ...files, '--report-dir', out, '-q']);
  t.match(merged, { code: 1, stderr: '' });
  t.match(merged.stdout, /^multi-primary {17}failed .*\n(?: .*\n)+primary-remote-multi-network {2}failed/);
  const { $schema, volatile: _, ...report } = JSON.parse(readFileSync(path.join(out, 'report.json'), 'utf8'));
  const { volatile: __, ...whole } = recorded();
  t.equal($schema, 'urn:mesh-harness:report:1');
  t.same(report, whole);

  const half = await runHere([
    'report',
    'merge',
    files[0] ?? '',
    '--report-dir',
    out,
    '--output',
    'tap',
    '-q',
  ]);
  t.match(half, { code: 1, stdout: /not ok 2 - multi-primary\n/ });
  const over = await runHere(['report', 'merge', out, '--report-dir', out]);
  t.match(over, { code: 2, stderr: /would write over .*all\/report\.json, which is to be joined/ });
  const twice = await runHere(['report', 'merge', ...files, ...files, '--report-dir', out]);
  t.match(twice, { code: 2, stderr: /is given twice/ });
});

t.test('diff tells what has changed, and ends with 1 if something got worse', async t => {
  const folder = t.testdir({ good: fileOf(healthy()), bad: fileOf(recorded()) });
  const [good, bad] = [path.join(folder, 'good'), path.join(folder, 'bad')];
  t.match(await runHere(['report', 'diff', good, good]), { code: 0, stdout: 'Nothing has changed.\n' });
  const worse = await runHere(['report', 'diff', good, bad]);
  t.equal(worse.code, 1);
  t.match(
    worse.stdout,
    /^new failure \(passed before, and does not now\)\n {2}multi-primary \(simulator, edition 1\.8\)\n/,
  );
  t.match(worse.stdout, /\nWorse: \d+ new failure, \d+ lost\.\n$/);
  t.match(await runHere(['report', 'diff', bad, good]), {
    code: 0,
    stdout: /\nNot worse: \d+ mended, \d+ added\.\n$/,
  });
  const json = await runHere(['report', 'diff', good, bad, '--format', 'json']);
  t.match(JSON.parse(json.stdout), {
    isWorse: true,
    changes: [{ kind: 'new-failure', scenario: 'multi-primary' }],
  });
  const markdown = await runHere(['report', 'diff', good, bad, '--format', 'markdown']);
  t.match(markdown.stdout, /^# Worse: .*\n\n## new failure: passed before/);
  t.match(await runHere(['report', 'diff', good, '/no/such']), {
    code: 2,
    stderr: /\/no\/such cannot be read/,
  });
});

t.test('render writes each format as a run does, of an old report too', async t => {
  for (const [name, file] of [
    ['conformance', 'conformance.yaml'],
    ['ctrf', 'ctrf.json'],
    ['html', 'report.html'],
    ['json', 'report.json'],
    ['junit', 'junit.xml'],
    ['markdown', 'report.md'],
    ['tap', 'report.tap'],
  ] as const) {
    const { code, stdout } = await runHere(['report', 'render', RECORDED, '--format', name]);
    t.equal(code, 0);
    t.equal(stdout, FORMATS[file](recorded()), name);
  }
  const out = path.join(t.testdir(), 'x.xml');
  t.match(await runHere(['report', 'render', RECORDED, '--format', 'junit', '--out', out]), {
    code: 0,
    stdout: '',
  });
  t.equal(readFileSync(out, 'utf8'), FORMATS['junit.xml'](recorded()));
  t.match(await runHere(['report', 'render', RECORDED, '--format', 'pdf']), { code: 2 });
});

t.test('verify finds what was changed after it was written', async t => {
  const files = { 'report.json': JSON.stringify(recorded()), 'report.md': '# mesh-harness\n' };
  const folder = t.testdir({ ...files, SHA256SUMS: digestsOf(files) });
  t.match(await runHere(['report', 'verify', folder]), { code: 0, stdout: `${folder}: in order\n` });
  writeFileSync(path.join(folder, 'report.md'), '# mesh-harness: passed\n');
  t.match(await runHere(['report', 'verify', folder]), {
    code: 1,
    stdout: `${folder}:\n  report.md: was changed after it was written\n`,
  });
  writeFileSync(path.join(folder, 'report.json'), JSON.stringify({ ...recorded(), verdict: 'passed' }));
  t.match(await runHere(['report', 'verify', folder]), {
    code: 1,
    stdout: /verdict: is passed, and that of the/,
  });
  t.match(await runHere(['report', 'verify', RECORDED]), { code: 0, stdout: /there is no SHA256SUMS/ });
});

t.test('open prints the address of the page where there is no screen', async t => {
  const folder = t.testdir({ ...fileOf(recorded()), 'report.html': '<title>mesh-harness' });
  const { code, stdout } = await runHere(['report', 'open', folder], {
    env: { DISPLAY: '', WAYLAND_DISPLAY: '' },
  });
  t.match({ code, stdout }, { code: 0, stdout: /^file:\/\/\/.*\/report\.html\n$/ });
  const without = t.testdir(fileOf(recorded()));
  t.match(await runHere(['report', 'open', without]), { code: 2, stderr: /report render .* --format html/ });
});

t.test('schema prints the schema', async t => {
  const { stdout } = await runHere(['report', 'schema']);
  t.match(JSON.parse(stdout), { $id: 'urn:mesh-harness:report:1', type: 'object' });
});
