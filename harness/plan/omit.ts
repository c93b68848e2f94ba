/** Plans with steps left out, as plans of their own. */
import { checkStepIds, precedingOf } from './graph.ts';
import type { Plan, Step, StepId } from './step.ts';

/**
 * Returns a plan without some steps. Steps that depended on an omitted one now depend on its own
 * dependencies, so the order stays.
 * @throws HarnessError ERR_UNKNOWN_STEP, which names the known ones
 */
export function omitSteps(plan: Plan, ids: readonly StepId[]): Plan {
  checkStepIds(plan, ids);
  const omitted = new Set(ids);
  const byId = new Map(plan.steps.map(step => [step.id, step]));
  const stepsBefore = (id: StepId) => {
    const step = byId.get(id);
    return step ? precedingOf(step) : [];
  };
  const resolve = (id: StepId): readonly StepId[] =>
    omitted.has(id) ? stepsBefore(id).flatMap(resolve) : [id];
  const without = (step: Step): Step => {
    const { follows = [], ...rest } = step;
    const left = follows.filter(id => !omitted.has(id));
    const needed = [...step.dependsOn, ...follows.filter(id => omitted.has(id))];
    return {
      ...rest,
      dependsOn: [...new Set(needed.flatMap(resolve))],
      ...(left.length > 0 && { follows: left }),
    };
  };
  return { ...plan, steps: plan.steps.filter(({ id }) => !omitted.has(id)).map(without) };
}
