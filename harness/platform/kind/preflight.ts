/**
 * Checks this machine before a run makes anything. It only reads, and returns a finding with advice for each
 * missing thing.
 */
import { readFileSync } from '../../base/disk/disk.ts';
import { parseCidrOrAddress } from '../../base/ipv4.ts';
import { runProcess } from '../../process/run.ts';
import type { Finding } from '../platform.ts';
import { compare, formatLine, type Line, lineOf } from '../version-line.ts';
import type { EngineInfo, EngineNetwork } from './engine/engine.ts';

const ASK_MS = 4000;
const GIB = 2 ** 30;
/** A node with its kube-system, an istiod with lowered requests, gateways and HelloWorld; two of them. */
const MEMORY_BYTES = 4 * GIB;
/**
 * Two clusters with a mesh need more than the default of 128 (kind, docs: "Pod errors due to too many open
 * files").
 */
const INOTIFY_INSTANCES = 256;
const CONNTRACK_ENTRIES = 65_536;
const OLDEST_ENGINE: Line = [20, 10];

const good = (subject: string, found: string): Finding => ({ subject, ok: true, found });
const bad = (subject: string, found: string, fix: string): Finding => ({ subject, ok: false, found, fix });

/** Returns the findings on an engine that answers. */
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
            'Rootless Docker cannot join nodes as they need: use an engine that runs as root.',
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

/**
 * An engine whose default network has IPv6 alone (Docker 28 and later: `EnableIPv4` false) is set up for
 * machines without IPv4, which nodes, routes and load-balancer addresses need here. One that has no default
 * network (`--bridge=none`) can still make others.
 */
export function addressFamilyFinding(networks: readonly Pick<EngineNetwork, 'name' | 'subnets'>[]): Finding {
  const subnets = networks.find(({ name }) => name === 'bridge')?.subnets ?? [];
  return subnets.length > 0 && !subnets.some(subnet => parseCidrOrAddress(subnet) !== undefined)
    ? bad(
        'addresses',
        `the engine's default network has IPv6 alone (${subnets.join(', ')})`,
        'kind clusters are made with IPv4 here: use an engine whose default network has it.',
      )
    : good('addresses', 'IPv4');
}

/** Tells whether the engine runs in a virtual machine: this machine has no route to its networks then. */
export const isInMachine = ({ operatingSystem }: Pick<EngineInfo, 'operatingSystem'>): boolean =>
  process.platform !== 'linux' || /Docker Desktop/i.test(operatingSystem);

/**
 * Checks that the docker command and testcontainers find the same engine: kind works through the command,
 * which follows contexts; the harness through testcontainers.
 */
export async function sameEngine(command: string, info: EngineInfo, signal: AbortSignal): Promise<Finding> {
  const { stdout, stderr, exitCode } = await runProcess(command, ['info', '--format', '{{.ID}}'], {
    timeoutMs: ASK_MS,
    signal,
  });
  const id = stdout.trim();
  if (exitCode !== 0)
    return bad('docker command', stderr.trim(), 'Make sure that `docker info` works for this user.');
  return id === info.id
    ? good('docker command', 'speaks to the same engine')
    : bad(
        'docker command',
        'speaks to another engine than DOCKER_HOST or the default socket',
        'Set DOCKER_HOST to the engine of `docker context show`.',
      );
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

/**
 * Checks the room for connections: every connection of every pod takes an entry on the host (kernel docs,
 * nf_conntrack-sysctl): full, and packets are dropped silently.
 */
export function conntrackFinding(
  read: (file: string) => string = file => readFileSync(file, 'utf8'),
): Finding {
  try {
    const entries = Number(read('/proc/sys/net/netfilter/nf_conntrack_max'));
    return entries < CONNTRACK_ENTRIES
      ? bad(
          'conntrack',
          `${entries} entries`,
          `sysctl -w net.netfilter.nf_conntrack_max=${2 * CONNTRACK_ENTRIES}`,
        )
      : good('conntrack', `${entries} entries`);
  } catch {
    return good('conntrack', 'not on Linux, or the kernel does not track connections yet');
  }
}
