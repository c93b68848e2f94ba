/** `mesh-harness doctor`: its flags. */
import type { Command } from 'commander';
import type { Action } from '../declaration.ts';
import { addRealFlags, type RealFlags } from './real.flags.ts';

/** The flags of `mesh-harness doctor`, as the command line has them. */
export interface DoctorFlags extends RealFlags {
  readonly platform: string;
  readonly edition?: string;
}

/** Declares `mesh-harness doctor`. */
export function declareDoctor(program: Command, action: Action<[flags: DoctorFlags]>): void {
  const doctor = program
    .command('doctor')
    .description('say what this machine has and lacks for a platform, and what to do about it')
    .option('--platform <name>', 'kind, existing or simulator', 'kind')
    .option('--edition <name>', '1.8 or current: decides which versions are needed');
  addRealFlags(doctor)
    .addHelpText('after', '\nExamples:\n  $ mesh-harness doctor\n  $ mesh-harness doctor --offline')
    .action((flags: DoctorFlags) => action(flags));
}
