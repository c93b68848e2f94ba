/** Plans with steps left out, as plans of their own. */
import { checkStepIds } from './graph.ts';
import type { Plan, StepId } from './step.ts';

/**
 * Returns a plan without some steps. Steps that depended on an omitted one now depend on its own
 * dependencies, so the order stays.
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
