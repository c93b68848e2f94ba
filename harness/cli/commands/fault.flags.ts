/** `mesh-harness fault`: its words and flags, and those of the commands below it. */
import type { Command } from 'commander';
import type { ParameterName } from '../../faults/fault.ts';
import type { Action } from '../declaration.ts';
import { addStateDirFlag, type StateDirFlags } from './state-dir.flags.ts';

/** The flags of `mesh-harness fault`: a flag for each parameter of a fault. */
export interface FaultFlags extends StateDirFlags, Readonly<Partial<Record<ParameterName, string>>> {}

/** The flags of `mesh-harness fault clear`. */
export interface FaultClearFlags extends StateDirFlags {
  readonly all: boolean;
}

/** Declares `mesh-harness fault NAME`. */
export function declareFault(program: Command, action: Action<[name: string, flags: FaultFlags]>): void {
  const fault = program
    .command('fault')
    // What comes after `list` and `clear` is theirs.
    .enablePositionalOptions()
    .description('let something fail in the clusters that are up, until it is cleared')
    .argument('<name>', 'a fault of the catalog: fault list')
    .option('--cluster <name>', 'the cluster that it is about')
    .option('--from <name>', 'the cluster on the other side; all others by default')
    .option('--network <name>', 'the network that it is about')
    .option('--node <name>', 'the node that it is about')
    .option('--ms <n>', 'milliseconds of a delay');
  addStateDirFlag(fault)
    .addHelpText(
      'after',
      `
Examples:
  $ mesh-harness up multi-primary-multi-network --detach
  $ mesh-harness fault list
  $ mesh-harness fault drop-calls --cluster cluster2
  $ mesh-harness fault clear --all
  $ mesh-harness run multi-primary --fault kill-istiod    (and see what is lost, and for how long)`,
    )
    .action((name: string, flags: FaultFlags) => action(name, flags));
}

/** Declares `mesh-harness fault list`. */
export function declareFaultList(fault: Command, action: Action<[flags: StateDirFlags]>): void {
  const list = fault.command('list').description('show the catalog of faults, and those that are in force');
  addStateDirFlag(list)
    .addHelpText('after', '\nExamples:\n  $ mesh-harness fault list')
    .action((flags: StateDirFlags, { parent }: Command) => action({ ...parent?.opts(), ...flags }));
}

/** Declares `mesh-harness fault clear [ID]`. */
export function declareFaultClear(
  fault: Command,
  action: Action<[id: string | undefined, flags: FaultClearFlags]>,
): void {
  const clear = fault
    .command('clear')
    .description('take a fault back, or all of them')
    .argument('[id]', 'of a fault in force, as fault list shows it: drop-calls-1')
    .option('--all', 'take all of them back, the youngest first', false);
  addStateDirFlag(clear)
    .addHelpText(
      'after',
      '\nExamples:\n  $ mesh-harness fault clear drop-calls-1\n  $ mesh-harness fault clear --all',
    )
    .action((id: string | undefined, flags: FaultClearFlags, { parent }: Command) =>
      action(id, { ...parent?.opts(), ...flags }),
    );
}
