/** What a command tells GitHub where a workflow runs it: annotations, the summary of its step, no commands of others. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { load } from 'js-yaml';
import t, { type Test } from 'tap';
import { HarnessError } from '../../harness/base/errors.ts';
import { FORMAT_FILES } from '../../harness/cli/commands/report.flags.ts';
import { publishResults } from '../../harness/cli/commands/run-results.ts';
import { tellFailure } from '../../harness/cli/failure.ts';
import { tellGithub } from '../../harness/cli/github.ts';
import { createResults } from '../../harness/cli/result-output.ts';
import { createScreen } from '../../harness/cli/terminal/screen.ts';
import { buildReport } from '../../harness/report/build.ts';
import { formatJson } from '../../harness/report/json.ts';
import type { RunEvent } from '../../harness/run/events.ts';
import { temporaryFolder } from '../support/cli.ts';
import { commandsIn } from '../support/github/commands.ts';
import { failedRun, passedRun, REPORT_FACTS, SECRETS } from '../support/run-events.ts';
import { runHere } from '../support/run-here.ts';

const passed = buildReport(passedRun(), REPORT_FACTS);
const failed = buildReport(failedRun(), REPORT_FACTS);

/** A step of a workflow: its folder, variables, and what is written to its streams. */
function workflowStep(t: Test, env: Readonly<Record<string, string>> = {}) {
  const folder = temporaryFolder();
  t.teardown(() => folder[Symbol.dispose]());
  const summary = path.join(folder.path, 'summary');
  const said = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => {
    const pass = new PassThrough().setEncoding('utf8');
    pass.on('data', (text: string) => {
      said[name] += text;
    });
    return pass as unknown as NodeJS.WriteStream; // a pipe: no more than `write` is used of it
  };
  const environment = {
    env: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary, ...env },
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    signal: new AbortController().signal,
  };
  return { folder: folder.path, summary, said, environment };
}

