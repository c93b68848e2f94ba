/** `--istiod`: what it goes with, and that nothing of the program stays, whatever ends the run. */
import { readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t from 'tap';
import { systemClock } from '../../harness/base/clock.ts';
import { waitUntil } from '../../harness/base/wait.ts';
import { processesMarked } from '../../harness/process/liveness.ts';
import { runCli, startCli, temporaryFolder } from '../support/cli.ts';
import { writePilotDiscovery } from '../support/real-istiod.ts';

const foldersOf = (pid: number | undefined) =>
  readdirSync(tmpdir())
    .filter(name => name.startsWith(`mesh-harness-istiod-${pid}-`))
    .map(name => path.join(tmpdir(), name));
const within = { clock: systemClock, timeoutMs: 20_000, intervalMs: 20 };
const programsIn = (folders: readonly string[]) => folders.flatMap(each => processesMarked('HOME', each));

/** Starts `up` with two istiods, and waits until both run. */
async function upWithIstiods(folder: string) {
  const istiod = writePilotDiscovery(folder);
  const argv = ['up', 'multi-primary', '--istiod', istiod, '--state-dir', path.join(folder, 'state')];
  const { child, ended } = startCli(argv, { cwd: folder });
  const folders = await waitUntil(
    'both istiods',
    () => foldersOf(child.pid),
    found => programsIn(found).length === 2,
    within,
  );
  return { child, ended, folders, istiod };
}

t.test('it goes with the simulator and edition current, and must be a pilot-discovery', async t => {
  using folder = temporaryFolder();
  const istiod = writePilotDiscovery(folder.path);
  const run = (...argv: string[]) => runCli(['run', 'multi-primary', ...argv], folder.path);
  t.match(await run('--istiod', istiod, '--edition', '1.8'), {
    code: 2,
    stderr: /--istiod goes with edition current only, not with 1\.8/,
  });
  t.match(await run('--istiod', istiod, '--platform', 'kind'), {
    code: 2,
    stderr: /--istiod is for --platform simulator\./,
  });
  const text = path.join(folder.path, 'text');
  writeFileSync(text, 'no program');
  t.match(await run('--istiod', text), { code: 2, stderr: /text: this file is no program/ });
  t.match(await run('--istiod', process.execPath), {
    code: 2,
    stderr: /this is no pilot-discovery that runs here/,
  });
});

t.test('Ctrl-C ends the programs and removes their folders', async t => {
  using folder = temporaryFolder();
  const { child, ended, folders } = await upWithIstiods(folder.path);
  t.equal(folders.length, 2);
  child.kill('SIGINT');
  t.match(await ended, { code: 130, stderr: /Control plane: real \(1\.30\.3\), data plane: simulated\./ });
  t.same(foldersOf(child.pid), []);
  t.same(programsIn(folders), []);
});

t.test(
  'what a killed run has left, the next one sweeps away',
  { skip: process.platform !== 'linux' },
  async t => {
    using folder = temporaryFolder();
    const { child, ended, folders, istiod } = await upWithIstiods(folder.path);
    child.kill('SIGKILL');
    await ended;
    t.equal(programsIn(folders).length, 2, 'nobody could end them');
    // Finds out that the scenario does not exist, after it has looked for the program.
    await runCli(['run', 'nowhere', '--istiod', istiod], folder.path);
    t.same(foldersOf(child.pid), []);
    t.same(programsIn(folders), []);
  },
);
