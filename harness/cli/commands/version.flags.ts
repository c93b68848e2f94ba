/** `mesh-harness version`. */
import type { Command } from 'commander';
import type { Action } from '../declaration.ts';

/** Declares `mesh-harness version`. */
export function declareVersion(program: Command, action: Action<[]>): void {
  program
    .command('version')
    .description(
      'print the version of mesh-harness, of Node, and of the Istio releases that the editions describe',
    )
    .addHelpText('after', '\nExamples:\n  $ mesh-harness version')
    .action(() => action());
}
