/** Asks a kind, and masks in its answers what differs from machine to machine and from run to run. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { dump } from 'js-yaml';
import { sleep, systemClock } from '../../../harness/base/clock.ts';
import { KIND_CLUSTER_LABEL } from '../../../harness/platform/kind/labels.ts';
import { docker } from '../docker.ts';
import { type NodeAsSeen, seenNodes } from './node-as-seen.ts';
import { kubeadmGivesUp, type Trial } from './node-programs.ts';
import { CLUSTERS, QUESTIONS, type Question } from './questions.ts';

/** A kind that can be asked. */
export interface AskedKind {
  readonly file: string;
  /** Search path of the program. */
  readonly path: string;
  /** Of a docker network that is there; another than kind's own, which other programs may have. */
  readonly network: string;
  readonly runId: string;
  /** With images.tar and broken.tar. */
  readonly folder: string;
  readonly image: (trial: Trial) => string;
  /** Called before each question. */
  readonly before?: (question: Question) => void;
}

export interface Answer {
  readonly exitCode: number;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  readonly nodes?: readonly NodeAsSeen[];
  readonly files?: readonly string[];
}

/** @returns question's name → answer */
export async function askAll(kind: AskedKind): Promise<Record<string, Answer>> {
  const answers: Record<string, Answer> = {};
  try {
    for (const question of QUESTIONS) answers[question.about] = await ask(kind, question);
  } finally {
    for (const name of CLUSTERS) {
      const left = docker('ps', '-aq', '--filter', `label=${KIND_CLUSTER_LABEL}=${nameOf(kind, name)}`);
      if (left !== '') docker('rm', '-f', '-v', ...left.split('\n'));
    }
  }
  return answers;
}

const nameOf = ({ runId }: AskedKind, cluster: string): string => `mh-${runId}-${cluster}`;

async function ask(kind: AskedKind, question: Question): Promise<Answer> {
  const { words, config, env = {}, afterwards, afterTheEndOf } = question;
  kind.before?.(question);
  if (afterTheEndOf !== undefined) await ended(nameOf(kind, afterTheEndOf));
  const file = join(kind.folder, 'config.yaml');
  if (config !== undefined) writeFileSync(file, configText(kind, config));
  const argv = words
    .split(' ')
    .filter(word => word !== '')
    .map(word =>
      word
        .replace('{config}', file)
        .replace('{folder}', kind.folder)
        .replace(/\{(cluster\d)\}/, (_, cluster: string) => nameOf(kind, cluster)),
    );
  const said = await run(kind, argv, env);
  const stdout = masked(kind, said.stdout);
  return {
    exitCode: said.exitCode,
    stdout: question.isUnordered ? [...stdout].sort() : stdout,
    stderr: masked(kind, said.stderr),
    ...(afterwards &&
      'inspect' in afterwards && {
        nodes: seenNodes(nameOf(kind, afterwards.inspect), text => mask(kind, text)),
      }),
    ...(afterwards && 'list' in afterwards && { files: listed(kind, join(kind.folder, afterwards.list)) }),
  };
}

function configText({ image, folder, runId }: AskedKind, config: NonNullable<Question['config']>): string {
  if ('text' in config) return config.text;
  const { cluster, trial, workers = 0, hasMounts = false } = config;
  const node = {
    image: config.image ?? image(trial),
    ...(hasMounts && {
      extraMounts: [{ hostPath: folder, containerPath: '/etc/containerd/certs.d', readOnly: true }],
    }),
  };
  return dump({
    kind: 'Cluster',
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    name: `mh-${runId}-${cluster}`,
    networking: {
      ipFamily: 'ipv4',
      apiServerAddress: '127.0.0.1',
      podSubnet: '10.10.0.0/16',
      serviceSubnet: '10.96.0.0/16',
    },
    nodes: [
      { role: 'control-plane', ...node },
      ...Array.from({ length: workers }, () => ({ role: 'worker', ...node })),
    ],
  });
}

interface Said {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const PROXY_VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

async function run(kind: AskedKind, argv: readonly string[], env: Question['env']): Promise<Said> {
  const own = Object.entries(process.env).filter(
    ([name]) => !PROXY_VARIABLES.includes(name) && name !== 'KUBECONFIG',
  );
  const child = spawn(kind.file, [...argv], {
    cwd: kind.folder,
    env: {
      ...Object.fromEntries(own),
      PATH: kind.path,
      KIND_EXPERIMENTAL_PROVIDER: 'docker',
      KIND_EXPERIMENTAL_DOCKER_NETWORK: kind.network,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      texts[stream] += text;
    });
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => resolve(code ?? -1));
  });
  return { exitCode, ...texts };
}

/** The container's restart policy starts it once more (real-kind-2026-11, section 4). */
async function ended(cluster: string): Promise<void> {
  const states = () =>
    docker('ps', '-a', '--filter', `label=${KIND_CLUSTER_LABEL}=${cluster}`, '--format', '{{.State}}');
  for (let quiet = 0; quiet < 3; quiet = /^exited$/.test(states()) ? quiet + 1 : 0)
    await sleep(systemClock, 300);
}

function listed(kind: AskedKind, folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => mask(kind, relative(folder, join(entry.parentPath ?? entry.path, entry.name))))
    .map(name => name.replace(/journal\/[0-9a-f]{32}\//, 'journal/ID/'))
    .sort();
}

/** What kubeadm says is the same for every kind: its 170 lines become a word. */
const withoutKubeadm = ({ runId }: AskedKind, text: string): string =>
  CLUSTERS.flatMap(cluster => ['control-plane', 'worker'].map(role => `${cluster}-${role}`)).reduce(
    (rest, node) => rest.replace(kubeadmGivesUp(`mh-${runId}-${node}`).trimEnd(), 'KUBEADM GIVES UP'),
    text,
  );

/** kind's own list of farewells: pkg/cluster/internal/create/create.go @v0.33.0. */
const FAREWELL =
  /^(?:Have a nice day!|Thanks for using kind!|Not sure what to do next\?|Have a question, bug)/;

function masked(kind: AskedKind, text: string): readonly string[] {
  if (text === '') return [];
  return mask(kind, withoutKubeadm(kind, text))
    .replace(/\n$/, '')
    .split('\n')
    .map(line => (FAREWELL.test(line) ? 'FAREWELL' : line));
}

function mask({ folder, runId, network }: AskedKind, text: string): string {
  return text
    .replaceAll(folder, 'FOLDER')
    .replaceAll(network, 'NETWORK')
    .replaceAll(`mh-${runId}-`, 'RUN-')
    .replaceAll(/mesh-harness-test:[\w-]+/g, 'IMAGE')
    .replaceAll(/\bgo1\.[\d.]+ \w+\/\w+/g, 'GO')
    .replaceAll(/(?:\d+\.){3}\d+\/(?:16|20|24)\b(?=,RUN-|,10\.10|,)/g, range =>
      /^10\.(?:10|96)\./.test(range) ? range : 'SUBNET',
    )
    .replaceAll(/\["[^\]\n]*"\]/g, list => `[${list.slice(1, -1).split(' ').sort().join(' ')}]`)
    .replaceAll(
      /^ERROR: \[(.*)\]$/gm,
      (_, list: string) =>
        `ERROR: [${list
          .split(/, (?=command|\[)/)
          .sort()
          .join(', ')}]`,
    )
    .replaceAll(/Error response from daemon: .*/g, 'Error response from daemon: WORDS');
}
