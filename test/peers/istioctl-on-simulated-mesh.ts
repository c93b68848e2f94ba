/**
 * A real istioctl on simulated clusters: each of its commands, held against what it says on a real mesh
 * (`istioctl-commands.ts`). Prints a table; a new difference, or a known one that is no more, is a failure.
 */
import path from 'node:path';
import { execa } from 'execa';
import { startCli, temporaryFolder } from '../support/cli.ts';
import { istioctlAndKubectl } from './istioctl-and-kubectl.ts';
import { COMMANDS, type CommandRow } from './istioctl-commands.ts';

/** Sidecars and gateways that the istiods of a scenario serve. */
const PROXIES = {
  'multi-primary': 6,
  'multi-primary-multi-network': 8,
  'primary-remote': 6,
  'primary-remote-multi-network': 7,
};
const COMMAND_MS = 60_000;

/** What stands for the name of a pod → its namespace and label. */
const PODS = {
  CURL: ['sample', 'app=curl'],
  HELLOWORLD: ['sample', 'app=helloworld'],
  GATEWAY: ['istio-system', 'istio=eastwestgateway'],
  ISTIOD: ['istio-system', 'app=istiod'],
} as const;

/** Puts one text for another wherever it stands. */
type Replace = (text: string) => string;

const replacing =
  (pairs: readonly (readonly [from: string, to: string])[]): Replace =>
  text =>
    pairs.reduce((now, [from, to]) => now.replaceAll(from, to), text);

/** Finds the pods by the API server that istioctl asks. */
async function namesOfPods(env: Readonly<Record<string, string>>) {
  const pairs: [string, string][] = [];
  for (const [word, [namespace, label]] of Object.entries(PODS)) {
    const argv = ['--context', 'cluster1', '-n', namespace, 'get', 'pod', '-l', label];
    const { stdout } = await execa('kubectl', [...argv, '-o', 'jsonpath={.items[0].metadata.name}'], { env });
    pairs.push([word, stdout]);
  }
  return {
    filled: replacing(pairs),
    named: replacing(pairs.map(([word, name]) => [name, word])),
  };
}

/** Runs a command. @returns what differs, one text each */
async function differences(
  { argv, exitCode, says, never = [] }: CommandRow,
  run: (
    argv: readonly string[],
  ) => Promise<{ readonly exitCode: number | undefined; readonly output: string }>,
): Promise<readonly string[]> {
  const ran = await run(argv.split(' '));
  const lines = ran.output.split('\n').map(line => line.trimEnd());
  return [
    ...(ran.exitCode === exitCode ? [] : [`exit ${ran.exitCode} instead of ${exitCode}: ${lines[0] ?? ''}`]),
    ...says
      .filter(each => !lines.some(line => each.test(line.trimStart()) || each.test(line)))
      .map(each => `no ${each.source}`),
    ...never.flatMap(each => lines.filter(line => each.test(line)).map(line => `says ${line}`)),
  ];
}

/** What a row comes to; `isNew` makes the run a failure. */
interface Verdict {
  readonly text: string;
  readonly isNew: boolean;
}

function judge({ known }: CommandRow, found: readonly string[]): Verdict {
  if (found.length > 0)
    return known === undefined ? { text: 'DIFFERS', isNew: true } : { text: `known: ${known}`, isNew: false };
  return known === undefined
    ? { text: 'as on a real mesh', isNew: false }
    : { text: `NO LONGER DIFFERS (${known})`, isNew: true };
}

/** A mesh of `mesh-harness up`, which goes with it, and the istioctl that is asked. */
async function startMesh(scenario: string, program: string) {
  const folder = temporaryFolder();
  const state = ['--state-dir', path.join(folder.path, 'state')];
  const argv = ['up', scenario, '--edition', 'current', '--detach', ...state];
  const { code, stderr } = await startCli(argv, { cwd: folder.path }).ended;
  if (code !== 0) throw new Error(`up: ${stderr}`);
  const env = {
    KUBECONFIG: path.join(folder.path, 'state', 'kubeconfig'),
    PATH: process.env['PATH'] ?? '',
    HOME: folder.path,
  };
  return {
    env,
    istioctl: async (cluster: string, words: readonly string[]) => {
      const how = { env, reject: false, all: true, timeout: COMMAND_MS, cwd: folder.path } as const;
      const ran = await execa(program, ['--context', cluster, ...words], how);
      return { exitCode: ran.exitCode, output: ran.all ?? '' };
    },
    [Symbol.asyncDispose]: async () => {
      await startCli(['down', ...state], { cwd: folder.path }).ended;
      folder[Symbol.dispose]();
    },
  };
}

/**
 * Asks the istiods of a scenario for their proxies. @returns how many there are, and which are not in sync
 */
async function proxiesOf(scenario: string, program: string) {
  await using mesh = await startMesh(scenario, program);
  const proxies: string[] = [];
  for (const cluster of scenario.startsWith('multi') ? ['cluster1', 'cluster2'] : ['cluster1']) {
    const { output } = await mesh.istioctl(cluster, ['proxy-status', '-v', '1']);
    proxies.push(...output.split('\n').filter(line => /\.(sample|istio-system) /.test(line)));
  }
  const isInSync = (line: string) => /SYNCED/.test(line) && !/STALE|NOT SENT|ERROR/.test(line);
  return { count: proxies.length, behind: proxies.filter(line => !isInSync(line)) };
}

const istioctl = await istioctlAndKubectl();
let news = 0;
{
  await using mesh = await startMesh('multi-primary-multi-network', istioctl);
  const { filled, named } = await namesOfPods(mesh.env);
  const { output: version } = await mesh.istioctl('cluster1', ['version', '--remote=false']);
  console.log(`${version.trim()}, multi-primary-multi-network, current`);
  for (const row of COMMANDS) {
    const differing = await differences(row, async words => {
      const ran = await mesh.istioctl('cluster1', words.map(filled));
      return { ...ran, output: named(ran.output) };
    });
    const { text, isNew } = judge(row, differing);
    console.log(`${row.argv}: ${text}`);
    if (isNew) for (const one of differing) console.log(`    ${one}`);
    if (isNew) news++;
  }
}
for (const [scenario, expected] of Object.entries(PROXIES)) {
  const { count, behind } = await proxiesOf(scenario, istioctl);
  console.log(`${scenario}: ${count - behind.length} of ${count} proxies SYNCED, ${expected} expected`);
  for (const line of behind) console.log(`    ${line}`);
  if (count !== expected || behind.length > 0) news++;
}
console.log(news === 0 ? `${COMMANDS.length} commands, nothing new.` : `${news} new differences`);
process.exitCode = news === 0 ? 0 : 1;
