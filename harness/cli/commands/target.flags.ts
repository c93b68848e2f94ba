/** The flags that name clusters with a mesh that is there already: of `verify`. */
import type { Command } from 'commander';
import { collect } from '../flag-values.ts';
import { addStateDirFlag, argvOfStateDir, type StateDirFlags } from './state-dir.flags.ts';

/** Where the clusters are. */
export interface TargetFlags extends StateDirFlags {
  readonly context: readonly string[];
  readonly kubeconfig?: string;
}

/** Adds the flags to a command. */
export function addTargetFlags(command: Command): Command {
  command
    .option(
      '--context <name>',
      'a context of your kubeconfig, or cluster=context (or CTX_CLUSTER1 …; repeatable)',
      collect,
      [],
    )
    .option('--kubeconfig <file>', 'where the contexts are (default: KUBECONFIG, or ~/.kube/config)');
  return addStateDirFlag(command);
}

/** Returns the flags as words of a command line. */
export const argvOfTarget = (flags: TargetFlags): readonly string[] => [
  ...flags.context.flatMap(name => ['--context', name]),
  ...(flags.kubeconfig === undefined ? [] : ['--kubeconfig', flags.kubeconfig]),
  ...argvOfStateDir(flags),
];
