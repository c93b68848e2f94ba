/** The package as a user gets it: what npm packs, installs without a network, and refuses to build. */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { installLine } from '../harness/platform/kind/engine/connect.ts';
import { ROOT, temporaryFolder } from './support/cli.ts';
import { isNightly } from './support/nightly.ts';

/** A bit of everything that is exported; the last ones are errors, to be sure that anything is checked. */
const USE = `
import { builtInChecks, type Check, type CheckContext, type CheckOutcome, type ConformanceReport, type EditionName, type Fault, formatJunit, HarnessError, loadScenario, type Mesh, omitSteps, type Plan, plan, run, type RunOptions, type ScenarioName, up, type UpOptions, verify } from 'mesh-harness';
const topology = await loadScenario('multi-primary');
const fewer: Plan = omitSteps(plan(topology, 'current'), ['cluster1/call-helloworld']);
const options: RunOptions = { topology, plan: fewer, seed: '3', listeners: [event => console.error(event.type)] };
const report: ConformanceReport = await run(options);
const lines: string[] = report.scenarios.map(({ scenario, verdict }) => scenario + verdict);
console.log(lines, formatJunit(report), (problem: unknown) => problem instanceof HarnessError && problem.code);
const editions: readonly EditionName[] = ['1.8', 'current'];
const scenario: ScenarioName = 'primary-remote';
await using mesh = await up({ scenario, edition: editions[0] ?? '1.8' });
const { stdout } = await mesh.exec('cluster1', { namespace: 'sample', pod: 'x' }, ['true'], { stdin: stdout0() });
const pods = await mesh.clients.cluster2.list({ apiVersion: 'v1', plural: 'pods' });
const asked: UpOptions = { topology, bare: true };
const other: Mesh = await up(asked);
const server: string | undefined = other.clients['east']?.server;
const fault: Fault = mesh.faults.drop({ from: { cluster: 'cluster1' }, port: 15443 });
const mine: Check = { id: 'mine', sentence: 'Mine.', level: 'core', run: async ({ clusters }: CheckContext): Promise<CheckOutcome> => ({ outcome: clusters.size > 1 ? 'passed' : 'failed', found: stdout, evidence: pods.items.length }) };
console.log(await verify(mesh, { checks: [...builtInChecks(topology), mine] }), fault.met, server);
function stdout0(): string { return ''; }
// @ts-expect-error
run({ topology: 'multi-primary' });
// @ts-expect-error
plan(topology, 'curent');
// @ts-expect-error
await up({ scenario: 'multi-primery' });
// @ts-expect-error
mesh.clients.cluster3;
`;
const environment = { ...process.env, NODE_OPTIONS: '', NODE_ENV: '' };

const project = temporaryFolder();
t.teardown(() => project[Symbol.dispose]());
const inProject = (...parts: readonly string[]) => path.join(project.path, 'project', ...parts);
const installed = (...parts: readonly string[]) => inProject('node_modules', 'mesh-harness', ...parts);

/** Runs npm with a cache of its own: what it finds there it has put there. */
function npm(cwd: string, ...argv: readonly string[]) {
  const cache = ['--offline', '--cache', path.join(project.path, 'cache')];
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier'];
  return spawnSync('npm', [...argv, ...cache, ...quiet], { cwd, encoding: 'utf8', env: environment });
}

t.test('without its optional dependency it is one package, installed without a network', async t => {
  mkdirSync(inProject());
  writeFileSync(inProject('package.json'), '{ "type": "module" }');
  // Without scripts: dist/ is there, and other tests are reading it.
  const pack = npm(ROOT, 'pack', '--json', '--ignore-scripts', '--pack-destination', project.path);
  const [packed] = JSON.parse(pack.stdout) as { filename: string; unpackedSize: number }[];
  const tarball = path.join(project.path, packed?.filename ?? '');
  const { status, stderr } = npm(inProject(), 'install', '--omit=optional', tarball);
  t.equal(status, 0, stderr);
  const names = readdirSync(inProject('node_modules')).filter(name => !name.startsWith('.'));
  t.same(names, ['mesh-harness']);
  // 145 MB was what it took with the packages that are in the bundle.
  t.ok((packed?.unpackedSize ?? Number.POSITIVE_INFINITY) < 13.4e6, `${packed?.unpackedSize} bytes`);
  const dist = readdirSync(installed('dist'));
  t.notMatch(dist.join(' '), /\.cache|built-by/, 'nothing that serves only the Node of who packed it');
});

t.test('there it runs a scenario', async t => {
  const { status, stdout, stderr } = spawnSync(
    'npx',
    ['mesh-harness', 'run', 'primary-remote-multi-network', '--quiet', '--report-dir', 'reports'],
    { cwd: inProject(), encoding: 'utf8', env: environment },
  );
  t.equal(status, 0, stderr);
  t.match(stdout, /^primary-remote-multi-network\s+passed/);
});

const git = (...words: readonly string[]) => spawnSync('git', words, { cwd: ROOT, encoding: 'utf8' });
const { status: gitStatus, stdout: prefix } = git('rev-parse', '--show-prefix');
const skip = gitStatus === 0 && prefix.trim() === '' ? false : 'only a build in a clone has a commit';

