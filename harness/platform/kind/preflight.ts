/** What this machine must have before a run makes anything: read only, and each thing missing is a finding with what to do. */
import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { messageOf } from '../../base/errors.ts';
import { findProgram } from '../../process/find.ts';
import { runProcess } from '../../process/run.ts';
import type { Finding } from '../platform.ts';
import { describeFound, type ProgramOptions } from '../programs.ts';
import { compare, formatLine, KIND, KUBECTL_SKEW, type Line, lineOf, type VersionWindow } from '../versions.ts';
import type { Engine, EngineInfo } from './engine.ts';

const ASK_MS = 4000;
const GIB = 2 ** 30;
/** A node with its kube-system, an istiod with lowered requests, gateways and HelloWorld; two of them. */
const MEMORY_BYTES = 4 * GIB;
const DISK_BYTES = 8 * GIB;
/** Two clusters with a mesh need more than the default of 128 (kind, docs: "Pod errors due to too many open files"). */
const INOTIFY_INSTANCES = 256;
const CONNTRACK_ENTRIES = 65_536;
const OLDEST_ENGINE: Line = [20, 10];

const good = (subject: string, found: string): Finding => ({ subject, ok: true, found });
const bad = (subject: string, found: string, fix: string): Finding => ({ subject, ok: false, found, fix });

/** The findings on an engine that answers. */
export function judgeEngine(info: EngineInfo): readonly Finding[] {
  const { version, cpus, memoryBytes, kind, isRootless, filtersBridges } = info;
  const line = lineOf(version);
  const memory = `${(memoryBytes / GIB).toFixed(1)} GiB of memory, ${cpus} processors`;
  return [
    kind === 'podman'
      ? bad('engine', `podman ${version}`, 'podman has not been tried here: install Docker.')
      : isRootless
        ? bad(
            'engine',
            `rootless Docker ${version}`,
            'Rootless Docker can not join nodes as they need: use an engine that runs as root.',
          )
        : line && compare(line, OLDEST_ENGINE) < 0
          ? bad('engine', `Docker ${version}`, `kind needs Docker ${formatLine(OLDEST_ENGINE)} or newer.`)
          : good('engine', `Docker ${version}`),
    filtersBridges === false
      ? bad(
          'bridge filter',
          'bridged packets pass the packet filter by',
          'modprobe br_netfilter && sysctl -w net.bridge.bridge-nf-call-iptables=1: without it pods of different networks may reach each other.',
        )
      : good(
          'bridge filter',
          filtersBridges === undefined ? 'the engine does not say' : 'bridged packets are filtered',
        ),
    memoryBytes < MEMORY_BYTES
      ? bad(
          'machine',
          memory,
          `Two clusters need ${MEMORY_BYTES / GIB} GiB; give Docker more, or close other programs.`,
        )
      : good('machine', memory),
  ];
}

/** The engine runs in a virtual machine: this machine has no route to its networks. */
export const isInMachine = ({ operatingSystem }: Pick<EngineInfo, 'operatingSystem'>): boolean =>
  process.platform !== 'linux' || /Docker Desktop/i.test(operatingSystem);

export interface DoctorOptions extends ProgramOptions {
  readonly window: VersionWindow;
  readonly connect: () => Promise<Engine>;
}

/** Everything, side by side; within five seconds where nothing hangs. */
export async function kindDoctor(options: DoctorOptions): Promise<readonly Finding[]> {
  const parts = await Promise.all([
    engineFindings(options),
    programFindings(options),
    diskFinding(options.cache),
    Promise.resolve([inotifyFinding(), conntrackFinding()]),
  ]);
  return parts.flat();
}

async function engineFindings({ connect, path, signal }: DoctorOptions): Promise<readonly Finding[]> {
  const command = findProgram('docker', path);
  if (command === undefined)
    return [bad('engine', 'no docker on PATH', 'Install Docker: kind works through the docker command.')];
  let info: EngineInfo;
  try {
    info = await (await within(connect(), ASK_MS)).info();
  } catch (error) {
    return [bad('engine', messageOf(error), 'Start Docker, and make sure that `docker info` works for this user.')];
  }
  return [...judgeEngine(info), await sameEngine(command, info, signal)];
}

