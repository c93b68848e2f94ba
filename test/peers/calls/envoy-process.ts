/** Starts a real Envoy in a pod's network namespace, as the user whose traffic the rules let through. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { PROXY_UID } from '../../../harness/simulator/istio/envoy/environment/environment.ts';

/** How Envoy is started. */
export interface EnvoyCommand {
  /** Envoy's path. */
  readonly program: string;
  /** Of the pod. */
  readonly namespace: string;
  /** The bootstrap's file. */
  readonly bootstrap: string;
  readonly workers: number;
}

const argvOf = ({ program, namespace, bootstrap, workers }: EnvoyCommand): readonly string[] => [
  ...['netns', 'exec', namespace],
  ...[
    'setpriv',
    '--reuid',
    String(PROXY_UID),
    '--regid',
    String(PROXY_UID),
    '--clear-groups',
    '--pdeathsig',
    'KILL',
  ],
  ...[program, '-c', bootstrap, '--concurrency', String(workers), '--disable-hot-restart'],
  ...['--log-level', 'warning', '--log-format', '%l %n %v'],
];

/** @returns Envoy's process; its log is on standard error */
export const startEnvoy = (command: EnvoyCommand): ChildProcess =>
  spawn('ip', argvOf(command), { stdio: ['ignore', 'ignore', 'pipe'] });

/** Lets Envoy check a configuration. @returns why it refuses it; undefined if it takes it */
export function validate(command: EnvoyCommand): string | undefined {
  const argv = [...argvOf(command), '--mode', 'validate'];
  const { status, stderr } = spawnSync('ip', argv, { encoding: 'utf8' });
  return status === 0 ? undefined : stderr.trim();
}
