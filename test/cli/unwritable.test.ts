/** Where nothing can be written: every flag and variable that names a folder, and standard output. */
import { spawnSync } from 'node:child_process';
import { openSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { CLI, temporaryFolder } from '../support/cli.ts';
import { runHere } from '../support/run-here.ts';

const LONG = 'n'.repeat(220);

/** The command for each flag and variable that names a folder to write to. */
const NAMED: readonly (readonly [name: string, words: (folder: string) => readonly string[]])[] = [
  ['--state-dir', folder => ['up', 'multi-primary', '--bare', '--state-dir', folder]],
  ['--state-dir', folder => ['up', 'multi-primary', '--bare', '--detach', '--state-dir', folder]],
  ['--report-dir', folder => ['run', 'multi-primary', '--report-dir', folder]],
  ['--report-dir', folder => ['matrix', 'multi-primary', '--report-dir', folder]],
  ['--trace', folder => ['run', 'multi-primary', '--trace', folder]],
  ['--out', folder => ['certs', '--out', folder, 'cluster1']],
  ['XDG_STATE_HOME', () => ['up', 'multi-primary', '--bare']],
  ['MESH_HARNESS_STATE', () => ['up', 'multi-primary', '--bare']],
];

for (const [name, words] of NAMED) {
  t.test(`${name} of ${words('DIR')[0]} names a folder in which nothing can be made`, async t => {
    for (const folder of ['/proc/nothing', path.join(t.testdir({ file: '' }), 'file', 'below')]) {
      const env: Record<string, string> = name.startsWith('--') ? {} : { [name]: folder };
      const ended = await runHere(words(folder), { env });
      t.equal(ended.code, 2, `${folder}: ${ended.stderr}`);
      t.match(ended.stderr, name === '--trace' ? '/' : folder);
    }
  });
}

t.test('a path that is too long for the reports is found before the start', async t => {
  const folder = path.join(t.testdir(), ...Array.from({ length: 20 }, () => LONG));
  const ended = await runHere(['run', 'multi-primary', '--report-dir', folder]);
  t.match(ended, { code: 2, stdout: '', stderr: /too long/ });
});

t.test(
  'results that cannot be printed take a pass with them',
  { skip: process.platform !== 'linux' },
  async t => {
    using own = temporaryFolder();
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [CLI, 'list'], {
      cwd: own.path,
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    t.equal(status, 3);
    t.equal(stderr, 'mesh-harness: Standard output cannot be written: the disk is full.\n');
  },
);
