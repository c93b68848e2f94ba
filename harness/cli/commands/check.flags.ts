/** The flags that choose among checks, of `run` and `verify`. */
import type { Command } from 'commander';
import { collect } from '../flag-values.ts';

/** What the command line says about checks. */
export interface CheckFlags {
  readonly extended: boolean;
  readonly check: readonly string[];
  readonly skipCheck: readonly string[];
}

/** Adds the flags to a command. */
export function addCheckFlags(command: Command): Command {
  return command
    .option('--extended', 'also check what the guide claims but does not verify', false)
    .option(
      '--check <id>',
      'only this check, or this family of checks (repeatable; see list --checks)',
      collect,
      [],
    )
    .option('--skip-check <id>', 'all but this check, or this family (repeatable)', collect, []);
}

/** Returns the flags as words of a command line. */
export const argvOfChecks = ({ extended, check, skipCheck }: CheckFlags): readonly string[] => [
  ...(extended ? ['--extended'] : []),
  ...check.flatMap(id => ['--check', id]),
  ...skipCheck.flatMap(id => ['--skip-check', id]),
];
