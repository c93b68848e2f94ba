/** Runs kubectl's commands against a server, and keeps what a person would see. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import yaml from 'js-yaml';
import { temporaryFolder } from '../../support/cli.ts';

/** A row of commands that build on each other, in a namespace of their own. */
export interface Scenario {
  readonly scenario: string;
  /** Lines of bash, with kubectl on PATH and its kubeconfig set. */
  readonly commands: readonly string[];
  /** By name, in the folder where the commands run. */
  readonly files?: Readonly<Record<string, string>>;
}

/** What a command has said, without what differs from time to time. */
export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a server's commands have said, by `scenario: number command`. */
export type AllSaid = Readonly<Record<string, Said>>;

const DEADLINE_MS = 60_000;
/** A column that is as wide as its longest cell is no difference, nor is how old something is. */
const RULES: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<uid>'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>'],
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000 UTC/g, '<time>'],
  [/https:\/\/(127\.0\.0\.1|localhost):\d+/g, '<server>'],
  [/\b(127\.0\.0\.1|localhost):\d+/g, '<server>'],
  [/\b10\.(96|255|\d+)\.\d{1,3}\.\d{1,3}\b/g, '<ip>'],
  [/(resourceVersion: ")\d+/g, '$1<rv>'],
  [/"resourceVersion":"\d+"/g, '"resourceVersion":"<rv>"'],
  [/\b(\d+[dhms])+\b(?= ago|\s*$| {2,})/gm, '<age>'],
  [/(?<= )<unknown>$|<invalid>/gm, '<age>'],
  [/^[EWI]\d{4} [\d:.]+ +\d+ /gm, ''],
  [/(kube-api-access)-[a-z0-9]{5}\b/g, '$1-<random>'],
  [/\/tmp\/\S+/g, '<file>'],
  [/[ \t]+/g, ' '],
  [/ +$/gm, ''],
];
const normal = (text: string) =>
  RULES.reduce((left, [pattern, name]) => left.replace(pattern, name), text).trim();

/** All scenarios. */
export function readScenarios(): readonly Scenario[] {
  // A cast: the file is ours.
  return yaml.load(readFileSync(new URL('commands.yaml', import.meta.url), 'utf8')) as Scenario[];
}

/** @returns what it says; the code is null if it had to be ended */
function run(line: string, folder: string, env: Readonly<Record<string, string>>): Promise<Said> {
  const child = spawn('bash', ['-c', line], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: DEADLINE_MS,
  });
  const texts = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      texts[stream] += text;
    });
  return new Promise(resolve => {
    child.once('close', code =>
      resolve({ code, stdout: normal(texts.stdout), stderr: normal(texts.stderr) }),
    );
  });
}

/** Runs a scenario. @returns what its commands have said, in their order */
async function runScenario(
  { scenario, commands, files = {} }: Scenario,
  kubectl: string,
  kubeconfig: string,
): Promise<AllSaid> {
  using own = temporaryFolder();
  const work = path.join(own.path, 'work');
  mkdirSync(work);
  symlinkSync(kubectl, path.join(own.path, 'kubectl'));
  const config = path.join(own.path, 'kubeconfig');
  writeFileSync(config, kubeconfig, { mode: 0o600 });
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(work, name), text);
  const env = {
    PATH: `${own.path}:${process.env['PATH']}`,
    HOME: own.path,
    KUBECONFIG: config,
    GOMAXPROCS: '1',
    KUBE_EDITOR: 'true',
  };
  const namespace = `kc-${scenario}`;
  const silent = (line: string) => run(line, work, env);
  await silent(
    `kubectl delete namespace ${namespace} kc-more --ignore-not-found; kubectl create namespace ${namespace}`,
  );
  await silent(`kubectl config set-context --current --namespace=${namespace}`);
  await silent(
    'until kubectl get serviceaccount default && kubectl get configmap kube-root-ca.crt; do sleep 0.2; done',
  );
  const said: Record<string, Said> = {};
  for (const [index, line] of commands.entries())
    said[`${scenario}: ${index + 1} ${line}`] = await run(line, work, env);
  await silent(`kubectl delete namespace ${namespace} --wait=false`);
  return said;
}

/** Runs all scenarios, two side by side. @param kubectl - its path */
export async function runCommands(kubectl: string, kubeconfig: string): Promise<AllSaid> {
  const scenarios = readScenarios();
  const all: AllSaid[] = [];
  const waiting = scenarios.entries();
  const work = async () => {
    for (const [index, scenario] of waiting) all[index] = await runScenario(scenario, kubectl, kubeconfig);
  };
  await Promise.all([work(), work()]);
  return Object.assign({}, ...all);
}
