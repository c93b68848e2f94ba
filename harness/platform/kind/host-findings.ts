/** What nodes need of the kernel that they share with this machine: cgroups and capabilities. */
import { readdirSync, readFileSync } from '../../base/disk/disk.ts';
import type { Finding } from '../platform.ts';
import { compare, type Line, lineOf } from '../version-line.ts';
import type { EngineInfo } from './engine/engine.ts';
import { isInMachine } from './preflight.ts';

/** From this line on kubelets refuse cgroup v1, unless `failCgroupV1` says otherwise. */
const WITHOUT_CGROUP_V1: Line = [1, 35];
/** From then on a privileged container gets only what the engine has (moby/moby#42933). */
const GIVES_WHAT_IT_HAS: Line = [23, 0];
/** Older engines know none of the later ones: PERFMON, BPF, CHECKPOINT_RESTORE (moby/moby#41563). */
const LAST_OF_OLD_ENGINES = 37;

/** By their bits: capability.h of the kernel. */
const CAPABILITIES = [
  ...['CHOWN', 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID', 'SETPCAP'],
  ...[
    'LINUX_IMMUTABLE',
    'NET_BIND_SERVICE',
    'NET_BROADCAST',
    'NET_ADMIN',
    'NET_RAW',
    'IPC_LOCK',
    'IPC_OWNER',
  ],
  ...[
    'SYS_MODULE',
    'SYS_RAWIO',
    'SYS_CHROOT',
    'SYS_PTRACE',
    'SYS_PACCT',
    'SYS_ADMIN',
    'SYS_BOOT',
    'SYS_NICE',
  ],
  ...['SYS_RESOURCE', 'SYS_TIME', 'SYS_TTY_CONFIG', 'MKNOD', 'LEASE', 'AUDIT_WRITE', 'AUDIT_CONTROL'],
  ...['SETFCAP', 'MAC_OVERRIDE', 'MAC_ADMIN', 'SYSLOG', 'WAKE_ALARM', 'BLOCK_SUSPEND', 'AUDIT_READ'],
  ...['PERFMON', 'BPF', 'CHECKPOINT_RESTORE'],
];
/** What a node's containerd, kubelet and kube-proxy cannot do without. */
const NEEDED = ['SYS_ADMIN', 'NET_ADMIN', 'SYS_RESOURCE', 'MKNOD', 'SYS_CHROOT', 'SYS_PTRACE'];
const DAEMONS = ['dockerd', 'containerd'];

/** How /proc is read; tests have one of their own. */
export interface Proc {
  readonly read: (file: string) => string;
  readonly list: () => readonly string[];
}

const PROC: Proc = {
  read: file => readFileSync(`/proc/${file}`, 'utf8'),
  list: () => readdirSync('/proc'),
};

/**
 * Judges the engine's cgroups by the Kubernetes of the nodes: `v1.37.2`. A node image can have settings of
 * its own, so a run is not refused for it.
 */
function cgroupFinding({ cgroupVersion }: Pick<EngineInfo, 'cgroupVersion'>, nodeVersion: string): Finding {
  const subject = 'cgroup';
  if (cgroupVersion === undefined) return { subject, ok: true, found: 'the engine does not say' };
  if (cgroupVersion !== '1') return { subject, ok: true, found: `v${cgroupVersion}` };
  const line = lineOf(nodeVersion);
  if (!line || compare(line, WITHOUT_CGROUP_V1) < 0) {
    const found = 'v1, which Kubernetes up to 1.34 still takes; a later kind will not (its own warning)';
    return { subject, ok: true, found };
  }
  return {
    subject,
    ok: false,
    found: `v1, which kubelets of Kubernetes ${nodeVersion} refuse`,
    fix: [
      'Boot this machine with cgroup v2 (systemd.unified_cgroup_hierarchy=1),',
      'or take a node image of Kubernetes 1.34 or older: --node-image.',
    ].join(' '),
  };
}

/**
 * Finds capabilities of the kernel that the engine lacks, by the bounding sets of its daemons: what they lack
 * no container can have. Those of engines inside of containers do not count.
 */
function capabilityFinding(info: EngineInfo, proc: Proc): Finding {
  const subject = 'capabilities';
  const unseen = { subject, ok: true, found: 'the engine is not to be seen from here' };
  if (isInMachine(info)) return unseen;
  const sets = boundingSets(proc);
  const last = kernelsLast(proc);
  if (sets.length === 0 || last === undefined) return unseen;
  const isOld = compare(lineOf(info.version) ?? GIVES_WHAT_IT_HAS, GIVES_WHAT_IT_HAS) < 0;
  const asked = CAPABILITIES.slice(0, 1 + (isOld ? Math.min(last, LAST_OF_OLD_ENGINES) : last));
  const missing = asked.filter((_, bit) => sets.some(set => ((set >> BigInt(bit)) & 1n) === 0n));
  if (missing.length === 0) return { subject, ok: true, found: 'the engine has all that the kernel knows' };
  const found = `the engine lacks ${missing.map(name => `CAP_${name}`).join(', ')}`;
  if (!isOld && !missing.some(name => NEEDED.includes(name))) return { subject, ok: true, found };
  return {
    subject,
    ok: false,
    found,
    fix: [
      isOld
        ? `A node is a privileged container, and Docker ${info.version} asks for every capability for it`
        : 'Nodes cannot do without',
      'take an engine that has them all.',
    ].join(': '),
  };
}

/** Reads CapBnd (proc(5)) of the daemons in this process's own namespace of processes. */
function boundingSets({ read, list }: Proc): readonly bigint[] {
  return unlessUnreadable(list, []).flatMap(pid => {
    if (!/^\d+$/.test(pid)) return [];
    if (!DAEMONS.includes(unlessUnreadable(() => read(`${pid}/comm`), '').trim())) return [];
    const status = unlessUnreadable(() => read(`${pid}/status`), '');
    const [, bits] = /^CapBnd:\s*([0-9a-f]+)$/m.exec(status) ?? [];
    const isInner = /^NSpid:\s*\d+\s+\d/m.test(status);
    return bits === undefined || isInner ? [] : [BigInt(`0x${bits}`)];
  });
}

function kernelsLast({ read }: Proc): number | undefined {
  const last = Number.parseInt(
    unlessUnreadable(() => read('sys/kernel/cap_last_cap'), ''),
    10,
  );
  return Number.isNaN(last) ? undefined : last;
}

/** A process may end while it is read, and there may be no /proc. */
function unlessUnreadable<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

/**
 * Judges what the engine's machine has for nodes.
 * @param nodeVersion - the Kubernetes of the node image; empty if it is not known
 */
export const hostFindings = (
  info: EngineInfo,
  nodeVersion: string,
  proc: Proc = PROC,
): readonly [Finding, Finding] => [cgroupFinding(info, nodeVersion), capabilityFinding(info, proc)];
