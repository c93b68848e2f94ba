/** `mesh-harness guide lint` and `guide rules`: their words and flags. */
import type { Command } from 'commander';
import type { Action } from '../declaration.ts';
import { oneOf } from '../flag-values.ts';
import { addVarFlag } from './guide-choice.flags.ts';

/** The flags of `mesh-harness guide lint`. */
export interface GuideLintFlags {
  readonly format: 'text' | 'json' | 'sarif' | 'github';
  readonly edition: string;
  readonly var: readonly string[];
  /** Writes the safe mends into the files. */
  readonly fix: boolean;
  /** Shows what `fix` would write, and writes nothing. */
  readonly dryRun: boolean;
}

/** Declares `mesh-harness guide lint FILE…`. */
export function declareGuideLint(
  guide: Command,
  action: Action<[files: readonly string[], flags: GuideLintFlags]>,
): void {
  const lint = guide
    .command('lint')
    .description('find mistakes in the pages of a guide, without a cluster')
    .argument('<files...>', 'Markdown pages, in the order in which they are followed')
    .option('--edition <name>', 'the release to check against: 1.8 or current', '1.8');
  addVarFlag(lint)
    .option('--fix', 'make the mends that are safe, and show them as a diff', false)
    .option('--dry-run', 'show what --fix would write, and write nothing', false)
    .option(
      '--format <format>',
      'text, json, sarif or github',
      oneOf('text', 'json', 'sarif', 'github'),
      'text',
    )
    .addHelpText(
      'after',
      '\nThe exit code is 1 if there are errors; warnings and notes do not count.\n\nExamples:\n  $ ' +
        'mesh-harness guide lint install.md\n  $ mesh-harness guide lint --edition current --dry-run ' +
        'install.md verify.md',
    )
    .action((files: readonly string[], flags: GuideLintFlags) => action(files, flags));
}

/** The flags of `mesh-harness guide rules`. */
export interface GuideRulesFlags {
  readonly format: 'text' | 'json';
}

/** Declares `mesh-harness guide rules`. */
export function declareGuideRules(guide: Command, action: Action<[flags: GuideRulesFlags]>): void {
  guide
    .command('rules')
    .description('list the rules of guide lint')
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .action((flags: GuideRulesFlags) => action(flags));
}
