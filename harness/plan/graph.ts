/** The steps of a plan as a graph: their order and their ids. */
import { didYouMean } from '../base/did-you-mean.ts';
import { HarnessError } from '../base/errors.ts';
import type { Plan, StepId } from './step.ts';

interface Node {
  readonly id: StepId;
  readonly dependsOn: readonly StepId[];
  readonly follows?: readonly StepId[];
}

/** Lists all that comes before a step: what it depends on, and what it follows. */
export const precedingOf = ({ dependsOn, follows = [] }: Node): readonly StepId[] => [
  ...dependsOn,
  ...follows,
];

/** Has each step wait for the end of those that it follows, as who types one after the other does. */
export const inSequence = <T extends Node>(steps: readonly T[]): readonly T[] =>
  steps.map(step => {
    if (!step.follows) return step;
    const { follows: _, ...rest } = step;
    const dependsOn = [...new Set(precedingOf(step))];
    return { ...rest, dependsOn } as unknown as T; // but for `follows`
  });

/**
 * Sorts steps so that each comes after those that it depends on or follows; where the graph allows, in the
 * order given.
 * @throws Error if an id is missing, given twice, or part of a ring: a defect of the plan
 */
export function topologicalOrder<T extends Node>(steps: readonly T[]): readonly T[] {
  const byId = new Map<StepId, T>();
  for (const step of steps) {
    if (byId.has(step.id)) throw new Error(`Two steps are called ${step.id}.`);
    byId.set(step.id, step);
  }
  const ordered: T[] = [];
  const state = new Map<StepId, 'open' | 'done'>();
  const visit = (step: T, path: readonly StepId[]): void => {
    if (state.get(step.id) === 'done') return;
    if (state.get(step.id) === 'open')
      throw new Error(`Steps depend on each other: ${[...path, step.id].join(' → ')}`);
    state.set(step.id, 'open');
    for (const id of precedingOf(step)) {
      const needed = byId.get(id);
      if (!needed) throw new Error(`${step.id} depends on ${id}, which is not in the plan.`);
      visit(needed, [...path, step.id]);
    }
    state.set(step.id, 'done');
    ordered.push(step);
  };
  for (const step of steps) visit(step, []);
  return ordered;
}

/** Lists all steps that one depends on or follows, also through others, in no order. */
export function ancestorsOf({ steps }: Pick<Plan, 'steps'>, id: StepId): readonly StepId[] {
  const found = new Set<StepId>();
  const visit = (each: StepId): void => {
    const step = steps.find(({ id: other }) => other === each);
    for (const before of step ? precedingOf(step) : []) {
      if (found.has(before)) continue;
      found.add(before);
      visit(before);
    }
  };
  visit(id);
  return [...found];
}

/**
 * Checks that the plan has a step with each of the ids.
 * @throws HarnessError ERR_UNKNOWN_STEP, which names the known ones
 */
export function checkStepIds(plan: Plan, ids: readonly StepId[]): void {
  const known = plan.steps.map(step => step.id);
  const unknown = ids.filter(id => !known.includes(id));
  if (unknown.length === 0) return;
  const meant = unknown.flatMap(id => didYouMean(id, known) ?? []);
  throw new HarnessError(
    'ERR_UNKNOWN_STEP',
    `The plan of ${plan.scenario} (edition ${plan.edition}) has no step ${unknown.map(id => `"${id}"`).join(' and no step ')}.`,
    { hint: [...meant, `Known steps: ${known.join(', ')}`].join(' ') },
  );
}
