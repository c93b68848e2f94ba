/** Finds the scenarios of two reports that are to be compared. Pure. */
import type { ScenarioReport } from '../report.ts';

/** A scenario before and now; one of them is absent where it was not run. */
export interface Pair {
  readonly before?: ScenarioReport;
  readonly after?: ScenarioReport;
  /** False if the editions differ: their plans have other steps, so that steps are not compared. */
  readonly hasTheSamePlan: boolean;
}

/** From the closest kinship to the widest: two that share more belong together first. */
const KINSHIPS: readonly ((scenario: ScenarioReport) => readonly unknown[])[] = [
  ({ scenario, platform, edition, istioVersion }) => [scenario, platform.name, edition, istioVersion],
  ({ scenario, platform, edition }) => [scenario, platform.name, edition],
  ({ scenario, edition }) => [scenario, edition],
  ({ scenario }) => [scenario],
];

/**
 * Pairs scenarios by name, platform, edition and release; those that are left by less of these. Each has one
 * partner at most. In the order of the first list, then of the second.
 */
export function pairsOf(
  before: readonly ScenarioReport[],
  after: readonly ScenarioReport[],
): readonly Pair[] {
  const partners = new Map<ScenarioReport, ScenarioReport>();
  const free = new Set(after);
  for (const kinship of KINSHIPS) {
    const keyOf = (each: ScenarioReport) => JSON.stringify(kinship(each));
    for (const one of before) {
      if (partners.has(one)) continue;
      const other = [...free].find(each => keyOf(each) === keyOf(one));
      if (!other) continue;
      partners.set(one, other);
      free.delete(other);
    }
  }
  return [
    ...before.map(one => {
      const other = partners.get(one);
      return { before: one, ...(other && { after: other }), hasTheSamePlan: other?.edition === one.edition };
    }),
    ...[...free].map(other => ({ after: other, hasTheSamePlan: false })),
  ];
}
