/** `mesh-harness env`: its flags. */
import type { Command } from 'commander';
import type { Action } from '../declaration.ts';
import { addStateDirFlag, type StateDirFlags } from './state-dir.flags.ts';

/** Declares `mesh-harness env`. */
export function declareEnv(program: Command, action: Action<[flags: StateDirFlags]>): void {
  const env = program
    .command('env')
    .description(
      'print the variables of the guide for the clusters that are up, for eval "$(mesh-harness env)"',
    );
  addStateDirFlag(env)
    .addHelpText('after', '\nExamples:\n  $ eval "$(mesh-harness env)"')
    .action((flags: StateDirFlags) => action(flags));
}
