/** `mesh-harness doctor`: its flags. */
import type { Command } from 'commander';
import type { Action } from '../declaration.ts';
import { addLookedAtFlags, type LookedAtFlags } from './real.flags.ts';

/** The flags of `mesh-harness doctor`, as the command line has them. */
export interface DoctorFlags extends LookedAtFlags {
  /** By default kind. */
  readonly platform?: string;
  readonly edition?: string;
}

/** Declares `mesh-harness doctor`. */
export function declareDoctor(program: Command, action: Action<[flags: DoctorFlags]>): void {
  const doctor = program
    .command('doctor')
    .description('say what this machine has and lacks for a platform, and what to do about it')
    .option(
      '--platform <name>',
      'kind (default), existing, simulator or auto; MESH_HARNESS_PLATFORM sets another',
    )
    .option('--edition <name>', '1.8 or current: decides which versions are needed');
  addLookedAtFlags(doctor, 'an unpacked Istio release to use')
    .addHelpText('after', '\nExamples:\n  $ mesh-harness doctor\n  $ mesh-harness doctor --offline')
    .action((flags: DoctorFlags) => action(flags));
}
