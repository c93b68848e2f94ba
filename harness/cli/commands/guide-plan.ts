/** `mesh-harness guide plan FILE…` */
import { EXIT } from '../../base/errors.ts';
import { planOfGuideLine } from '../again.ts';
import type { Environment } from '../environment.ts';
import { guideOf } from '../guide-files.ts';
import { createScreen } from '../terminal/screen.ts';
import type { GuidePlanFlags } from './guide-plan.flags.ts';
import { writePlan } from './plan.ts';

/**
 * Prints the plan of a guide; what its reader should know besides goes to standard error.
 * @throws HarnessError ERR_UNREADABLE_FILE, ERR_UNKNOWN_EDITION, ERR_UNKNOWN_TAB, ERR_INVALID_GUIDE
 */
export async function guidePlanCommand(
  files: readonly string[],
  flags: GuidePlanFlags,
  environment: Environment,
): Promise<number> {
  const { plan, notes } = guideOf(files, flags, flags.edition);
  writePlan(plan, flags.format, environment, planOfGuideLine(files, flags, flags.edition));
  const { progress } = createScreen(environment);
  for (const note of notes) progress(note);
  return EXIT.passed;
}
