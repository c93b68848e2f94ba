/** `mesh-harness matrix` on threads: one that ends, and an interruption. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { TryingThread } from '../../harness/cli/commands/matrix-threads.ts';
import { attemptsOf } from '../../harness/matrix/attempts.ts';
import { readCorpus } from '../../harness/matrix/corpus.ts';
import { tryAll } from '../../harness/matrix/try-all.ts';
import { topologyOf } from '../plan/scenarios.ts';
import { startCli, temporaryFolder } from '../support/cli.ts';

const MESH = 'multi-primary';
/** Few seconds each: the first fails while Istio is installed. */
const CASES = ['trust/key-of-another', 'remote-secret/deleted-later-1'];

t.test('a thread that ends is told with what it tried, and the next takes the rest', async t => {
  const chapters = await readCorpus();
  const scenarios = new Map([[MESH, await topologyOf(MESH)]]);
  const attempts = attemptsOf({ chapters, scenarios, editions: ['1.8'], ids: CASES });
  using thread = new TryingThread();
  const { signal } = new AbortController();
  const trying = tryAll(attempts, [thread], () => {}, signal);
  thread[Symbol.dispose]();
  const [first, second] = await trying;
  t.match(first, {
    id: CASES[0],
    held: { problems: ['not tried: The thread of it ended.'], caughtBy: null },
  });
  t.match(second, { id: CASES[1], held: { problems: [], rank: 1 } });
});

/** The two threads have more to do than what they begin with. */
const MORE = [...CASES, 'install/network-unknown-1', 'install/network-unknown-2'];

t.test('Ctrl-C leaves a report of what was tried', async t => {
  using folder = temporaryFolder();
  const argv = ['matrix', MESH, '--edition', '1.8', '--jobs', '2', '--report-dir', 'report'];
  const { child, ended } = startCli([...argv, ...MORE.flatMap(id => ['--case', id])], {
    cwd: folder.path,
    // A second one does not wait for the report.
    onStderr: text => void (text.includes(' 1/4 ') && !child.killed && child.kill('SIGINT')),
  });
  const { code, stdout, stderr } = await ended;
  t.equal(code, 130, stderr);
  const sentence = /\nInterrupted: ([123]) of 4 attempts were tried\.\n/;
  t.match(stdout, sentence);
  const read = (name: string) => readFileSync(path.join(folder.path, 'report', name), 'utf8');
  const length = Number(sentence.exec(stdout)?.[1]);
  t.match(JSON.parse(read('matrix.json')), { interrupted: true, wanted: 4, results: { length } });
  t.match(read('matrix.md'), sentence);
});
