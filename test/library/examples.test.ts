/** The examples of docs/library.md are run, each by its own runner, as they stand. */
import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { CLI, ROOT, temporaryFolder } from '../support/cli.ts';
import { isNightly } from '../support/nightly.ts';

const RUNNERS = [
  { example: 'node-test', argv: ['--test'], daily: true },
  // README's example is one for tap, and runs in every `npm test`.
  { example: 'tap', argv: [], daily: false },
  { example: 'vitest', argv: ['node_modules/vitest/vitest.mjs', 'run', '--no-cache'], daily: false },
];
const env = { ...process.env, NODE_OPTIONS: '' };

for (const { example, argv, daily } of RUNNERS) {
  t.test(
    `the example for ${example}`,
    { skip: !daily && !isNightly && 'npm run tables runs it' },
    async t => {
      const file = `docs/examples/${example}.test.mjs`;
      const { status, stdout, stderr } = spawnSync(process.execPath, [...argv, file], {
        cwd: ROOT,
        encoding: 'utf8',
        env,
      });
      t.equal(status, 0, `${stdout}${stderr}`);
    },
  );
}

t.test('a process ends by itself after stop, and leaves nothing if it ends before', async t => {
  using folder = temporaryFolder();
  const file = path.join(path.dirname(CLI), `library-example-${process.pid}.mjs`);
  t.teardown(() => rmSync(file, { force: true }));
  writeFileSync(
    file,
    `import { readdirSync } from 'node:fs';
    import { up } from 'mesh-harness';
    const meshes = await Promise.all(['1', '2'].map(seed => up({ scenario: 'multi-primary', bare: true, seed })));
    await meshes[0].clients.cluster1.list({ apiVersion: 'v1', plural: 'nodes' });
    await meshes[0].stop();
    console.log(readdirSync(${JSON.stringify(folder.path)}).length);
    if (process.argv[2] === 'exit') process.exit();
    await meshes[1].stop();`,
  );
  const count = `require('node:fs').readdirSync(${JSON.stringify(folder.path)}).length`;
  for (const how of isNightly ? ['end', 'exit'] : ['exit']) {
    const argv = [file, how];
    const output = execFileSync(process.execPath, argv, {
      encoding: 'utf8',
      timeout: 20_000,
      env: { ...env, TMPDIR: folder.path },
    });
    t.equal(output, '1\n', 'the other one is up');
    t.equal(execFileSync(process.execPath, ['-p', count], { encoding: 'utf8', env }).trim(), '0', how);
  }
});
