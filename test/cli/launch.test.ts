/** Lines to type work where they are shown, however the program was started; and npm asks nobody for it. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { execa } from 'execa';
import t from 'tap';
import { asTyped } from '../../harness/cli/launch.ts';
import { createProgram } from '../../harness/cli/program.ts';
import { releaseFiles, writeFiles } from '../../harness/cli/up/release-folder.ts';
import { planTopology } from '../../harness/plan/plan.ts';
import { printShell } from '../../harness/plan/print/shell.ts';
import { loadScenario } from '../../harness/scenario/load.ts';
import { CLI, ROOT, temporaryFolder } from '../support/cli.ts';
import { onPath } from '../support/on-path.ts';

const folder = temporaryFolder();
t.teardown(() => folder[Symbol.dispose]());
const at = (...names: string[]) => path.join(folder.path, ...names);

/** A project that has the program as a dependency, a folder in it, and an empty one. */
mkdirSync(at('project', 'node_modules', '.bin'), { recursive: true });
mkdirSync(at('project', 'below', 'deep'), { recursive: true });
mkdirSync(at('empty', 'node_modules'), { recursive: true });
writeFileSync(at('project', 'package.json'), '{}');
symlinkSync(CLI, at('project', 'node_modules', '.bin', 'mesh-harness'));
mkdirSync(at('release'));
writeFiles(at('release'), releaseFiles(new Map(), at('kubeconfig')));
mkdirSync(at('foreign'));
writeFileSync(at('foreign', 'mesh-harness'), '#!/bin/sh\necho /elsewhere/mesh-harness.js\n');
chmodSync(at('foreign', 'mesh-harness'), 0o755);
mkdirSync(at('shims'));
writeFileSync(
  at('shims', 'mesh-harness'),
  `#!/bin/sh\nexec node  "$basedir/${path.relative(at('shims'), CLI)}" "$@"\n`,
);
chmodSync(at('shims', 'mesh-harness'), 0o755);

const NODE = process.execPath;
const NODES = path.dirname(NODE);
const BY_FILE = `node ${CLI}`;
const GYP = '/usr/lib/node_modules/npm/node_modules/@npmcli/run-script/lib/node-gyp-bin';
const byNpx = (PATH: string) => ({
  PATH: [at('project/node_modules/.bin'), GYP, PATH].join(path.delimiter),
  npm_command: 'exec',
  npm_config_user_agent: 'npm/11.0.0 node/v20.20.2 linux x64',
});
const byPnpm = (PATH: string) => ({
  ...byNpx(PATH),
  PATH: `${GYP}:${at('project/node_modules/.bin')}:${PATH}`,
  npm_config_user_agent: 'pnpm/10.0.0 npm/? node/v20',
});

for (const [how, env, workingFolder, start] of [
  ['as a file', { PATH: NODES }, 'empty', BY_FILE],
  ['as a file, by a Node that PATH has not', { PATH: at('empty') }, 'empty', `${NODE} ${CLI}`],
  ['without a PATH', {}, 'empty', `${NODE} ${CLI}`],
  ['from PATH', { PATH: onPath() }, 'empty', 'mesh-harness'],
  ['in a shell with the variables of `env`', { PATH: at('release') }, 'empty', 'mesh-harness'],
  [
    'from PATH, where another package manager has put a script',
    { PATH: at('shims') },
    'empty',
    'mesh-harness',
  ],
  ['where PATH has another program of this name', { PATH: `${at('foreign')}:${NODES}` }, 'empty', BY_FILE],
  ['by npx, in a project that has it', byNpx(NODES), 'project', 'npx mesh-harness'],
  ['by npx, in a folder of that project', byNpx(NODES), 'project/below/deep', 'npx mesh-harness'],
  ['by npx, from its own clone', byNpx(NODES), path.relative(folder.path, ROOT), 'npx mesh-harness'],
  ['by npx, where npx would ask the registry', byNpx(NODES), 'empty', BY_FILE],
  ['by npx, with PATH that has it too', byNpx(onPath()), 'project', 'mesh-harness'],
  ['by pnpm', byPnpm(NODES), 'project', BY_FILE],
] as const)
  t.test(`started ${how}: ${start.replaceAll(ROOT, '…/')}`, async t => {
    t.equal(asTyped('mesh-harness env', env, at(workingFolder)), `${start} env`);
  });

