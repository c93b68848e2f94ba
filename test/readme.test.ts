/** What README.md says is run: its example, its mesh, its links, and the package as a user gets it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { ROOT, runCli, temporaryFolder } from './support/cli.ts';

const readme = readFileSync(path.join(ROOT, 'README.md'), 'utf8');
const block = (language: string) =>
  new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(readme)?.[1] ?? '';
/** A bit of everything that is exported; the last line is an error, to be sure that anything is checked. */
const USE = `
import { type ConformanceReport, formatJunit, HarnessError, loadScenario, omitSteps, type Plan, plan, run, type RunOptions } from 'mesh-harness';
const topology = await loadScenario('multi-primary');
const fewer: Plan = omitSteps(plan(topology, 'current'), ['cluster1/call-helloworld']);
const options: RunOptions = { topology, plan: fewer, seed: '3', listeners: [event => console.error(event.type)] };
const report: ConformanceReport = await run(options);
const lines: string[] = report.scenarios.map(({ scenario, verdict }) => scenario + verdict);
console.log(lines, formatJunit(report), (problem: unknown) => problem instanceof HarnessError && problem.code);
// @ts-expect-error
run({ topology: 'multi-primary' });
`;
const environment = { ...process.env, NODE_OPTIONS: '' };

t.test('the example runs, as a test of its own', async t => {
  // Inside our package, so that it is found by its own name.
  const file = path.join(ROOT, 'dist', `readme-example-${process.pid}.mjs`);
  t.teardown(() => rmSync(file, { force: true }));
  writeFileSync(file, block('js'));
  const output = execFileSync(process.execPath, [file], { encoding: 'utf8', env: environment });
  t.match(output, /^ok 1 - our mesh answers from both clusters/m);
  t.match(output, /\d\d steps/);
});

t.test('the mesh of your own runs', async t => {
  const folder = temporaryFolder();
  t.teardown(() => folder[Symbol.dispose]());
  writeFileSync(path.join(folder.path, 'my-mesh.yaml'), block('yaml'));
  const { code, stdout, stderr } = await runCli(['run', './my-mesh.yaml', '--quiet'], folder.path);
  t.equal(code, 0, stderr);
  t.match(stdout, /^my-mesh\s+passed/);
});

t.test('links to files of ours lead somewhere', async t => {
  const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link]) => link as string);
  t.ok(links.length > 5);
  t.same(
    links.filter(link => !existsSync(path.join(ROOT, link))),
    [],
  );
});

t.test('the tarball of npm pack holds all that a run needs', async t => {
  const folder = temporaryFolder();
  t.teardown(() => folder[Symbol.dispose]());
  // Without scripts: dist/ is there, and other tests are reading it.
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder.path], {
      cwd: ROOT,
      encoding: 'utf8',
      env: environment,
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  ) as { filename: string }[];
  execFileSync('tar', ['xzf', packed?.filename ?? '', '-C', folder.path], { cwd: folder.path });
  const installed = path.join(folder.path, 'package');
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(installed, 'node_modules'));
  const elsewhere = path.join(folder.path, 'elsewhere');
  mkdirSync(elsewhere);
  // As npm and npx start it: a link on PATH, run by its first line.
  const { bin } = JSON.parse(readFileSync(path.join(installed, 'package.json'), 'utf8')) as {
    bin: { 'mesh-harness': string };
  };
  const command = path.join(folder.path, 'mesh-harness');
  symlinkSync(path.join(installed, bin['mesh-harness']), command);
  const output = execFileSync(command, ['run', 'multi-primary', '--quiet'], {
    cwd: elsewhere,
    encoding: 'utf8',
    env: environment,
  });
  t.match(output, /^multi-primary\s+passed/);

  // As a library, in a project of someone who is strict.
  writeFileSync(path.join(elsewhere, 'use.mts'), USE);
  mkdirSync(path.join(elsewhere, 'node_modules'));
  symlinkSync(installed, path.join(elsewhere, 'node_modules', 'mesh-harness'));
  const strict = [
    '--strict',
    '--exactOptionalPropertyTypes',
    '--noUncheckedIndexedAccess',
    '--skipLibCheck',
    'false',
  ];
  // Without a browser's types, which are none of Node's.
  const node = ['--target', 'ES2022', '--lib', 'ES2022', '--types', 'node'];
  const options = ['--module', 'NodeNext', ...node, '--noEmit'];
  const typeRoots = ['--typeRoots', path.join(ROOT, 'node_modules', '@types')];
  const tsc = spawnSync(
    process.execPath,
    [path.join(ROOT, 'node_modules/typescript/bin/tsc'), ...strict, ...options, ...typeRoots, 'use.mts'],
    { cwd: elsewhere, encoding: 'utf8', env: environment },
  );
  t.equal(tsc.stdout, '', 'its types hold');
});
