/** Scenarios of one command on several threads: told as if one had run after the other. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { InOrder } from '../../harness/cli/threads/in-order.ts';
import { jobsFor } from '../../harness/cli/threads/jobs.ts';
import type { OrderedSession } from '../../harness/cli/threads/orders.ts';
import { Thread } from '../../harness/cli/threads/thread.ts';
import { runCli, startCli, temporaryFolder } from '../support/cli.ts';
import { isNightly } from '../support/nightly.ts';

const NAMES = isNightly ? ['all'] : ['primary-remote', 'multi-primary'];
const FEW = ['--requests', '100', '--risk', '1e-3'];

/** What differs from run to run anyway: times of the wall, and names of runs. */
const settled = (text: string, folder: string): string =>
  text
    .replaceAll(folder, 'REPORTS')
    .replace(/"(wallMs|wallDurationMs)": ?\d+/g, '"$1": 0')
    .replace(/\d{8}-\d{6}-[0-9a-f]{6}/g, 'RUN')
    .replace(/20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME')
    .replace(/(took|took about) [\d.]+ (s|min)\b/g, 'took');

t.test('on two threads everything is told as on one', async t => {
  using folder = temporaryFolder();
  const told = async (jobs: number) => {
    const reports = path.join(folder.path, `jobs-${jobs}`);
    const { code, stdout, stderr } = await runCli(
      ['run', ...NAMES, ...FEW, '--jobs', String(jobs), '--output', 'json', '--report-dir', reports],
      folder.path,
    );
    const report = JSON.parse(readFileSync(path.join(reports, 'report.json'), 'utf8'));
    delete report.volatile;
    const events = settled(stdout, reports);
    const progress = settled(stderr.replaceAll(path.basename(reports), 'REPORTS'), reports);
    const tap = readFileSync(path.join(reports, 'report.tap'), 'utf8');
    return { code, events, progress, report: settled(JSON.stringify(report), reports), tap };
  };
  const [one, two] = [await told(1), await told(2)];
  t.equal(one.code, 0, one.progress);
  t.equal(two.code, 0, two.progress);
  for (const [name, text] of Object.entries(one)) t.equal(two[name as keyof typeof two], text, name);
});

t.test('Ctrl-C interrupts every thread, and each says so', async t => {
  using folder = temporaryFolder();
  const { child, ended } = startCli(['run', 'all', '--jobs', '2', '--report-dir', 'here'], {
    cwd: folder.path,
    // A second one does not wait for the end.
    onStderr: text => void (/✓ .*HelloWorld/.test(text) && !child.killed && child.kill('SIGINT')),
  });
  const { code, stderr } = await ended;
  t.equal(code, 130, stderr);
  const report = JSON.parse(readFileSync(path.join(folder.path, 'here', 'report.json'), 'utf8'));
  t.equal(report.interrupted, true);
  const { scenarios, notBegun = [] } = report;
  t.equal(scenarios.length + notBegun.length, 4);
  t.ok(scenarios.every((each: { interrupted: boolean }) => each.interrupted));
});

t.test('what nobody catches in a thread is heard in the main one, with its stack', async t => {
  using thread = new Thread();
  await thread.ready;
  const session = {} as unknown as OrderedSession; // no session at all
  await t.rejects(
    thread.run(session, () => {}, new AbortController().signal),
    { name: 'TypeError', stack: /command-line\.js/ },
  );
});

t.test('a thread that ends is a defect', async t => {
  const thread = new Thread();
  thread[Symbol.dispose]();
  await t.rejects(thread.ready, { code: 'ERR_SIMULATOR_DEFECT' });
});

t.test('as many at once as there are cores, and as memory is left for', t => {
  const machine = { cores: 4, freeBytes: 6 * 2 ** 30 };
  t.equal(jobsFor(undefined, [2, 2, 2, 2], machine), 4);
  t.equal(jobsFor(undefined, [2, 2], machine), 2, 'no more than scenarios');
  t.equal(jobsFor(undefined, [2, 2], { ...machine, cores: 1 }), 1);
  t.equal(jobsFor(undefined, [50, 50, 2], machine), 1, 'two of fifty clusters do not fit');
  t.equal(jobsFor(undefined, [2, 50, 2], machine), 3);
  t.equal(jobsFor(undefined, [2, 2], { ...machine, freeBytes: 2 ** 20 }), 1);
  t.equal(jobsFor(2, [50, 50], machine), 2, 'whoever asks has to know');
  t.equal(jobsFor(9, [2, 2], machine), 2);
  t.end();
});

t.test('the first that has not ended tells at once, and the others wait', t => {
  const order = new InOrder();
  const told: string[] = [];
  const tell = (index: number, what: string) => order.tell(index, () => told.push(`${index}${what}`));
  tell(1, 'a');
  tell(0, 'a');
  t.same(told, ['0a']);
  tell(2, 'a');
  order.end(2);
  tell(1, 'b');
  order.end(0);
  t.same(told, ['0a', '1a', '1b']);
  tell(1, 'c');
  order.end(1);
  t.same(told, ['0a', '1a', '1b', '1c', '2a']);
  t.end();
});