/** kind works through the docker command, which follows contexts; we through what testcontainers finds. They must be one. */
export async function sameEngine(command: string, info: EngineInfo, signal: AbortSignal): Promise<Finding> {
  const { stdout, stderr, exitCode } = await runProcess(command, ['info', '--format', '{{.ID}}'], {
    timeoutMs: ASK_MS,
    signal,
  });
  const id = stdout.trim();
  if (exitCode !== 0) return bad('docker command', stderr.trim(), 'Make sure that `docker info` works for this user.');
  return id === info.id
    ? good('docker command', 'speaks to the same engine')
    : bad(
        'docker command',
        'speaks to another engine than DOCKER_HOST or the default socket',
        'Set DOCKER_HOST to the engine of `docker context show`.',
      );
}

async function programFindings(options: DoctorOptions): Promise<readonly Finding[]> {
  const { window, offline } = options;
  const server = lineOf(window.nodeVersion) ?? [1, 0];
  const istio = lineOf(window.istio) ?? [0, 0];
  const programs = [
    ['kind', (line: Line) => compare(line, KIND.oldest) >= 0, `${formatLine(KIND.oldest)} or newer`, KIND.fetched],
    [
      'kubectl',
      (line: Line) => Math.abs(line[1] - server[1]) <= KUBECTL_SKEW,
      `${formatLine(server)}, or a minor version beside it`,
      window.nodeVersion,
    ],
    ['istioctl', (line: Line) => compare(line, istio) === 0, `${formatLine(istio)}`, window.istio],
  ] as const;
  return await Promise.all(
    programs.map(async ([name, isGood, wanted, fetched]) => {
      const found = await describeFound(name, isGood, options);
      if (found) return good(name, `${found.version} (${found.file})`);
      const there = findProgram(name, options.path) === undefined ? 'not on PATH' : `not ${wanted}`;
      return offline
        ? bad(name, there, `Install ${name} ${wanted}, or leave --offline out: ${fetched} is fetched then.`)
        : good(name, `${there}; ${fetched} is fetched at the first run, or taken from the cache`);
    }),
  );
}

async function diskFinding(folder: string): Promise<Finding> {
  for (let at = folder; ; at = at.replace(/\/[^/]*$/, '') || '/') {
    try {
      const { bavail, bsize } = await statfs(at);
      const free = bavail * bsize;
      const found = `${(free / GIB).toFixed(0)} GiB free`;
      return free < DISK_BYTES
        ? bad('disk', found, `Images and nodes need ${DISK_BYTES / GIB} GiB: docker system prune frees space.`)
        : good('disk', found);
    } catch (error) {
      if (at === '/') return bad('disk', messageOf(error), 'The folder of the cache can not be asked.');
    }
  }
}

export function inotifyFinding(read: (file: string) => string = file => readFileSync(file, 'utf8')): Finding {
  try {
    const instances = Number(read('/proc/sys/fs/inotify/max_user_instances'));
    return instances < INOTIFY_INSTANCES
      ? bad(
          'inotify',
          `${instances} instances`,
          'sysctl -w fs.inotify.max_user_instances=512 fs.inotify.max_user_watches=524288',
        )
      : good('inotify', `${instances} instances`);
  } catch {
    return good('inotify', 'not on Linux: Docker runs in a machine of its own');
  }
}

/** Every connection of every pod takes an entry on the host (kernel docs, nf_conntrack-sysctl): full, and packets are dropped silently. */
export function conntrackFinding(read: (file: string) => string = file => readFileSync(file, 'utf8')): Finding {
  try {
    const entries = Number(read('/proc/sys/net/netfilter/nf_conntrack_max'));
    return entries < CONNTRACK_ENTRIES
      ? bad('conntrack', `${entries} entries`, `sysctl -w net.netfilter.nf_conntrack_max=${2 * CONNTRACK_ENTRIES}`)
      : good('conntrack', `${entries} entries`);
  } catch {
    return good('conntrack', 'not on Linux, or the kernel does not track connections yet');
  }
}

async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  const late = AbortSignal.timeout(ms);
  return await Promise.race([
    work,
    new Promise<never>((_resolve, reject) => {
      late.addEventListener('abort', () => reject(new Error(`no answer within ${ms / 1000} s`)), { once: true });
    }),
  ]);
}
