/** README's block for those who type the guide themselves, word for word, in a bash, from a clean clone. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { ROOT, temporaryFolder } from './support/cli.ts';
import { findKubectl, withoutKubectl } from './support/kubectl.ts';

// Most of it is waiting for clusters, on the clock of the wall.
t.setTimeout(180_000);

const kubectl = findKubectl();
const readme = readFileSync(path.join(ROOT, 'README.md'), 'utf8');
const block = /```\n(npx mesh-harness up [\s\S]*?)```/.exec(readme)?.[1] ?? '';

const withoutGit = spawnSync('git', ['-C', ROOT, 'rev-parse']).status !== 0 && 'this is no clone of git';

t.test('every command of it works', { skip: withoutKubectl(kubectl) || withoutGit }, async t => {
  using folder = temporaryFolder();
  const at = (...names: string[]) => path.join(folder.path, ...names);
  const clone = at('clone');
  t.equal(spawnSync('git', ['clone', '-q', '--depth', '1', `file://${ROOT}`, clone]).status, 0);
  // What `npm ci` makes.
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(clone, 'node_modules'));
  cpSync(path.join(ROOT, 'dist'), path.join(clone, 'dist'), { recursive: true });
  mkdirSync(at('bin'));
  symlinkSync(kubectl ?? '', at('bin', 'kubectl'));
  mkdirSync(at('home'));
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const env = {
    PATH: [at('bin'), ...folders.filter(each => !each.includes('node_modules'))].join(path.delimiter),
    HOME: at('home'),
    npm_config_offline: 'true',
    npm_config_update_notifier: 'false',
    ...{ GOGC: 'off', GOMAXPROCS: '1' }, // kubectl ends before it has to collect garbage
  };
  const type = (text: string, cwd: string) =>
    spawnSync('bash', ['-e', '-c', text], { cwd, env, encoding: 'utf8' });
  t.not(type('command -v mesh-harness istioctl', clone).status, 0, 'nothing of ours is on PATH');
  try {
    const { status, stdout, stderr } = type(block, clone);
    t.equal(status, 0, `${stdout}\n${stderr}`);
    t.match(stdout, /^multi-primary +passed /m, 'calls really cross');
    t.match(stderr, /^multi-primary is down\.$/m);
    t.same(
      readdirSync(at('my-mesh')).toSorted(),
      ['certs', 'cluster1.yaml', 'cluster2.yaml', 'install.sh', 'mesh-harness-report', 'samples'],
      'what the guide has written stays',
    );
    t.notOk(existsSync(at('home', '.local', 'state', 'mesh-harness', 'up')), 'of ours nothing stays');
  } finally {
    spawnSync(process.execPath, ['dist/mesh-harness.js', 'down'], { cwd: clone, env });
  }
});
