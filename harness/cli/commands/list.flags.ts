/** `mesh-harness list`: its flags. */
import type { Command } from 'commander';
import type { Action } from '../declaration.ts';
import { oneOf } from '../flag-values.ts';

/** The flags of `mesh-harness list`. */
export interface ListFlags {
  readonly format: 'text' | 'json';
  /** Lists the checks instead. */
  readonly checks: boolean;
}

/** Declares `mesh-harness list`. */
export function declareList(program: Command, action: Action<[flags: ListFlags]>): void {
  program
    .command('list')
    .description('list the scenarios, and the editions of the guide; or the checks')
    .option('--checks', 'list the checks: what each claims, and whom it is about', false)
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .addHelpText('after', '\nExamples:\n  $ mesh-harness list\n  $ mesh-harness list --checks')
    .action((flags: ListFlags) => action(flags));
}
