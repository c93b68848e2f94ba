/** Plans with steps left out, as plans of their own. */
import { checkStepIds } from './graph.ts';
import type { Plan, StepId } from './step.ts';

/**
 * The plan without some steps. What depended on them depends on what they depended on, so the order stays.
 * @throws HarnessError ERR_UNKNOWN_STEP, which names the known ones
 */
export function omitSteps(plan: Plan, ids: readonly StepId[]): Plan {
  checkStepIds(plan, ids);
  const omitted = new Set(ids);
  const byId = new Map(plan.steps.map(step => [step.id, step]));
  const resolve = (id: StepId): readonly StepId[] =>
    omitted.has(id) ? (byId.get(id)?.dependsOn ?? []).flatMap(resolve) : [id];
  return {
    ...plan,
    steps: plan.steps
      .filter(({ id }) => !omitted.has(id))
      .map(step => ({ ...step, dependsOn: [...new Set(step.dependsOn.flatMap(resolve))] })),
  };
}