t.test('commands in a text are written so, and nothing else is', async t => {
  const env = { PATH: NODES };
  for (const [text, typed] of [
    ['mesh-harness clean removes it.', `${BY_FILE} clean removes it.`],
    ['eval "$(mesh-harness env)"; mesh-harness --help', `eval "$(${BY_FILE} env)"; ${BY_FILE} --help`],
    ['mesh-harness: There is none.', undefined],
    ['mesh-harness 0.1.0', undefined],
    ['npx mesh-harness run all', undefined],
    ['~/.local/state/mesh-harness run-1', undefined],
    ['the namespace mesh-harness-run', undefined],
    ['a defect of mesh-harness in cluster1', undefined],
    ['mesh-harness runs', undefined],
  ] as const)
    t.equal(asTyped(text, env), typed ?? text);
});

t.test('all commands are known', async t => {
  for (const command of createProgram(async () => {}).commands) {
    const line = `mesh-harness ${command.name()}`;
    t.equal(asTyped(line, {}), line.replace('mesh-harness', `${NODE} ${CLI}`));
  }
});

/** What a user's shell has: neither tap's nor npm's. */
const shell = (PATH: string) => ({ PATH, HOME: folder.path, npm_config_update_notifier: 'false' });
const HAS_NPX = spawnSync('npx', ['--version']).status === 0;

t.test('the line of a hint is typed in the shell that shows it', { skip: !HAS_NPX && 'no npx' }, async t => {
  const PATH = process.env['PATH']?.replace(/[^:]*node_modules[^:]*:/g, '') ?? '';
  for (const [line, cwd, path_] of [
    ['npx mesh-harness', at('project', 'below'), PATH],
    [BY_FILE, at('empty'), PATH],
    ['mesh-harness', at('empty'), `${onPath()}:${PATH}`],
  ] as const) {
    const type = (words: string) =>
      spawnSync('bash', ['-c', words], { cwd, env: shell(path_), encoding: 'utf8' });
    const refused = type(`${line} env`);
    t.match({ ...refused }, { status: 2, stdout: '' });
    const hint = /^ {2}Start one: (.*) up multi-primary --detach$/m.exec(refused.stderr)?.[1];
    t.equal(hint, line);
    t.match(type(`${hint} version`), { status: 0, stdout: /^mesh-harness \d/ }, refused.stderr);
  }
});

t.test(
  'a printed script that has no mesh-harness asks nobody for one',
  { skip: !HAS_NPX && 'no npx' },
  async t => {
    const asked: string[] = [];
    const registry = createServer(({ url = '' }, response) => {
      asked.push(url);
      response.writeHead(404).end('{}');
    }).listen(0, '127.0.0.1');
    t.teardown(() => registry.close());
    await new Promise(resolve => registry.once('listening', resolve));
    const { port } = registry.address() as AddressInfo;
    const topology = (await loadScenario('multi-primary', { folder: path.join(ROOT, 'scenarios') })).topology;
    const script = printShell(planTopology(topology, '1.8'));
    const fallback = /^if ! command -v mesh-harness [\s\S]*?^fi$/m.exec(script)?.[0] ?? '';
    const env = {
      PATH: process.env['PATH'],
      npm_config_registry: `http://127.0.0.1:${port}/`,
      npm_config_cache: at('cache'),
    };
    const run = (cwd: string) =>
      execa('bash', ['-c', `${fallback}\nmesh-harness version`], { cwd, env, reject: false });
    const none = await run(at('empty'));
    t.not(none.exitCode, 0);
    t.match(none.stderr, /ENOTCACHED/);
    t.match(await run(at('project')), { exitCode: 0, stdout: /^mesh-harness \d/ }, 'the project has it');
    t.same(asked, []);
  },
);