t.test('a failure is an annotation, and the report is the summary', async t => {
  const { environment, said, summary } = workflowStep(t);
  t.equal(await tellGithub(failed, environment), undefined);
  const [first, ...others] = commandsIn(said.stderr);
  t.match(first, {
    command: 'error',
    properties: { title: 'two-clusters: cluster2/install-gateway' },
  });
  const texts = others.map(({ text }) => text).join('\n');
  t.match(texts, /istiod of cluster1 has no remote secret for cluster2\. Step: remote-secret/);
  t.equal(said.stdout, '', 'standard output may be a document');
  const text = readFileSync(summary, 'utf8');
  t.match(text, /^# .*failed/m);
  for (const secret of [SECRETS.token, SECRETS.keyBody]) t.notOk(`${text}${said.stderr}`.includes(secret));
});

t.test('a pass has a summary and no annotation', async t => {
  const { environment, said, summary } = workflowStep(t);
  await tellGithub(passed, environment);
  t.equal(said.stderr, '');
  t.match(readFileSync(summary, 'utf8'), /passed/);
});

t.test('what the step has said before stays, and GitHub would take the whole', async t => {
  const { environment, summary } = workflowStep(t);
  writeFileSync(summary, 'mine, without an end of line');
  await tellGithub(passed, environment);
  t.match(readFileSync(summary, 'utf8'), /^mine, without an end of line\n# /);
  writeFileSync(summary, `${'x'.repeat(1024 * 1024 - 1500)}\n`);
  await tellGithub(failed, environment);
  const text = readFileSync(summary);
  t.ok(text.length <= 1024 * 1024, `${text.length} bytes`);
  t.match(text.subarray(-100).toString(), /\n\nThe rest is in the report\.\n$/);
});

t.test('a summary that cannot be written is told, and changes nothing else', async t => {
  const { environment, said, summary, folder } = workflowStep(t);
  const screen = createScreen(environment);
  const place = { folder: path.join(folder, 'report') };
  mkdirSync(summary);
  const { exitCode, files } = await publishResults(place, passed, {
    ...{ results: createResults('text', environment), screen, environment },
  });
  t.equal(exitCode, 0);
  t.ok(files.length > 4, `${files.length} files`);
  t.match(said.stderr, /^mesh-harness: The summary of the step is not written: .*summary/);
  const full = workflowStep(t);
  writeFileSync(full.summary, 'x'.repeat(1024 * 1024));
  t.match(await tellGithub(passed, full.environment), /as long as GitHub takes/);
});

t.test('nothing is told elsewhere, nor where it is turned off', async t => {
  const elsewhere: readonly Readonly<Record<string, string>>[] = [
    { GITHUB_ACTIONS: '' },
    { MESH_HARNESS_GITHUB: 'off' },
  ];
  for (const env of elsewhere) {
    const { environment, said, summary } = workflowStep(t, env);
    await tellGithub(failed, environment);
    tellFailure(new HarnessError('ERR_USAGE', 'No.'), environment);
    t.same(commandsIn(said.stderr), []);
    t.throws(() => readFileSync(summary), { code: 'ENOENT' });
  }
});

t.test('the switch has one value, and any other is refused before the start', async t => {
  const env = { MESH_HARNESS_GITHUB: 'no' };
  for (const argv of [
    ['run', 'multi-primary'],
    ['verify', '--state-dir', 'none'],
  ]) {
    const { code, stderr } = await runHere(argv, { env });
    t.equal(code, 2);
    t.match(stderr, /MESH_HARNESS_GITHUB is "no": there is only "off"/);
  }
});

t.test('a command that ends with an error tells it as an annotation too', async t => {
  const env = { GITHUB_ACTIONS: 'true' };
  const { code, stderr } = await runHere(['run', 'no-such\n::set-output name=verdict::passed'], { env });
  t.equal(code, 2);
  const commands = commandsIn(stderr);
  t.same(
    commands.map(({ command, properties }) => [command, properties]),
    [['error', { title: 'mesh-harness' }]],
    'and what it quotes is no command',
  );
  t.match(commands[0]?.text, /no-such\n.*set-output name=verdict::passed/);
  t.match(commands[0]?.text, /Known scenarios/, 'with what to do');
});

/** What a cluster might say to do something to the workflow. */
const HOSTILE = [
  '::set-output name=verdict::passed',
  '  ::add-mask::passed',
  '\t::stop-commands::forever',
  'quoted: ##[set-output name=verdict;]passed',
  '::error title=a,b::c%0A::warning::d',
  '::error::\r::debug::x',
].join('\n');

/** The failed run, with hostile words wherever it quotes somebody. */
const hostileRun = (): readonly RunEvent[] =>
  failedRun().map((event): RunEvent => {
    if (event.type === 'step-ended' && event.outcome === 'failed')
      return { ...event, problem: { kind: 'environment', message: HOSTILE, hint: HOSTILE } };
    if (event.type !== 'check-ended' || event.result.outcome === 'passed') return event;
    const { diagnosis, ...result } = event.result;
    return { ...event, result: { ...result, found: HOSTILE, evidence: { said: HOSTILE, list: [HOSTILE] } } };
  });

for (const output of ['text', 'tap', 'json'] as const)
  t.test(`what a cluster says is no command of the workflow: --output ${output}`, async t => {
    const { environment, said, folder } = workflowStep(t);
    const screen = createScreen(environment);
    const place = { folder: path.join(folder, 'report') };
    const results = createResults(output, environment);
    results.begin(['two-clusters']);
    for (const event of hostileRun()) results.listener(event);
    const report = buildReport(hostileRun(), REPORT_FACTS);
    const { files, exitCode } = await publishResults(place, report, { results, screen, environment });
    results.end(report, { exitCode, files });
    if (output === 'json') {
      const lines = said.stdout.trimEnd().split('\n');
      const founds = lines.map(line => JSON.parse(line).result?.found).filter(found => found === HOSTILE);
      t.ok(founds.length > 0, 'the same data');
    }
    screen.progress(HOSTILE);
    screen.result(HOSTILE);
    t.match(said.stdout, /set-output name=verdict/, 'it is quoted');
    t.same(commandsIn(said.stdout), []);
    const commands = commandsIn(said.stderr);
    t.ok(commands.length > 1);
    t.same(
      commands.filter(
        ({ command, properties }) => command !== 'error' || !/^two-clusters: /.test(`${properties['title']}`),
      ),
      [],
      'no command but our own annotations',
    );
    t.ok(
      commands.some(({ text }) => text.includes('##[set-output name=verdict;]passed')),
      'with all that was said',
    );
  });

t.test('nor in a report of others that is rendered or compared', async t => {
  const env = { GITHUB_ACTIONS: 'true' };
  const report = path.join(t.testdir(), 'report.json');
  writeFileSync(report, formatJson(buildReport(hostileRun(), REPORT_FACTS)));
  const before = path.join(t.testdirName, 'before.json');
  writeFileSync(before, formatJson(passed));
  const rendered: Record<string, string> = {};
  for (const format of Object.keys(FORMAT_FILES)) {
    const { code, stdout } = await runHere(['report', 'render', report, '--format', format], { env });
    t.equal(code, 0, format);
    t.match(stdout, /set-output name=verdict/, `${format}: it is quoted`);
    t.same(commandsIn(stdout), [], format);
    rendered[format] = stdout;
  }
  const read = { json: JSON.parse(rendered['json'] ?? ''), yaml: load(rendered['conformance'] ?? '') };
  t.same(read.json, JSON.parse(readFileSync(report, 'utf8')), 'the same data');
  t.match(read.yaml, { kind: 'ConformanceReport' }, 'still YAML');
  for (const format of ['text', 'markdown', 'json']) {
    const { stdout } = await runHere(['report', 'diff', before, report, '--format', format], { env });
    t.not(stdout, '');
    t.same(commandsIn(stdout), [], `diff, ${format}`);
  }
});

t.test('the runner of the test reads what a real one would', async t => {
  t.same(
    commandsIn(HOSTILE).map(({ command }) => command),
    ['set-output', 'add-mask', 'stop-commands', 'set-output', 'error', 'error', 'debug'],
  );
});
