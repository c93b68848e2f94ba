/**
 * Runs all peers, one after the other, and prints a table; ends with 1 if one of them finds a difference.
 *
 * A peer is a program of its own. It says on its last line what it has found, and ends with 0 if that is
 * nothing new; a line `skipped: …` tells why it could not look.
 *
 *   npm run peers -- [--kube-apiserver PATH --etcd PATH] [--kube-controller-manager PATH]
 *     [--kube-scheduler PATH] [--kubectl PATH]
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { systemClock } from '../../harness/base/clock.ts';
import { GIVEN_PROGRAMS } from './control-plane-programs.ts';
import { findReal, PROGRAMS } from './real-programs.ts';

const FOLDER = path.dirname(fileURLToPath(import.meta.url));
const LOADER = path.join(FOLDER, '..', 'support', 'loader.mjs');
const PEERS = [
  'compare-api-server',
  'compare-kubectl',
  'kubernetes-types',
  'istio-names',
  'istio-definitions',
  'istio-validation',
  'istioctl-names',
  'chart-defaults',
  'controller-runtime',
  'java-client',
  'python-clients',
  'envoy-takes-resources',
  'call-through-envoy',
  'compare-discovery',
  'istiod-rules',
  'istiod-serves-meshes',
  'omissions-with-istiod',
  'istioctl-on-simulated-mesh',
  'istioctl-beside-ours',
];
/** The longest, the omission tables, takes half of it or more; what hangs is a failure. */
const DEADLINE_MS = 60 * 60_000;

/** The programs that flags name, by the variables that tell them to the peers. */
function given(): Readonly<Record<string, string>> {
  const names = Object.keys(GIVEN_PROGRAMS);
  const { values } = parseArgs({
    options: Object.fromEntries(names.map(name => [name, { type: 'string' }])) as Record<
      string,
      { type: 'string' }
    >,
  });
  return Object.fromEntries(
    Object.entries(GIVEN_PROGRAMS).flatMap(([name, variable]) => {
      const file = values[name];
      return typeof file === 'string' ? [[variable, path.resolve(file)]] : [];
    }),
  );
}

/** Finds or installs the programs. @returns the variables that name them to the peers */
function programs(): Readonly<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const { name, variable } of PROGRAMS) {
    const found = findReal(name);
    console.log(`${name}: ${'reason' in found ? `none (${found.reason})` : found.version}`);
    if ('path' in found) env[variable] = found.path;
  }
  return env;
}

/** Runs a peer, and prints what it prints. @returns its row of the table */
async function run(peer: string, env: Readonly<Record<string, string>>) {
  console.log(`== ${peer}`);
  const beganMs = systemClock.now();
  const child = spawn(process.execPath, [`--import=${LOADER}`, path.join(FOLDER, `${peer}.ts`)], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: DEADLINE_MS,
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (some: string) => {
    process.stdout.write(some);
    text += some;
  });
  const code = await new Promise(resolve => child.once('close', resolve));
  const last = text.trimEnd().split('\n').at(-1) || `ended with ${code} before it said anything`;
  const wasSkipped = code === 0 && last.startsWith('skipped: ');
  return {
    peer,
    result: code === 0 ? (wasSkipped ? 'skipped' : 'ok') : 'NOT OK',
    seconds: Math.round((systemClock.now() - beganMs) / 1000),
    says: wasSkipped ? last.slice('skipped: '.length) : last,
  };
}

const env = { ...given(), ...programs() };
const rows: Awaited<ReturnType<typeof run>>[] = [];
for (const peer of PEERS) rows.push(await run(peer, env));
console.log('==');
for (const { peer, result, seconds, says } of rows)
  console.log(`${peer.padEnd(28)} ${result.padEnd(8)} ${String(seconds).padStart(4)} s  ${says}`);
process.exitCode = rows.some(({ result }) => result === 'NOT OK') ? 1 : 0;
