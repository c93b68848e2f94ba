/** `mesh-harness status`: its flags. */
import type { Command } from 'commander';
import type { Action } from '../declaration.ts';
import { addStateDirFlag, type StateDirFlags } from './state-dir.flags.ts';

/** Declares `mesh-harness status`. */
export function declareStatus(program: Command, action: Action<[flags: StateDirFlags]>): void {
  const status = program.command('status').description('tell which clusters are up, and whether they answer');
  addStateDirFlag(status)
    .addHelpText('after', '\nExamples:\n  $ mesh-harness status')
    .action((flags: StateDirFlags) => action(flags));
}
