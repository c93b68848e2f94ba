/** `mesh-harness clean`: its flags. */
import type { Command } from 'commander';
import type { Action } from '../declaration.ts';

/** The flags of `mesh-harness clean`. */
export interface CleanFlags {
  readonly cache: boolean;
  /** Also the reports in the working folder. */
  readonly reports: boolean;
}

/** Declares `mesh-harness clean`. */
export function declareClean(program: Command, action: Action<[flags: CleanFlags]>): void {
  program
    .command('clean')
    .description(
      'remove what killed or kept runs and killed worlds have left; what goes on, and what is not ours, stays',
    )
    .option('--cache', 'also remove the cache of images', false)
    .option('--reports', 'also remove the reports in mesh-harness-report/, which else are counted', false)
    .addHelpText('after', '\nExamples:\n  $ mesh-harness clean')
    .action((flags: CleanFlags) => action(flags));
}
