/**
 * What tests start is started as by a user: tap's loader is not in it, nor a word of it in the environment.
 */
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { execa } from 'execa';
import t from 'tap';

const TOLD = 'console.log(JSON.stringify([process.env.NODE_OPTIONS ?? "", process.execArgv]))';
const argv = ['-e', TOLD];
const given = process.env['NODE_OPTIONS'] ?? '';
const own = JSON.stringify([given, argv]);

t.test('a Node that a test starts has no options but its own', async t => {
  t.notMatch(given, /tapjs/);
  t.equal((await execa(process.execPath, argv)).stdout, own);
  t.equal((await promisify(execFile)(process.execPath, argv)).stdout.trim(), own);
  t.equal(spawnSync(process.execPath, argv, { encoding: 'utf8' }).stdout.trim(), own);
  t.equal(
    spawnSync('sh', ['-c', `"$0" "$@"`, process.execPath, ...argv], { encoding: 'utf8' }).stdout.trim(),
    own,
  );
});

t.test('and keeps those that it is given', t => {
  const env = { ...process.env, NODE_OPTIONS: '--no-warnings' };
  t.equal(
    spawnSync(process.execPath, argv, { encoding: 'utf8', env }).stdout.trim(),
    JSON.stringify(['--no-warnings', argv]),
  );
  t.end();
});
