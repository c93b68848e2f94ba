/** Which reports are ours, how many stay, and what is never removed. */
import { existsSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { matrixJson, matrixMarkdown } from '../../harness/matrix/matrix-report.ts';
import { buildReport } from '../../harness/report/build.ts';
import { FORMATS } from '../../harness/report/formats.ts';
import { KEPT_REPORTS, removeAllReports, removeOldReports } from '../../harness/report/kept-reports.ts';
import { foreignNamesIn, reportsIn } from '../../harness/report/own-reports.ts';
import { assertWritable, reportPlace } from '../../harness/report/write.ts';
import { passedRun, REPORT_FACTS } from '../support/run-events.ts';

const OWN: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(FORMATS).map(([file, format]) => [file, format(buildReport(passedRun(), REPORT_FACTS))]),
  ),
  'matrix.json': matrixJson([], { interrupted: false, wanted: 0, wallMs: 1 }),
  'matrix.md': matrixMarkdown([]),
};
const JSON_ONLY = { 'report.json': OWN['report.json'] ?? '' };
const NOW = Date.UTC(2030, 0, 1);
const DAY_MS = 24 * 60 * 60 * 1000;
const idOf = (n: number) => `20300101-0000${String(n).padStart(2, '0')}-0123ab`;

/** Makes a report that was written so many minutes ago. */
function report(all: string, name: string, minutesAgo: number, files: Readonly<Record<string, string>>) {
  const folder = path.join(all, name);
  mkdirSync(folder, { recursive: true });
  const at = new Date(NOW - minutesAgo * 60_000);
  for (const [file, text] of Object.entries(files)) {
    writeFileSync(path.join(folder, file), text);
    utimesSync(path.join(folder, file), at, at);
  }
  utimesSync(folder, at, at);
  return folder;
}

const refused = (t: Tap, workingFolder: string, says: RegExp) =>
  t.rejects(assertWritable(reportPlace({ workingFolder, runId: 'x', reportDir: 'out' })), {
    code: 'ERR_UNWRITABLE_FOLDER',
    message: says,
    hint: /--report-dir .*out\/mesh-harness-report/,
  });
type Tap = Pick<typeof t, 'rejects'>;

t.test('a folder for reports that holds what others keep is refused, by name', async t => {
  const cases: readonly (readonly [Record<string, string | Record<string, string>>, RegExp])[] = [
    [{ 'notes.txt': '' }, /notes\.txt/],
    [{ 'report.json': '{"name": "another"}' }, /report\.json/],
    [{ 'junit.xml': '<testsuites name="mocha">' }, /junit\.xml/],
    [{ src: {}, a: '', b: '', c: '', d: '' }, /a, b, c and 2 more/],
    // Ours beside another's: it would be written over.
    [{ ...JSON_ONLY, 'junit.xml': '<testsuites name="mocha">' }, /junit\.xml/],
  ];
  for (const [out, says] of cases) await refused(t, t.testdir({ out }), says);
});

t.test('one that is empty or new, or has reports of ours, is taken', async t => {
  const taken: readonly Record<string, string | Record<string, string>>[] = [
    {},
    { '.gitkeep': '', 'mesh-harness-report': {} },
    { ...OWN, diagnostics: { 'pods.txt': '' } },
    { ...JSON_ONLY, 'notes.txt': 'beside a report that was there before' },
    { 'report.json.12-0123456789ab.tmp': 'half' },
    { [idOf(1)]: JSON_ONLY, 'matrix-0123abcd': {} },
    ...Object.entries(OWN).map(([file, text]) => ({ [file]: text })),
  ];
  for (const out of taken) {
    const workingFolder = t.testdir({ out });
    await t.resolves(assertWritable(reportPlace({ workingFolder, runId: 'x', reportDir: 'out' })));
    t.same(foreignNamesIn(path.join(workingFolder, 'out')), [], Object.keys(out).join(' '));
  }
  await t.resolves(assertWritable(reportPlace({ workingFolder: t.testdir(), runId: 'x', reportDir: 'a/b' })));
});

