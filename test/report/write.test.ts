import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { assertWritable, reportPlace, writeReport } from '../../harness/report/write.ts';

t.test('a report goes into a folder of its run, and "latest" points to the newest', async t => {
  const workingFolder = t.testdir();
  for (const runId of ['run-1', 'run-2']) {
    const place = reportPlace({ workingFolder, runId });
    await assertWritable(place);
    t.notOk(readdirSync(workingFolder).includes(runId), 'the look beforehand makes nothing');
    const files = await writeReport(place, { 'report.json': `{"run":"${runId}"}\n`, 'report.md': '# x\n' });
    t.same(files, [path.join(place.folder, 'report.json'), path.join(place.folder, 'report.md')]);
    t.same(readdirSync(place.folder).sort(), ['report.json', 'report.md']);
  }
  const all = path.join(workingFolder, 'mesh-harness-report');
  t.same(readdirSync(all).sort(), ['latest', 'run-1', 'run-2']);
  t.ok(lstatSync(path.join(all, 'latest')).isSymbolicLink());
  t.equal(readlinkSync(path.join(all, 'latest')), 'run-2');
  t.equal(readFileSync(path.join(all, 'latest', 'report.json'), 'utf8'), '{"run":"run-2"}\n');
});

t.test('a folder that the user names is used exactly, and its files are replaced', async t => {
  const workingFolder = t.testdir({ out: { 'report.json': 'old', 'other.txt': 'kept' } });
  const place = reportPlace({ workingFolder, runId: 'run-1', reportDir: 'out' });
  await writeReport(place, { 'report.json': 'new' });
  t.same(readdirSync(path.join(workingFolder, 'out')).sort(), ['other.txt', 'report.json']);
  t.equal(readFileSync(path.join(workingFolder, 'out', 'report.json'), 'utf8'), 'new');
  t.same(readdirSync(workingFolder), ['out']);
});

t.test('many writers at once leave whole files and one link', async t => {
  const workingFolder = t.testdir();
  await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      writeReport(reportPlace({ workingFolder, runId: `run-${n % 4}` }), {
        'report.json': `${n}`.repeat(10_000),
      }),
    ),
  );
  const all = path.join(workingFolder, 'mesh-harness-report');
  t.same(readdirSync(all).sort(), ['latest', 'run-0', 'run-1', 'run-2', 'run-3']);
  for (const run of ['run-0', 'run-1', 'run-2', 'run-3']) {
    t.same(readdirSync(path.join(all, run)), ['report.json']);
    t.match(readFileSync(path.join(all, run, 'report.json'), 'utf8'), /^(\d+)\1{9999}$/);
  }
});

t.test('a folder that cannot be written to is found beforehand', async t => {
  const workingFolder = t.testdir({ file: 'not a folder' });
  const refused = (reportDir: string) =>
    t.rejects(assertWritable(reportPlace({ workingFolder, runId: 'x', reportDir })), {
      code: 'ERR_UNWRITABLE_FOLDER',
      hint: /--report-dir/,
    });
  await refused('file');
  await refused('file/below');
  // Root may write there, as far as permissions go.
  if (existsSync('/proc/self')) await refused('/proc/x');
  if (process.getuid?.() !== 0) {
    mkdirSync(path.join(workingFolder, 'closed'));
    chmodSync(path.join(workingFolder, 'closed'), 0o555);
    await refused('closed/below');
  }
  await t.resolves(assertWritable(reportPlace({ workingFolder, runId: 'x', reportDir: 'a/b/c' })));
  t.same(
    readdirSync(workingFolder).filter(name => name !== 'closed'),
    ['file'],
    'the look leaves nothing',
  );
});

t.test('a failure while writing leaves nothing half-made', async t => {
  const workingFolder = t.testdir({ out: { 'report.json': { in: 'the way' } } });
  const place = reportPlace({ workingFolder, runId: 'x', reportDir: 'out' });
  writeFileSync(path.join(workingFolder, 'out', 'mark'), '');
  await t.rejects(writeReport(place, { 'report.json': 'x' }), { code: 'ERR_WRITE_FAILED' });
  t.same(readdirSync(path.join(workingFolder, 'out')).sort(), ['mark', 'report.json']);
});
