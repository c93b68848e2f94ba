/** What goes to standard output in each format, and what becomes of a run whose results nobody gets. */
import { spawnSync } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { buildReport } from '../../harness/report/build.ts';
import { EventStream } from '../../harness/report/event-stream.ts';
import type { ConformanceReport } from '../../harness/report/report.ts';
import type { RunEvent } from '../../harness/run/events.ts';
import { CLI, temporaryFolder } from '../support/cli.ts';
import { isNightly } from '../support/nightly.ts';
import { failedRun, passedRun, REPORT_FACTS, SECRETS } from '../support/run-events.ts';
import { runHere } from '../support/run-here.ts';

const CHECK = ['--check', 'versions-in-their-own-clusters'];
type Line = Readonly<Record<string, unknown>> & { readonly type: string };
const linesOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Line);

t.test('--output json: the events of the run, one a line, from which its report can be built', async t => {
  const folder = path.join(t.testdir(), 'report');
  const { code, stdout } = await runHere([
    ...['run', 'multi-primary', '--output', 'json', '--report-dir', folder],
    ...['--omit', 'cluster2/deploy-helloworld-v2', '--quiet', ...CHECK],
  ]);
  t.equal(code, 1);
  const lines = linesOf(stdout);
  t.match(lines[0], { type: 'stream-started', schemaVersion: 1, scenarios: ['multi-primary'] });
  t.match(lines.at(-1), {
    type: 'stream-ended',
    verdict: 'failed',
    exitCode: 1,
    scenarios: [{ scenario: 'multi-primary', verdict: 'failed', reason: /helloworld/i }],
    notBegun: [],
  });
  t.ok((lines.at(-1)?.['files'] as string[] | undefined)?.includes(path.join(folder, 'report.json')));
  const events = lines.slice(1, -1);
  t.equal(events[0]?.type, 'run-started');
  t.equal(events.at(-1)?.type, 'run-ended');
  t.ok(events.every(({ scenario }) => scenario === 'multi-primary'));
  const report = JSON.parse(readFileSync(path.join(folder, 'report.json'), 'utf8')) as ConformanceReport;
  t.same(buildReport(events as unknown as RunEvent[]).scenarios, report.scenarios);
});

t.test('a stream holds no key, token or certificate, and an interruption ends it', async t => {
  const stream = new EventStream();
  const text = [...passedRun(), ...failedRun()].map(event => stream.event(event)).join('');
  for (const secret of [SECRETS.token, SECRETS.keyBody, SECRETS.certificateBody])
    t.notOk(text.includes(secret));
  t.ok(linesOf(text).length > 10);
  const report = buildReport(passedRun(), { ...REPORT_FACTS, notBegun: ['second'] });
  t.match(linesOf(stream.end(report, { exitCode: 130, files: [] })), [
    { type: 'stream-ended', verdict: 'unknown', interrupted: true, exitCode: 130, notBegun: ['second'] },
  ]);
});

t.test('what doctor would say comes first, once; not with --quiet, and not before an error', async t => {
  const aborted = AbortSignal.abort(new Error('before it begins'));
  const run = async (...argv: readonly string[]) =>
    (await runHere(['run', 'multi-primary', ...argv], { signal: aborted })).stderr;
  t.match(
    await run(),
    /^Platform: simulator, edition 1\.8; no real cluster is touched\. .*\n.*interrupted\n$/,
  );
  t.equal(await run('--quiet'), 'mesh-harness: interrupted\n');
  for (const wrong of [
    ['--omit', 'nothing/there'],
    ['--check', 'nothing'],
    ['--report-dir', path.join(t.testdir({ file: '' }), 'file', 'below')],
    ['--requests', '20'],
  ])
    t.match((await runHere(['run', 'multi-primary', ...wrong])).stderr, /^mesh-harness: /, wrong.join(' '));
});

const CASE = ['--case', 'trust/different-roots', '--edition', '1.8'];
const FULL = { skip: process.platform !== 'linux' && 'it has no /dev/full' };
const ROWS: readonly (readonly string[])[] = [
  ['list'],
  ...(isNightly
    ? [
        ...['text', 'tap', 'json'].map(format => [
          'run',
          'multi-primary',
          ...CHECK,
          '--quiet',
          '--output',
          format,
        ]),
        ...['list', 'json', 'sh', 'markdown'].map(format => ['plan', 'multi-primary', '--format', format]),
        ...['text', 'json'].map(format => ['matrix', 'multi-primary', ...CASE, '--output', format]),
        ...[['list', '--checks'], ['doctor', '--platform', 'simulator'], ['version'], ['--help']],
        ...[
          ['run', '--help'],
          ['guide', 'rules'],
          ['guide', 'rules', '--format', 'json'],
        ],
      ]
    : []),
];
for (const argv of ROWS) {
  t.test(`on a disk that is full, ${argv.join(' ')} ends with 3`, FULL, async t => {
    using own = temporaryFolder();
    const { status, stderr } = spawnSync(process.execPath, [CLI, ...argv], {
      cwd: own.path,
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
      encoding: 'utf8',
    });
    t.equal(status, 3, stderr);
    t.match(stderr, /^mesh-harness: Standard output cannot be written: the disk is full\.$/m);
  });
}

t.test('a program that reads the results, and goes away, has not got them', async t => {
  using own = temporaryFolder();
  const argv = ['run', 'multi-primary', ...CHECK, '--quiet', '--output', isNightly ? 'tap' : 'json'];
  const { status, stderr } = spawnSync(
    'bash',
    ['-c', '"$@" | true; exit "$PIPESTATUS"', 'bash', process.execPath, CLI, ...argv],
    { cwd: own.path, encoding: 'utf8' },
  );
  t.match(stderr, /Standard output cannot be written: nobody reads it any more\./);
  t.equal(status, 3);
});
