/** `mesh-harness up`: its words and flags, and how they are written once more. */
import path from 'node:path';
import type { Command } from 'commander';
import type { KubernetesMinor } from '../../base/kubernetes-versions.ts';
import type { Action } from '../declaration.ts';
import { asWord, port } from '../flag-values.ts';
import { addKubernetesFlag, argvOfKubernetes } from './kubernetes.flags.ts';
import { addAllowNotSimulatedFlag, argvOfAllowNotSimulated } from './not-simulated.flags.ts';
import { addStateDirFlag, argvOfStateDir, type StateDirFlags } from './state-dir.flags.ts';

/** The flags of `mesh-harness up`, as the command line has them. */
export interface UpFlags extends StateDirFlags {
  readonly bare: boolean;
  /** API servers alone, without nodes and controllers; nothing is installed. */
  readonly apiOnly: boolean;
  readonly kubernetesVersion?: KubernetesMinor;
  /** By default 1.8; current with a real istiod, or that of the user's istioctl. */
  readonly edition?: string;
  /** An istioctl of the user's: it carries the plan out. */
  readonly istioctl?: string;
  /** The path of a real `pilot-discovery`. */
  readonly istiod?: string;
  /** Security objects that are not simulated are taken, with a warning. */
  readonly allowNotSimulated?: boolean;
  readonly detach: boolean;
  readonly seed: string;
  /** Of the first cluster's API server; the others follow. */
  readonly firstPort?: number;
}

/** Declares `mesh-harness up SCENARIO`. */
export function declareUp(program: Command, action: Action<[scenario: string, flags: UpFlags]>): void {
  const up = program
    .command('up')
    .description(
      'start simulated clusters that stay, and listen on loopback for kubectl, istioctl and other programs',
    )
    .argument('<scenario>', 'name of a scenario, or a file of your own')
    .option('--bare', 'leave the steps of the guide to the user', false)
    .option(
      '--api-only',
      'API servers alone, without nodes and controllers, as envtest has them; nothing is installed',
      false,
    )
    .option(
      '--edition <name>',
      'the guide as of a line of Istio releases: 1.8 or current (default: 1.8, or what the programs need)',
    )
    .option(
      '--istiod <path>',
      'a real pilot-discovery of yours takes the place of our istiod (edition current)',
    )
    .option('--istioctl <file>', 'this istioctl carries the steps out, with the kubectl on PATH')
    .option('--detach', 'run in the background; returns when everything is ready', false);
  addKubernetesFlag(up);
  addAllowNotSimulatedFlag(up);
  addStateDirFlag(up)
    .option(
      '--first-port <n>',
      "port of the first cluster's API server, the others follow (default: free ones)",
      port,
    )
    .option('--seed <n>', 'the same seed gives the same names', '1')
    .addHelpText(
      'after',
      `
Examples:
  $ mesh-harness up multi-primary --bare --detach
  $ mesh-harness up ./one-cluster.yaml --api-only --detach    (to test a controller of yours)
  $ eval "$(mesh-harness env)" && kubectl --context="$CTX_CLUSTER1" get nodes
  $ mesh-harness down`,
    )
    .action((scenario: string, flags: UpFlags) => action(scenario, flags));
}

/** Returns the words of the command line that brings up the same clusters, and stays in the foreground. */
export function argvOfUp(scenario: string, flags: UpFlags): readonly string[] {
  const { bare, apiOnly, kubernetesVersion, edition, istiod, istioctl, seed, firstPort } = flags;
  return [
    'up',
    asWord(scenario),
    ...(bare ? ['--bare'] : []),
    ...(apiOnly ? ['--api-only'] : []),
    ...argvOfKubernetes(kubernetesVersion),
    ...argvOfAllowNotSimulated(flags),
    ...(edition === undefined ? [] : ['--edition', edition]),
    ...(istiod === undefined ? [] : ['--istiod', path.resolve(istiod)]),
    ...(istioctl === undefined ? [] : ['--istioctl', path.resolve(istioctl)]),
    ...['--seed', seed],
    ...argvOfStateDir(flags),
    ...(firstPort === undefined ? [] : ['--first-port', String(firstPort)]),
  ];
}