t.test('its report names the commit that it was built from', { skip }, async t => {
  const { commit } = JSON.parse(readFileSync(inProject('reports', 'report.json'), 'utf8')).harness;
  const [id = ''] = String(commit).split(' with changes');
  t.equal(git('cat-file', '-t', id).stdout.trim(), 'commit', `harness.commit is ${commit}`);
});

t.test('asked for kind, it says which package is missing and how to get it', async t => {
  const line = `npm install --prefix ${inProject()} 'testcontainers@^`;
  // A docker command alone, which nobody asks anything.
  const bin = path.join(project.path, 'bin');
  mkdirSync(bin);
  writeFileSync(path.join(bin, 'docker'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  const PATH = `${bin}${path.delimiter}${process.env['PATH']}`;
  const state = path.join(project.path, 'state');
  const variables = { PATH, XDG_STATE_HOME: state, XDG_CACHE_HOME: path.join(project.path, 'xdg') };
  for (const argv of [
    ['run', 'multi-primary', '--platform', 'kind', '--quiet'],
    ...(isNightly
      ? [
          ['doctor', '--platform', 'kind'],
          ['clean', '--cache'],
        ]
      : []),
  ]) {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [installed('dist', 'mesh-harness.js'), ...argv],
      { cwd: inProject(), encoding: 'utf8', env: { ...environment, ...variables } },
    );
    t.equal(status, 3, argv.join(' '));
    t.match(`${stdout}${stderr}`, /testcontainers, through which Docker is reached,\s+is not installed/);
    t.match(`${stdout}${stderr}`.replaceAll(/\s+/g, ' '), line);
  }
});

t.test('the line installs it where it will be found', async t => {
  const root = inProject('node_modules', 'mesh-harness');
  t.equal(installLine(root, '^1.2.3'), `npm install --prefix ${inProject()} 'testcontainers@^1.2.3'`);
  t.equal(
    installLine('/usr/lib/node_modules/mesh-harness', '1'),
    'npm install --global testcontainers@1',
    'no project is around it',
  );
  t.equal(
    installLine('/home/me/mesh-harness', '1'),
    'npm ci --include=optional --prefix /home/me/mesh-harness',
  );
});

t.test('the licence of all that is in the bundles goes with them', async t => {
  const notices = readFileSync(installed('dist', 'THIRD-PARTY-NOTICES'), 'utf8');
  const { devDependencies } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  for (const name of ['@kubernetes/client-node', 'execa', 'js-yaml', 'p-retry', 'zod', 'commander']) {
    t.ok(Object.hasOwn(devDependencies, name), name);
    t.match(notices, new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\((MIT|Apache-2\\.0)\\)$`, 'm'));
  }
  t.match(notices, /^stream-buffers \d.*\(Unlicense\)$/m, 'a licence file of another name');
  t.notMatch(notices, /^(tap|typescript|testcontainers) /m, 'of nothing else');
});

t.test('its types need no package but those of Node, and hold for who is strict', async t => {
  writeFileSync(inProject('use.mts'), USE);
  mkdirSync(inProject('node_modules', '@types'));
  for (const name of ['node', 'undici-types'])
    symlinkSync(
      path.join(ROOT, 'node_modules', name === 'node' ? '@types/node' : name),
      inProject('node_modules', name === 'node' ? '@types/node' : name),
    );
  const strict = ['strict', 'exactOptionalPropertyTypes', 'noUncheckedIndexedAccess', 'noEmit'];
  // Without a browser's types, which are none of Node's.
  const node = [
    '--module',
    'NodeNext',
    '--target',
    'ES2022',
    '--lib',
    'ES2022,ESNext.Disposable',
    '--types',
    'node',
  ];
  const tsc = spawnSync(
    process.execPath,
    [
      path.join(ROOT, 'node_modules/typescript/bin/tsc'),
      ...strict.map(each => `--${each}`),
      ...node,
      ...['--skipLibCheck', 'false', 'use.mts'],
    ],
    { cwd: inProject(), encoding: 'utf8', env: environment },
  );
  t.equal(tsc.stdout, '');
  t.equal(tsc.status, 0);
});

t.test('a clone without development packages says why it is not built', async t => {
  const clone = path.join(project.path, 'clone');
  mkdirSync(clone);
  const needed = readdirSync(ROOT).filter(name => /^(build.*\.mjs|package.*\.json)$/.test(name));
  for (const name of needed) copyFileSync(path.join(ROOT, name), path.join(clone, name));
  const { status, stdout, stderr } = npm(clone, 'ci', '--omit=dev', '--omit=optional');
  t.equal(status, 1);
  t.match(`${stdout}${stderr}`, /mesh-harness is not built: [\s\S]*npm ci --include=dev/);
  t.notMatch(`${stdout}${stderr}`, /ERR_MODULE_NOT_FOUND/);
});

t.test('a package that is packed is a whole one', async t => {
  const { bin, exports, files } = JSON.parse(readFileSync(installed('package.json'), 'utf8'));
  const wanted = [bin['mesh-harness'], exports['.'].types, exports['.'].default];
  for (const file of [...wanted, ...files.filter((each: string) => !each.startsWith('!'))])
    t.ok(existsSync(installed(file)), file);
});
