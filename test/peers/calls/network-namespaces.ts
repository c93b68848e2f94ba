/**
 * Two network namespaces of Linux for one pod: the pod's own with its address, and what lies around it, where
 * every other address ends. They are joined by a pair of virtual interfaces.
 */
import { spawnSync } from 'node:child_process';
import { captureRules } from './capture-rules.ts';

/** The two namespaces, as `ip netns` calls them. */
export interface PodNamespaces {
  readonly pod: string;
  /**
   * Around the pod: each address is local here, so a listener on 0.0.0.0 gets what the pod sends anywhere.
   */
  readonly around: string;
  remove(): void;
}

let made = 0;

/** @throws Error in the words of `ip` or `iptables-restore` */
export function makePodNamespaces(address: string): PodNamespaces {
  const name = `mesh-harness-${process.pid}-${++made}`;
  const pod = `${name}-pod`;
  const around = `${name}-around`;
  const remove = () => {
    for (const namespace of [pod, around]) spawnSync('ip', ['netns', 'del', namespace]);
  };
  process.once('exit', remove); // if nobody else has done it
  try {
    for (const namespace of [pod, around]) {
      command(`ip netns add ${namespace}`);
      command(`ip -n ${namespace} link set lo up`);
    }
    command(`ip link add name eth0 netns ${pod} type veth peer name pod netns ${around}`);
    command(`ip -n ${pod} addr add ${address}/32 dev eth0`);
    command(`ip -n ${pod} link set eth0 up`);
    command(`ip -n ${pod} route add default dev eth0`);
    command(`ip -n ${around} link set pod up`);
    // Both in the table `local`, where the longer prefix wins: everything ends here but the pod's address.
    command(`ip -n ${around} route add ${address}/32 dev pod table local`);
    command(`ip -n ${around} route add local 0.0.0.0/0 dev lo table local`);
    command(`ip netns exec ${pod} iptables-restore`, captureRules());
  } catch (error) {
    remove();
    throw error;
  }
  return { pod, around, remove };
}

/** Runs a command whose words have no spaces. @throws Error with what it printed */
export function command(line: string, input = ''): void {
  const [program = '', ...args] = line.split(' ');
  const { status, error, stderr } = spawnSync(program, args, { input, encoding: 'utf8' });
  if (error || status !== 0) throw new Error(`${line}: ${error?.message ?? stderr.trim()}`);
}

/** @returns why no such namespaces can be made here; undefined if they can */
export function whyNoNamespaces(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces are for Linux';
  if (process.getuid?.() !== 0) return 'network namespaces with an address of their own need root';
  try {
    makePodNamespaces('192.0.2.1').remove();
    command('setpriv --version');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
