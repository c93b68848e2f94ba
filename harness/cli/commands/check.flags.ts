/** The flags that choose among checks, and that say how they judge, of `run` and `verify`. */
import type { Command } from 'commander';
import { collect, probability, wholeNumber } from '../flag-values.ts';

/** What the command line says about checks. */
export interface CheckFlags {
  readonly check: readonly string[];
  readonly skipCheck: readonly string[];
}

/** Adds the flags to a command. */
export function addCheckFlags(command: Command): Command {
  return command
    .option(
      '--check <id>',
      'only this check, or this family of checks (repeatable; see list --checks)',
      collect,
      [],
    )
    .option('--skip-check <id>', 'all but this check, or this family (repeatable)', collect, []);
}

/** Returns the flags as words of a command line. */
export const argvOfChecks = ({ check, skipCheck }: CheckFlags): readonly string[] => [
  ...check.flatMap(id => ['--check', id]),
  ...skipCheck.flatMap(id => ['--skip-check', id]),
];

/** How the traffic is judged. */
export interface JudgementFlags {
  /** Overrides the scenario's own `verify.requests`. */
  readonly requests?: number;
  /** Overrides the scenario's own `verify.risk`. */
  readonly risk?: number;
}

/** Adds the flags to a command. */
export const addJudgementFlags = (command: Command): Command =>
  command
    .option(
      '--requests <n>',
      'size of the fixed sample from each cluster (default: 300, or more where the topology needs it)',
      wholeNumber,
    )
    .option('--risk <p>', 'accepted probability of a wrong verdict, each way (default: 1e-6)', probability);

/** Returns the flags as words of a command line. */
export const argvOfJudgement = ({ requests, risk }: JudgementFlags): readonly string[] => [
  ...(requests === undefined ? [] : ['--requests', String(requests)]),
  ...(risk === undefined ? [] : ['--risk', String(risk)]),
];
