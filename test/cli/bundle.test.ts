/** The program starts from its bundle, with the code of an earlier run or without. */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { CLI, ROOT, temporaryFolder } from '../support/cli.ts';

const dist = path.dirname(CLI);
const saved = readFileSync(path.join(dist, 'command-line.cache'));

t.test('the build keeps code that this Node takes', t => {
  // In a Node of its own, as a user starts it: V8 refuses code that was made under other flags than its own.
  const isRefused = (change: string) =>
    execFileSync(
      process.execPath,
      [
        '--print',
        `const { readFileSync } = require('node:fs');
        const cachedData = readFileSync('command-line.cache');
        new (require('node:vm').Script)(readFileSync('command-line.js', 'latin1') + '${change}', { cachedData }).cachedDataRejected`,
      ],
      { cwd: dist, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } },
    ).trim();
  t.equal(isRefused(''), 'false');
  t.equal(isRefused(' '), 'true', 'of this very bundle');
  t.end();
});

for (const [title, damage] of [
  ['without code', (cache: string) => rmSync(cache)],
  ['with code of another V8', (cache: string) => writeFileSync(cache, Buffer.alloc(4096, 7))],
  ['with half of the code', (cache: string) => writeFileSync(cache, saved.subarray(0, 100_000))],
] as const) {
  t.test(`${title} it runs all the same`, t => {
    using folder = temporaryFolder();
    mkdirSync(path.join(folder.path, 'dist'));
    for (const name of ['mesh-harness.js', 'command-line.js', 'command-line.cache'])
      copyFileSync(path.join(dist, name), path.join(folder.path, 'dist', name));
    for (const name of ['package.json', 'scenarios'])
      symlinkSync(path.join(ROOT, name), path.join(folder.path, name));
    damage(path.join(folder.path, 'dist', 'command-line.cache'));
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [path.join(folder.path, 'dist', 'mesh-harness.js'), 'list'],
      { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } },
    );
    t.same([status, stderr], [0, '']);
    t.match(stdout, /primary-remote-multi-network/);
    t.end();
  });
}
