/** `mesh-harness diagnose`: its words and flags. */
import type { Command } from 'commander';
import type { Action } from '../declaration.ts';
import { oneOf } from '../flag-values.ts';
import { addTargetFlags, type TargetFlags } from './target.flags.ts';

/** The flags of `mesh-harness diagnose`. */
export interface DiagnoseFlags extends TargetFlags {
  /** By default that of what is up, or the one that fits the istiod that is there. */
  readonly edition?: string;
  readonly output: 'text' | 'json';
}

/** Declares `mesh-harness diagnose [SCENARIO]`. */
export function declareDiagnose(
  program: Command,
  action: Action<[scenario: string | undefined, flags: DiagnoseFlags]>,
): void {
  const diagnose = program
    .command('diagnose')
    .description('find the first broken link that calls between clusters hang on; it only reads')
    .argument('[scenario]', 'what the mesh is meant to be (default: what is up, or what the clusters say)');
  addTargetFlags(diagnose)
    .option('--edition <name>', 'the guide whose steps are named: 1.8 or current (default: by its istiod)')
    .option('-o, --output <format>', 'text or json', oneOf('text', 'json'), 'text')
    .addHelpText(
      'after',
      `
Examples:
  $ mesh-harness diagnose                                     (the clusters that are up)
  $ mesh-harness diagnose --context east --context west`,
    )
    .action((scenario: string | undefined, flags: DiagnoseFlags) => action(scenario, flags));
}
