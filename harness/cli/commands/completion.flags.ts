/** `mesh-harness completion`: its words. */
import type { Command } from 'commander';
import type { Action } from '../declaration.ts';
import { oneOf } from '../flag-values.ts';

/** The shells whose command lines can be completed. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** Declares `mesh-harness completion SHELL`; its work reads all declarations. */
export function declareCompletion(program: Command, action: Action<[shell: Shell, program: Command]>): void {
  program
    .command('completion')
    .description('print the script that completes command lines of mesh-harness in a shell')
    .argument('<shell>', 'bash, zsh or fish', oneOf(...SHELLS))
    .addHelpText(
      'after',
      `
Examples:
  $ eval "$(mesh-harness completion bash)"
  $ mesh-harness completion fish > ~/.config/fish/completions/mesh-harness.fish`,
    )
    .action((shell: Shell) => action(shell, program));
}
