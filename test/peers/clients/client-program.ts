/**
 * A program with other people's clients, on simulated clusters and, where one is given, on a real API server:
 * it prints a line for each check (`ok NAME`, `not ok NAME: REASON`, `skip NAME: REASON`).
 */
import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';
import { startCli, temporaryFolder } from '../../support/cli.ts';

/**
 * A kubeconfig of an administrator of a real API server without a kubelet; absent: nobody stands beside ours.
 */
const REAL = process.env['MESH_HARNESS_REAL_KUBECONFIG'];
const PROGRAM_MS = 600_000;

/** What a check came to, by its name. */
type Results = ReadonlyMap<string, string>;

/** Something to install with, or why it cannot be. */
export interface Toolchain {
  /** Programs without which nothing can be tried; each answers to `--version` or `-version`. */
  readonly needs: readonly (readonly [program: string, versionFlag: string])[];
  /** Installs the clients, and builds the program. @returns argv of the program without its arguments */
  install(): readonly string[];
}

/** @returns what is not there */
const missing = ({ needs }: Toolchain): readonly string[] =>
  needs.filter(([program, flag]) => spawnSync(program, [flag]).status !== 0).map(([program]) => program);

/** Runs the program. @param rest - a kubeconfig, a context, and `kubelet` where pods run */
function resultsOf(argv: readonly string[], rest: readonly string[]): Results {
  const [program = '', ...first] = argv;
  const ran = spawnSync(program, [...first, ...rest], { encoding: 'utf8', timeout: PROGRAM_MS });
  const lines = ran.stdout.split('\n').flatMap((line): (readonly [string, string])[] => {
    const [, result = '', said = ''] = /^(ok|not ok|skip) (.*)$/.exec(line) ?? [];
    if (result === '') return [];
    if (result === 'ok') return [[said, result]];
    // A name may have a colon of its own, behind the name of a library.
    const [, name = said, reason = ''] = /^((?:[a-z0-9]+: )?[^:]*): (.*)$/.exec(said) ?? [];
    return [[name, `${result} (${reason})`]];
  });
  if (lines.length === 0) throw new Error(`the program said nothing: ${ran.stderr.slice(0, 2000)}`);
  return new Map(lines);
}

/** Brings simulated clusters up for as long as the program runs. */
async function onSimulated(argv: readonly string[]): Promise<Results> {
  using folder = temporaryFolder();
  const state = ['--state-dir', path.join(folder.path, 'state')];
  const { code, stderr } = await startCli(['up', 'multi-primary', '--bare', '--detach', ...state], {
    cwd: folder.path,
  }).ended;
  if (code !== 0) throw new Error(`up: ${stderr}`);
  try {
    return resultsOf(argv, [path.join(folder.path, 'state', 'kubeconfig'), 'cluster1', 'kubelet']);
  } finally {
    await startCli(['down', ...state], { cwd: folder.path }).ended;
  }
}

/** Asks kubectl which context is the current one. */
const currentContext = (kubeconfig: string): string =>
  execFileSync('kubectl', ['--kubeconfig', kubeconfig, 'config', 'current-context'], {
    encoding: 'utf8',
  }).trim();

/** Runs the program on both sides, and prints a table; what fails on ours alone is a failure. */
export async function compareClients(title: string, toolchain: Toolchain): Promise<void> {
  const absent = missing(toolchain);
  if (absent.length > 0) {
    console.log(`skipped: no ${absent.join(', ')}`);
    return;
  }
  const argv = toolchain.install();
  const simulated = await onSimulated(argv);
  const real = REAL === undefined ? undefined : resultsOf(argv, [REAL, currentContext(REAL)]);
  const width = Math.max(...[...simulated.keys()].map(name => name.length));
  let worse = 0;
  for (const [name, ours] of simulated) {
    const theirs = real?.get(name) ?? '';
    const isWorse = ours.startsWith('not ok') && !theirs.startsWith('not ok');
    if (isWorse) worse += 1;
    const beside = real ? `  real: ${theirs || '-'}` : '';
    console.log(`${isWorse ? 'DIFFERS ' : '        '}${name.padEnd(width)}  simulated: ${ours}${beside}`);
  }
  const passed = [...simulated.values()].filter(result => result === 'ok').length;
  const other = real && [...real.values()].filter(result => result === 'ok').length;
  const beside = other === undefined ? '' : `; ${other} on the real API server, without a kubelet`;
  console.log(`${title}: ${passed} of ${simulated.size} checks pass on simulated clusters${beside}`);
  process.exitCode = worse > 0 ? 1 : 0;
}
