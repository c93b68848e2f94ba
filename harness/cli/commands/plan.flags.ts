/** `mesh-harness plan`: its words and flags. */
import type { Command } from 'commander';
import type { Action } from '../declaration.ts';
import { oneOf } from '../flag-values.ts';

/** The flags of `mesh-harness plan`. */
export interface PlanFlags {
  readonly format: 'list' | 'json' | 'sh' | 'markdown';
  readonly edition: string;
}

/** Adds what decides which plan is printed, and how. */
export const addPlanFlags = (command: Command): Command =>
  command
    .option(
      '--format <format>',
      'list, json (data), sh (a script to run by hand) or markdown (a guide to read)',
      oneOf('list', 'json', 'sh', 'markdown'),
      'list',
    )
    .option('--edition <name>', 'the guide as of a line of Istio releases: 1.8 or current', '1.8');

/** Declares `mesh-harness plan SCENARIO`. */
export function declarePlan(program: Command, action: Action<[scenario: string, flags: PlanFlags]>): void {
  const plan = program
    .command('plan')
    .description('print the steps of a scenario')
    .argument('<scenario>', 'name of a scenario, or a file of your own');
  addPlanFlags(plan)
    .addHelpText(
      'after',
      '\nExamples:\n  $ mesh-harness plan primary-remote\n  $ mesh-harness plan multi-primary --format sh > install.sh',
    )
    .action((scenario: string, flags: PlanFlags) => action(scenario, flags));
}
