/** `mesh-harness matrix`: its words and flags. */
import type { Command } from 'commander';
import type { Action } from '../declaration.ts';
import { collect, oneOf, wholeNumber } from '../flag-values.ts';
import { addKeepReportsFlag, type ReportFlags } from './output.flags.ts';

/** The flags of `mesh-harness matrix`. */
export interface MatrixFlags extends ReportFlags {
  /** Both by default. */
  readonly edition?: string;
  readonly case: readonly string[];
  readonly list: boolean;
  readonly output: 'text' | 'json';
  readonly jobs?: number;
  readonly quiet: boolean;
}

/** Declares `mesh-harness matrix [SCENARIO…]`. */
export function declareMatrix(
  program: Command,
  action: Action<[scenarios: readonly string[], flags: MatrixFlags]>,
): void {
  const matrix = program
    .command('matrix')
    .description(
      'try every known misconfiguration on the simulator: which check catches it, which cause is named',
    )
    .argument('[scenario...]', 'names of scenarios, files of your own; by default the four of the guide')
    .option('--edition <name>', 'of one edition only: 1.8 or current')
    .option('--case <id>', 'only this misconfiguration, or those below it: trust (repeatable)', collect, [])
    .option('--list', 'list the misconfigurations, try none', false)
    .option(
      '--report-dir <dir>',
      'write matrix.json and matrix.md exactly there (default: mesh-harness-report/<id>)',
    );
  addKeepReportsFlag(matrix)
    .option(
      '-o, --output <format>',
      'what goes to standard output: text or json',
      oneOf('text', 'json'),
      'text',
    )
    .option('--jobs <n>', 'threads at once (default: one for each core)', wholeNumber)
    .option('-q, --quiet', 'only results, no progress', false)
    .addHelpText(
      'after',
      `
Examples:
  $ mesh-harness matrix primary-remote --edition current
  $ mesh-harness matrix multi-primary --case remote-secret/bad-token-1
  $ mesh-harness matrix --list

Exit codes: 0 all came out as they must, 1 not all, 2 wrong usage, 130 interrupted.`,
    )
    .action((scenarios: readonly string[], flags: MatrixFlags) => action(scenarios, flags));
}
