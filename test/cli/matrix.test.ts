/** `mesh-harness matrix` as processes: one that dies, and an interruption. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { systemClock } from '../../harness/base/clock.ts';
import { waitUntil } from '../../harness/base/wait.ts';
import { WorkerProcess } from '../../harness/cli/commands/matrix-workers.ts';
import { attemptsOf } from '../../harness/matrix/attempts.ts';
import { readCorpus } from '../../harness/matrix/corpus.ts';
import { tryAll } from '../../harness/matrix/try-all.ts';
import { topologyOf } from '../plan/scenarios.ts';
import { startCli, temporaryFolder } from '../support/cli.ts';

const MESH = 'multi-primary';
/** Few seconds each: the first fails while Istio is installed. */
const CASES = ['trust/key-of-another', 'remote-secret/deleted-later-1'];

/** Finds the processes that a process has started to work for it. */
const workersOf = (parent: number): readonly number[] =>
  readdirSync('/proc').flatMap(name => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const [, after = ''] = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ');
      const isOurs = readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('--worker');
      return isOurs && Number(after.split(' ')[1]) === parent ? [Number(name)] : [];
    } catch {
      return []; // it has ended meanwhile
    }
  });

const skip = existsSync('/proc/self/stat') ? false : 'there is no /proc to find processes in';

t.test('a process that dies is told with what it tried, and the next takes the rest', { skip }, async t => {
  const chapters = await readCorpus();
  const scenarios = new Map([[MESH, await topologyOf(MESH)]]);
  const attempts = attemptsOf({ chapters, scenarios, editions: ['1.8'], ids: CASES });
  using worker = new WorkerProcess();
  const [pid = 0] = workersOf(process.pid);
  const { signal } = new AbortController();
  const trying = tryAll(attempts, [worker], () => {}, signal);
  process.kill(pid, 'SIGKILL');
  const [first, second] = await trying;
  t.match(first, {
    id: CASES[0],
    held: { problems: ['not tried: The process that tried it ended (SIGKILL).'], caughtBy: null },
  });
  t.match(second, { id: CASES[1], held: { problems: [], rank: 1 } });
});

/** The two processes have more to do than what they begin with. */
const MORE = [...CASES, 'install/network-unknown-1', 'install/network-unknown-2'];

t.test('Ctrl-C leaves a report of what was tried, and no process', { skip }, async t => {
  using folder = temporaryFolder();
  const argv = ['matrix', MESH, '--edition', '1.8', '--jobs', '2', '--report-dir', 'report'];
  let workers: readonly number[] = [];
  const { child, ended } = startCli([...argv, ...MORE.flatMap(id => ['--case', id])], {
    cwd: folder.path,
    onStderr: (text, { pid = 0 }) => {
      if (workers.length > 0 || !text.includes(' 1/4 ')) return;
      workers = workersOf(pid);
      child.kill('SIGINT');
    },
  });
  const { code, stdout, stderr } = await ended;
  t.equal(code, 130, stderr);
  const sentence = /\nInterrupted: ([123]) of 4 attempts were tried\.\n/;
  t.match(stdout, sentence);
  const read = (name: string) => readFileSync(path.join(folder.path, 'report', name), 'utf8');
  const length = Number(sentence.exec(stdout)?.[1]);
  t.match(JSON.parse(read('matrix.json')), { interrupted: true, wanted: 4, results: { length } });
  t.match(read('matrix.md'), sentence);
  t.equal(workers.length, 2);
  const alive = () => workers.filter(pid => existsSync(`/proc/${pid}`));
  await waitUntil('the processes to be gone', alive, left => left.length === 0, {
    ...{ clock: systemClock, timeoutMs: 10_000, intervalMs: 20 },
  });
});
