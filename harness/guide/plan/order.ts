/** The order of a guide's steps: as on the page, or as they need each other. */
import { precedingOf, topologicalOrder } from '../../plan/graph.ts';
import { omitSteps } from '../../plan/omit.ts';
import type { Erratum, Plan, Step, StepId } from '../../plan/step.ts';

/** Each step waits for the one before it, as a reader does who types one after the other. */
export const oneAfterTheOther = (steps: readonly Step[]): readonly Step[] =>
  steps.map((step, index) => ({ ...step, dependsOn: index === 0 ? [] : [steps[index - 1]?.id ?? ''] }));

/** Steps in an order that works, and an erratum for each that the page has too late. */
interface Ordered {
  readonly steps: readonly Step[];
  readonly errata: readonly Erratum[];
}

/**
 * Orders steps as on the page, save that what ours wait for comes first. They still follow each other: what
 * the page shows as output is what a reader sees who does one thing at a time.
 */
export function asNeeded(steps: readonly Step[], ours: Plan): Ordered {
  const ids = new Set(steps.map(({ id }) => id));
  const missing = ours.steps.map(({ id }) => id).filter(id => !ids.has(id));
  const needs = new Map(omitSteps(ours, missing).steps.map(step => [step.id, precedingOf(step)]));
  const sorted = topologicalOrder(steps.map(step => ({ ...step, dependsOn: needs.get(step.id) ?? [] })));
  const late = moved(steps, sorted);
  const marked = sorted.map(step => {
    const erratum = late.get(step.id);
    return erratum ? { ...step, errata: [...step.errata, erratum.id] } : step;
  });
  return { steps: oneAfterTheOther(marked), errata: [...late.values()] };
}

/** Finds steps that now come before one that the page has earlier, and makes an erratum of each. */
function moved(page: readonly Step[], sorted: readonly Step[]): ReadonlyMap<StepId, Erratum> {
  const places = new Map(page.map(({ id }, index) => [id, index]));
  const placeOf = (id: StepId): number => places.get(id) ?? 0;
  const errata = new Map<StepId, Erratum>();
  for (const [index, step] of sorted.entries()) {
    const later = sorted
      .slice(index + 1)
      .find(other => placeOf(other.id) < placeOf(step.id) && other.dependsOn.includes(step.id));
    if (!later) continue;
    errata.set(step.id, {
      id: `order/${step.id}`,
      guideLine: `${step.guide.section} (after: ${later.guide.section})`,
      ...(step.guide.lines && { lines: step.guide.lines }),
      wouldHappen: `${later.title}, while this step is not done yet: ${step.omission.because}.`,
      weDo: `Do it before ${later.id}, which waits for it.`,
    });
  }
  return errata;
}
