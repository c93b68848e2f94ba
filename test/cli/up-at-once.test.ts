/** Several `up --detach` at once, and worlds whose state is gone: nobody touches what another has. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { runCli, temporaryFolder } from '../support/cli.ts';

t.test('of three at once one comes up; the others name it, and touch nothing of it', async t => {
  using own = temporaryFolder();
  const state = path.join(own.path, 'state');
  const cli = (...argv: string[]) => runCli([...argv, '--state-dir', state], own.path);
  const all = await Promise.all([1, 2, 3].map(() => cli('up', 'multi-primary', '--bare', '--detach')));
  t.same(all.map(({ code }) => code).sort(), [0, 2, 2], all.map(({ stderr }) => stderr).join());
  const status = await cli('status');
  t.match(status, { code: 0, stdout: /multi-primary is up, bare/ });
  const pid = /process (\d+)/.exec(status.stdout)?.[1];
  for (const { stderr } of all.filter(({ code }) => code === 2))
    t.match(stderr, new RegExp(`\\b[pP]rocess ${pid}\\b`));

  rmSync(path.join(state, 'state.json'));
  t.match(await cli('status'), { code: 1, stdout: new RegExp(`is up .process ${pid}.`) });
  t.match(await cli('up', 'multi-primary', '--bare', '--detach'), { code: 2, stderr: new RegExp(`${pid}`) });
  renameSync(state, path.join(own.path, 'moved'));
  t.match(await cli('down'), { code: 0, stderr: new RegExp(`is down .process ${pid}.`) });
  t.match(await cli('status'), { code: 1, stdout: /^No world is up with its state in / });
  t.equal(existsSync(state), false);
});
