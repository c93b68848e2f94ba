/**
 * What stands in `state.json` is read by its schema: what does not fit is refused, and nobody is killed. A shell
 * that has taken the variables of a world finds it again.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { upPaths } from '../../harness/cli/up/paths.ts';
import { readState } from '../../harness/cli/up/state.ts';
import { exportsOf } from '../../harness/cli/up/variables.ts';
import { runHere } from '../support/run-here.ts';

const SOUND = {
  version: 1,
  owner: { pid: 2 ** 22 + 1 },
  scenario: 'multi-primary',
  edition: '1.8',
  istioVersion: '1.8.0',
  seed: '1',
  bare: false,
  startedAt: '2026-11-29T00:00:00Z',
  phase: 'ready',
  clusters: [{ name: 'cluster1', server: 'https://127.0.0.1:1' }],
};

t.test('what a process left', async t => {
  const paths = upPaths(t.testdir(), {});
  t.equal(readState(paths), undefined);
  writeFileSync(paths.state, JSON.stringify(SOUND));
  t.match(readState(paths), { alive: false, state: SOUND });
});

t.test('what no process left', async t => {
  for (const [name, change] of Object.entries({
    'another version': { version: 2 },
    'no owner': { owner: undefined },
    'a group of processes': { owner: { pid: -1 } },
    'every process': { owner: { pid: 0 } },
    'clusters that are none': { clusters: [null] },
    'a phase of its own': { phase: 'done' },
    'defects without a count': { defects: [{ message: 'x', lastAt: '' }] },
  })) {
    const paths = upPaths(t.testdir(), {});
    writeFileSync(paths.state, JSON.stringify({ ...SOUND, ...change }));
    t.throws(() => readState(paths), { code: 'ERR_UNREADABLE_FILE', hint: /--state-dir/ }, name);
  }
  const paths = upPaths(t.testdir(), {});
  writeFileSync(paths.state, '{"version":1');
  t.throws(() => readState(paths), { code: 'ERR_UNREADABLE_FILE' }, path.basename(paths.state));
});

t.test('in a shell with the variables of a world, commands without --state-dir find it', async t => {
  const home = t.testdir({ world: {} });
  const paths = upPaths(path.join(home, 'world'), {});
  writeFileSync(paths.state, JSON.stringify(SOUND));
  const found = readState(paths);
  const lines = found ? exportsOf(found.state, paths) : '';
  const env = Object.fromEntries(
    [...lines.matchAll(/^export (\w+)=(\S+)$/gm)].map(([, name = '', value = '']) => [name, value] as const),
  );
  t.equal(upPaths(undefined, env).folder, paths.folder);
  t.not(upPaths('other', env).folder, paths.folder, 'the flag counts more');
  const elsewhere = { ...env, MESH_HARNESS_STATE: path.join(home, 'others') };
  t.match(await runHere(['status'], { env: elsewhere }), { code: 1, stdout: /^multi-primary was up;/ });
  t.match(await runHere(['down'], { env: elsewhere }), { stderr: 'Removed what multi-primary had left.\n' });
  t.match(await runHere(['down'], { env }), {
    stderr: `No world is up with its state in ${paths.folder}.\n`,
  });
  mkdirSync(paths.folder);
  writeFileSync(paths.state, JSON.stringify(SOUND));
  t.match(await runHere(['clean'], { env: elsewhere }), { code: 0, stdout: /what a world had left/ });
});
