/**
 * Every write of `certs`, `run` and `up` fails once: the message names the file, the exit code is that of the
 * table in docs/reports.md, and nothing half-made is left. By day a part, chosen by position; all of it by
 * `npm run tables`.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { EXIT } from '../../harness/base/errors.ts';
import { isNightly } from '../support/nightly.ts';
import { CODES, filesIn, injectAll, type Victim } from './disk.ts';

/** What must not be, as sentences. */
const wrong = (...claims: readonly (readonly [isRight: boolean, problem: string])[]): readonly string[] =>
  claims.filter(([isRight]) => !isRight).map(([, problem]) => problem);

/** The question before the start, whether files can be made in a folder. */
const isQuestion = (operation: string): boolean => operation === 'mkdtemp';

const certs: Victim = {
  name: 'certs',
  argv: folder => ['certs', '--out', folder, 'cluster1', 'cluster2'],
  hold: ({ code, stdout, stderr }, folder, { operation }) =>
    wrong(
      [code === (isQuestion(operation) ? EXIT.usage : EXIT.unknown), `exit code ${code}`],
      [stdout === '', `it names files: ${stdout}`],
      [stderr.includes(folder), `it does not name the folder: ${stderr}`],
      [!existsSync(folder), `left: ${filesIn(folder).join(', ')}`],
    ),
};

/** @param verdict - that of the run, which is told whatever becomes of the report */
const run = (verdict: 'passed' | 'failed', flags: readonly string[]): Victim => ({
  name: `run that ${verdict}`,
  argv: folder => [
    ...[
      'run',
      'multi-primary',
      '--check',
      'versions-in-their-own-clusters',
      '--quiet',
      '--report-dir',
      folder,
    ],
    ...flags,
  ],
  hold: ({ code, stdout, stderr }, folder, { operation, path: file }) => {
    if (isQuestion(operation))
      return wrong([code === EXIT.usage, `exit code ${code}`], [!existsSync(folder), 'a folder is left']);
    const isReport = !file.includes('diagnostics');
    const expected = verdict === 'failed' ? EXIT.failed : isReport ? EXIT.unknown : EXIT.passed;
    return wrong(
      [code === expected, `exit code ${code}`],
      [stdout.includes(verdict), `no verdict on standard output: ${stdout}`],
      [!isReport || /report is not written.*\n/.test(stderr), `what is missing is not said: ${stderr}`],
      [!filesIn(folder).some(name => name.endsWith('.tmp')), `left: ${filesIn(folder).join(', ')}`],
    );
  },
});

const up: Victim = {
  name: 'up',
  argv: folder => ['up', 'multi-primary', '--bare', '--state-dir', folder],
  options: () => {
    const end = new AbortController();
    return {
      signal: end.signal,
      onStderr: text => {
        if (/is up, with nothing installed/.test(text)) end.abort();
      },
    };
  },
  hold: ({ code, stderr }, folder, { operation, path: file }) => {
    // A long path of the state folder has its socket in a folder of its own.
    const isElsewhere = path.basename(file).startsWith('mesh-harness-tools-');
    const expected = isQuestion(operation) && !isElsewhere ? EXIT.usage : EXIT.unknown;
    const named = path.basename(isElsewhere ? file : folder);
    return wrong(
      [code === expected, `exit code ${code}`],
      [stderr.includes(named), `it does not name the folder: ${stderr}`],
      [!existsSync(folder), `left: ${filesIn(folder).join(', ')}`],
    );
  },
};

const traced: Victim = {
  name: 'run with a trace',
  argv: folder => [
    ...['run', 'multi-primary', '--check', 'versions-in-their-own-clusters', '--quiet'],
    ...['--report-dir', path.join(folder, 'report'), '--trace', path.join(folder, 'trace')],
  ],
  hold: ({ code, stdout, stderr }, folder, { operation, path: file }) => {
    if (isQuestion(operation)) return wrong([code === EXIT.usage, `exit code ${code}`]);
    const isLine = file.startsWith(path.join(folder, 'trace')) && operation === 'write';
    return wrong(
      [code === EXIT.unknown, `exit code ${code}`],
      [!isLine || stdout.includes('passed'), `no verdict on standard output: ${stdout}`],
      [!isLine || stderr.includes('The trace ends early'), `what is missing is not said: ${stderr}`],
    );
  },
};

/** Of the pairs of a write and a code one in so many is tried: by day, and by night. */
const SHARES: readonly (readonly [Victim, day: number, night: number])[] = [
  [certs, 2, 1],
  [up, 7, 1],
  [run('passed', []), 31, 1],
  [run('failed', ['--omit', 'cluster2/deploy-helloworld-v2']), 97, 3],
  [traced, 3301, 89],
];

for (const [victim, day, night] of SHARES) {
  t.test(`${victim.name}: a write fails`, async t => {
    const every = isNightly ? night : day;
    const { points, injected, problems } = await injectAll(
      t,
      victim,
      (index, code) => (index * CODES.length + CODES.indexOf(code as never)) % every === 0,
    );
    t.comment(`${points} writes, ${injected} faults`);
    t.ok(injected > 0 && injected >= (points * CODES.length) / every / 2, `${injected} of ${points} writes`);
    t.same(problems, []);
  });
}
