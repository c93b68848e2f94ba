/** The program starts from its bundles, with the code of an earlier run or without. */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { CLI, ROOT, temporaryFolder } from '../support/cli.ts';

const dist = path.dirname(CLI);

for (const name of ['command-line', 'light'])
  t.test(`the build keeps code of ${name} that this Node takes`, t => {
    // In a Node of its own, as a user starts it: V8 refuses code that was made under other flags than its own.
    const isRefused = (change: string) =>
      execFileSync(
        process.execPath,
        [
          '--print',
          `const { readFileSync } = require('node:fs');
          const cachedData = readFileSync('${name}.cache');
          new (require('node:vm').Script)(readFileSync('${name}.js', 'latin1') + '${change}', { cachedData }).cachedDataRejected`,
        ],
        { cwd: dist, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } },
      ).trim();
    t.equal(isRefused(''), 'false');
    t.equal(isRefused(' '), 'true', 'of this very bundle');
    t.end();
  });

/** Makes a folder with files of the bundle and what it reads. */
function withBundles(files: readonly string[]): ReturnType<typeof temporaryFolder> {
  const folder = temporaryFolder();
  mkdirSync(path.join(folder.path, 'dist'));
  for (const name of ['mesh-harness.js', ...files])
    copyFileSync(path.join(dist, name), path.join(folder.path, 'dist', name));
  for (const name of ['package.json', 'scenarios'])
    symlinkSync(path.join(ROOT, name), path.join(folder.path, name));
  return folder;
}

const start = (folder: string, ...argv: readonly string[]) =>
  spawnSync(process.execPath, [path.join(folder, 'dist', 'mesh-harness.js'), ...argv], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });

for (const [title, damage] of [
  ['without code', (cache: string) => rmSync(cache)],
  ['with code of another V8', (cache: string) => writeFileSync(cache, Buffer.alloc(4096, 7))],
  ['with half of the code', (cache: string) => truncateSync(cache, 100_000)],
] as const)
  for (const [name, argv, seen] of [
    ['command-line', ['report', 'schema'], /"\$schema"/],
    ['light', ['list'], /primary-remote-multi-network/],
  ] as const)
    t.test(`${name} ${title} runs all the same`, t => {
      using folder = withBundles([`${name}.js`, `${name}.cache`]);
      damage(path.join(folder.path, 'dist', `${name}.cache`));
      const { status, stdout, stderr } = start(folder.path, ...argv);
      t.same([status, stderr], [0, '']);
      t.match(stdout, seen);
      t.end();
    });

t.test('help and what prints what is known before need the light bundle only', t => {
  using folder = withBundles(['light.js']);
  for (const [argv, seen] of [
    [['--help'], /four scenarios of the guide/],
    [['guide', 'lint', '--help'], /Usage: .* guide lint \[/],
    [['help', 'run'], /Usage: .* run \[/],
    [['-V'], /^\d+\.\d+\.\d+\n$/],
    [['plan', 'multi-primary', '--format', 'sh'], /^#!/],
    [['list', '--format', 'json'], /"editions"/],
    [['version'], /edition current/],
  ] as const) {
    const { status, stdout, stderr } = start(folder.path, ...argv);
    t.same([status, stderr], [0, ''], argv.join(' '));
    t.match(stdout, seen);
  }
  t.end();
});
