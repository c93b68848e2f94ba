/** `mesh-harness down`: its flags. */
import type { Command } from 'commander';
import type { Action } from '../declaration.ts';
import { addStateDirFlag, type StateDirFlags } from './state-dir.flags.ts';

/** Declares `mesh-harness down`. */
export function declareDown(program: Command, action: Action<[flags: StateDirFlags]>): void {
  const down = program.command('down').description('end the clusters that are up, and remove their state');
  addStateDirFlag(down)
    .addHelpText('after', '\nExamples:\n  $ mesh-harness down')
    .action((flags: StateDirFlags) => action(flags));
}
