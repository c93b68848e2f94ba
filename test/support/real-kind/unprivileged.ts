/**
 * kind starts its nodes with --privileged, which asks for every capability that the kernel knows. Where this
 * machine lacks one, a docker command in front of the real one asks for those that there are, and for what
 * else comes with it.
 */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { quoteArgv, quoteWord } from '../../../harness/base/quote.ts';
import { findProgram } from '../../../harness/process/find.ts';
import { docker } from '../docker.ts';

/**
 * By their bits: include/uapi/linux/capability.h. Docker 20.10 knows these; what later ones allow, SYS_ADMIN
 * does.
 */
const CAPABILITIES =
  `CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE
NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE
SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE
AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ`.split(/\s+/);

/** Whether containers may be privileged here: as they are, or with what this machine has. */
export type Privilege = 'privileged' | 'what there is';

/** @returns which way it goes on this machine: a container is started to see it */
export function privilegeHere(image: string): Privilege {
  try {
    docker('run', '--rm', '--privileged', '--entrypoint', '/bin/true', image);
    return 'privileged';
  } catch {
    return 'what there is';
  }
}

/** The capabilities of this process's bounding set; a daemon that this machine has started has the same. */
export function capabilitiesHere(status = readFileSync('/proc/self/status', 'utf8')): readonly string[] {
  const bits = BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  return CAPABILITIES.filter((_, bit) => ((bits >> BigInt(bit)) & 1n) === 1n);
}

/**
 * Writes the command, if it is needed.
 * @returns a search path for kind
 */
export function dockerForKind(folder: string, privilege: Privilege): string {
  const path = process.env['PATH'] ?? '';
  if (privilege === 'privileged') return path;
  const real = quoteWord(findProgram('docker') ?? 'docker');
  const instead = [
    ...capabilitiesHere().map(name => `--cap-add=${name}`),
    '--security-opt=systempaths=unconfined',
    '--device-cgroup-rule=a *:* rwm',
  ];
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'docker');
  const script = `#!/bin/sh
# --privileged of run and exec, without what this machine lacks.
command=$1
for word; do
  shift
  [ "$word" = --privileged ] || { set -- "$@" "$word"; continue; }
  [ "$command" != run ] || set -- "$@" ${quoteArgv(instead)}
done
exec ${real} "$@"
`;
  writeFileSync(file, script);
  chmodSync(file, 0o755);
  return `${folder}:${path}`;
}
