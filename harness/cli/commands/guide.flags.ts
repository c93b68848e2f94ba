/** `mesh-harness guide`: what its commands stand below. */
import type { Command } from 'commander';

/** Declares `mesh-harness guide`, which does nothing without a command of its own. */
export const declareGuide = (program: Command): Command =>
  program
    .command('guide')
    .description('read the pages of a guide: print its steps, or find mistakes in it')
    .addHelpText(
      'after',
      '\nExamples:\n  $ mesh-harness guide plan install.md --tab primary-remote\n  $ mesh-harness guide ' +
        'lint install.md\n  $ mesh-harness guide lint --fix install.md',
    );
