/** What hangs on a step of a plan. */
import { checkStepIds, precedingOf } from '../../harness/plan/graph.ts';
import type { Plan, Step, StepId } from '../../harness/plan/step.ts';

/**
 * The steps that cannot be done right without `id`: those that depend on it, directly or not; in the plan's
 * order.
 */
export function dependentsOf(plan: Plan, id: StepId): readonly Step[] {
  checkStepIds(plan, [id]);
  const reached = new Set([id]);
  return plan.steps.filter(step => {
    if (!precedingOf(step).some(needed => reached.has(needed))) return false;
    reached.add(step.id);
    return true;
  });
}
