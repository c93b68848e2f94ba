/**
 * The suites of controller-runtime, which ask an API server what Go's typed clients ask it, on simulated API
 * servers: with protobuf bodies, each suite on a server of its own without controllers (`up --api-only`), and
 * the client's suite once more where controllers act.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { startCli, temporaryFolder } from '../support/cli.ts';
import { CACHE } from './cache.ts';

const VERSION = 'v0.25.2';
const MODULE = 'sigs.k8s.io/controller-runtime';
const SUITE_MS = 300_000;
const FOLDER = path.join(CACHE, `controller-runtime-${VERSION}`);

interface Suite {
  readonly name: string;
  readonly flag: '--api-only' | '--bare';
  /** Fewer that pass are a new difference: what passed on 2026-11-30, but for those that depend on luck. */
  readonly least: number;
}

const SUITES: readonly Suite[] = [
  { name: 'client', flag: '--api-only', least: 310 },
  { name: 'cache', flag: '--api-only', least: 276 },
  { name: 'builder', flag: '--api-only', least: 72 },
  { name: 'manager', flag: '--api-only', least: 107 },
  { name: 'controller', flag: '--api-only', least: 32 },
  { name: 'controller/controllerutil', flag: '--api-only', least: 60 },
  { name: 'cluster', flag: '--api-only', least: 15 },
  { name: 'handler', flag: '--api-only', least: 96 },
  // Four fail on a real API server too: the suite asks for what it does not make.
  { name: 'source', flag: '--api-only', least: 15 },
  { name: 'client', flag: '--bare', least: 265 },
];

/** Builds a suite, which takes minutes the first time. @returns the program, and the folder to run it in */
function build(name: string): { readonly program: string; readonly folder: string } {
  const sources = path.join(FOLDER, 'sources');
  if (!existsSync(sources)) {
    mkdirSync(FOLDER, { recursive: true });
    const told = execFileSync('go', ['mod', 'download', '-json', `${MODULE}@${VERSION}`], {
      encoding: 'utf8',
    });
    cpSync(/"Dir": "(.*)"/.exec(told)?.[1] ?? '', sources, { recursive: true });
    execFileSync('chmod', ['-R', 'u+w', sources]);
  }
  const program = path.join(FOLDER, `${name.replaceAll('/', '-')}.test`);
  if (!existsSync(program))
    execFileSync('go', ['test', '-c', '-o', program, `./pkg/${name}`], { cwd: sources, stdio: 'inherit' });
  return { program, folder: path.join(sources, 'pkg', name) };
}

/** Runs a suite. @returns how many of its specs passed, and the names of those that did not */
async function specs(program: string, folder: string, kubeconfig: string) {
  const child = spawn(program, ['--ginkgo.no-color', '--ginkgo.succinct'], {
    cwd: folder,
    env: { ...process.env, KUBECONFIG: kubeconfig, USE_EXISTING_CLUSTER: 'true' },
    timeout: SUITE_MS,
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (some: string) => (text += some));
  await new Promise(resolve => child.once('close', resolve));
  // All specs that passed stand in one line, if none failed.
  const [, passed] = /(\d+) Passed/.exec(text) ?? /- (\d+)\/\d+ specs/.exec(text) ?? [];
  const failed = [
    ...new Set([...text.matchAll(/^ {2}\[(?:FAIL|PANICKED|TIMEDOUT)\] (.*)$/gm)].map(([, it]) => it)),
  ];
  return { passed: Number(passed ?? 0), failed };
}

/** Runs a suite on clusters of its own. */
async function run({ name, flag, least }: Suite): Promise<boolean> {
  const { program, folder } = build(name);
  using state = temporaryFolder();
  const own = ['--state-dir', path.join(state.path, 'state')];
  const up = await startCli(['up', 'multi-primary', flag, '--detach', ...own], { cwd: state.path }).ended;
  if (up.code !== 0) throw new Error(`up: ${up.stderr}`);
  try {
    const kubeconfig = path.join(state.path, 'state', 'kubeconfig');
    execFileSync('kubectl', ['--kubeconfig', kubeconfig, 'config', 'use-context', 'cluster1'], {
      stdio: 'ignore',
    });
    const { passed, failed } = await specs(program, folder, kubeconfig);
    const isAsBefore = passed >= least;
    console.log(
      `${isAsBefore ? 'ok' : 'NOT OK'} ${name} (${flag}): ${passed} passed, at least ${least} should`,
    );
    for (const spec of failed) console.log(`  fails: ${spec}`);
    return isAsBefore;
  } finally {
    await startCli(['down', ...own], { cwd: state.path }).ended;
  }
}

const missing = [
  ['go', 'version'],
  ['kubectl', 'options'],
].filter(([program = '', word = '']) => spawnSync(program, [word]).status !== 0);
if (missing.length > 0) console.log(`skipped: no ${missing.map(([program]) => program).join(', ')} on PATH`);
else {
  let differences = 0;
  for (const suite of SUITES) if (!(await run(suite))) differences++;
  console.log(`${SUITES.length} suites of controller-runtime ${VERSION}, ${differences} worse than before`);
  process.exitCode = differences === 0 ? 0 : 1;
}