t.test('the oldest go, by when they were written; runs and matrices alike', async t => {
  const all = path.join(t.testdir(), 'mesh-harness-report');
  // The id tells when a run began: a long one ends after many that are short.
  const long = report(all, idOf(0), 1, OWN);
  report(all, idOf(5), 9, JSON_ONLY);
  report(all, 'matrix-0123abcd', 8, { 'matrix.json': OWN['matrix.json'] ?? '' });
  report(all, idOf(7), 3, JSON_ONLY);
  const newest = report(all, idOf(8), 0, JSON_ONLY);
  const { removed, failures } = await removeOldReports(newest, 3, NOW);
  t.same(
    removed.map(({ folder }) => path.basename(folder)),
    ['matrix-0123abcd', idOf(5)],
  );
  t.same(failures, []);
  t.same(readdirSync(all), [path.basename(long), idOf(7), idOf(8)]);
  t.ok((removed[0]?.bytes ?? 0) > 50, 'and what they took is known');
  t.same((await removeOldReports(newest, KEPT_REPORTS, NOW)).removed, []);
});

t.test('nothing else goes: of others, of runs that go on, of `latest`, of the run itself', async t => {
  const all = path.join(t.testdir({ elsewhere: JSON_ONLY }), 'mesh-harness-report');
  const staying = [
    report(all, 'my-notes', 900, JSON_ONLY), // no name of a run
    report(all, idOf(1), 900, { ...JSON_ONLY, 'notes.txt': 'mine' }),
    report(all, idOf(2), 900, { 'report.html': OWN['report.html'] ?? '' }), // being written
    report(all, idOf(3), 900, { ...JSON_ONLY, 'junit.xml': 'of another program' }),
    report(all, idOf(4), 900, JSON_ONLY), // of `latest`
  ];
  symlinkSync(idOf(4), path.join(all, 'latest'));
  symlinkSync(path.join(all, '..', 'elsewhere'), path.join(all, idOf(5)));
  const gone = report(all, idOf(6), 800, JSON_ONLY);
  const left = report(all, idOf(7), (2 * DAY_MS) / 60_000, {}); // of a killed run
  const own = report(all, idOf(8), 900, JSON_ONLY);
  const { removed } = await removeOldReports(own, 1, NOW);
  t.same(removed.map(({ folder }) => folder).sort(), [gone, left].sort());
  for (const folder of [...staying, own, path.join(all, idOf(5), 'report.json')])
    t.ok(existsSync(folder), folder);
});

t.test('two that remove at once disturb each other as little as a run that has just ended', async t => {
  const all = path.join(t.testdir(), 'mesh-harness-report');
  for (let n = 10; n < 50; n += 1) report(all, idOf(n), n, OWN);
  const both = [report(all, idOf(1), 0, JSON_ONLY), report(all, idOf(2), 0, JSON_ONLY)];
  const results = await Promise.all(both.map(folder => removeOldReports(folder, 2, NOW)));
  t.same(
    results.flatMap(({ failures }) => failures),
    [],
  );
  t.same(readdirSync(all), [idOf(1), idOf(2)]);
});

t.test('all of them go when asked, and the folder with them if nothing is left', async t => {
  const all = path.join(t.testdir(), 'mesh-harness-report');
  report(all, idOf(1), 5, OWN);
  symlinkSync(idOf(1), path.join(all, 'latest'));
  t.equal((await removeAllReports(all, NOW)).removed.length, 1);
  t.notOk(existsSync(all));
  report(all, idOf(2), 5, { 'notes.txt': 'mine' });
  t.equal((await removeAllReports(all, NOW)).removed.length, 0);
  t.same(reportsIn(all), []);
  t.same(readdirSync(all), [idOf(2)]);
});
