/** Programs of this machine: how they end is a value. */
import t from 'tap';
import { findProgram } from '../../harness/process/find.ts';
import { runProcess } from '../../harness/process/run.ts';

const node = (code: string, options: Partial<Parameters<typeof runProcess>[2]> = {}) =>
  runProcess(process.execPath, ['-e', code], {
    timeoutMs: 20_000,
    signal: new AbortController().signal,
    ...options,
  });

t.test('output, exit code and standard input', async t => {
  t.same(
    await node('process.stdin.pipe(process.stdout); process.stderr.write("e"); process.exitCode = 3', {
      stdin: 'in\n',
    }),
    {
      exitCode: 3,
      stdout: 'in\n',
      stderr: 'e',
    },
  );
});

t.test('without an input, standard input is closed', async t => {
  t.match(await node('process.stdin.on("end", () => console.log("closed")).resume()'), {
    stdout: 'closed\n',
  });
});

t.test('a variable of the environment can be set and taken away', async t => {
  const env = { ADDED: 'x', HOME: undefined };
  t.match(await node('console.log(process.env.ADDED, process.env.HOME)', { env }), {
    stdout: 'x undefined\n',
  });
});

t.test('a program that is not there', async t => {
  const result = await runProcess('/nowhere/kubectl', [], {
    timeoutMs: 1000,
    signal: new AbortController().signal,
  });
  t.match(result, { exitCode: 127, fault: 'missing-tool', stderr: '/nowhere/kubectl: not found\n' });
});

t.test('a program that hangs is ended', async t => {
  t.match(await node('setInterval(() => {}, 1000)', { timeoutMs: 300 }), { fault: 'timeout' });
});

t.test('a program is ended when the run is, and says what it had said', async t => {
  const controller = new AbortController();
  const result = await node('console.log("working"); setInterval(() => {}, 1000)', {
    signal: controller.signal,
    onLine: () => controller.abort(),
  });
  t.match(result, { fault: 'killed', stdout: 'working\n' });
});

t.test('a program that someone else kills', async t => {
  t.match(await node('process.kill(process.pid, "SIGKILL")'), { fault: 'killed' });
});

t.test('lines are told as they come', async t => {
  const lines: string[] = [];
  await node('process.stdout.write("a\\nb"); process.stdout.write("c\\n"); console.error("d")', {
    onLine: line => lines.push(line),
  });
  t.same(lines.sort(), ['a', 'bc', 'd']);
});

t.test('programs are found in the folders of PATH, in their order', async t => {
  const folder = t.testdir({ a: { tool: '' }, b: { tool: '' }, c: { tool: { file: '' } } });
  const { chmodSync } = await import('node:fs');
  chmodSync(`${folder}/b/tool`, 0o755);
  t.equal(findProgram('tool', `${folder}/none:${folder}/c:${folder}/a:${folder}/b`), `${folder}/b/tool`);
  t.equal(findProgram('tool', `${folder}/a`), undefined, 'it must be executable');
  t.equal(findProgram(`${folder}/b/tool`), `${folder}/b/tool`);
});
