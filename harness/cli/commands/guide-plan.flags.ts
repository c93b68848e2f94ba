/** `mesh-harness guide plan`: its words and flags. */
import type { Command } from 'commander';
import type { Action } from '../declaration.ts';
import { addGuideFlags, type GuideChoiceFlags } from './guide-choice.flags.ts';
import { addPlanFlags, type PlanFlags } from './plan.flags.ts';

/** The flags of `mesh-harness guide plan`. */
export interface GuidePlanFlags extends PlanFlags, GuideChoiceFlags {}

/** Declares `mesh-harness guide plan FILE…`. */
export function declareGuidePlan(
  guide: Command,
  action: Action<[files: readonly string[], flags: GuidePlanFlags]>,
): void {
  const plan = guide
    .command('plan')
    .description('print the steps of a guide, as its pages tell them')
    .argument('<files...>', 'Markdown pages, in the order in which they are followed');
  addPlanFlags(addGuideFlags(plan))
    .addHelpText(
      'after',
      `
Mistakes that have a safe mend are mended first; guide lint tells them.

Examples:
  $ mesh-harness guide plan install.md --tab primary-remote
  $ mesh-harness guide plan install.md --tab primary-remote --as-printed --format sh`,
    )
    .action((files: readonly string[], flags: GuidePlanFlags) => action(files, flags));
}
