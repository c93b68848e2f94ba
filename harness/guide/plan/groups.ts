/** Units that are one step. */
import type { Command } from '../../model/command.ts';
import type { Step } from '../../plan/step.ts';
import type { Matched } from './match.ts';
import type { Unit } from './units.ts';

/** A step of the guide: one of ours in the page's words, or one that only the page has. */
export interface StepGroup {
  readonly units: readonly Unit[];
  readonly step: Step | undefined;
}

interface Draft {
  readonly units: Unit[];
  step: Step | undefined;
  hasMain: boolean;
}

const CLEAN_UP = /\b(?:clean(?:ing)?[ -]?up|uninstall(?:ing)?)\b/i;

/** Says whether a unit stands in a section that takes everything away again. */
export const isCleanUp = ({ origins: [{ block }] }: Unit): boolean =>
  block.section.some(heading => CLEAN_UP.test(heading));

/**
 * Joins neighbours that are one step of ours. Where a step comes in several places, one of them is the step:
 * the one with its last command; merged, what only looks at the mesh is done there too.
 */
export function groupsOf(
  matched: readonly Matched[],
  { isMerged }: { isMerged: boolean },
): readonly StepGroup[] {
  const groups: Draft[] = [];
  for (const { unit, step, isMain } of matched) {
    const last = groups.at(-1);
    if (step && last?.step === step) {
      last.units.push(unit);
      last.hasMain ||= isMain;
    } else groups.push({ units: [unit], step, hasMain: isMain });
  }
  const steps = new Set(groups.flatMap(({ step }) => step ?? []));
  for (const step of steps) settle(groups, step, isMerged);
  return groups.filter(({ units }) => units.length > 0);
}

function settle(groups: readonly Draft[], step: Step, isMerged: boolean): void {
  const own = groups.filter(group => group.step === step);
  const chosen = own.findLast(({ hasMain }) => hasMain) ?? own[0];
  for (const group of own) {
    if (group === chosen || !chosen) continue;
    const isBefore = groups.indexOf(group) < groups.indexOf(chosen);
    if (isMerged && isBefore && group.units.every(({ commands }) => commands.every(onlyLooks)))
      chosen.units.unshift(...group.units.splice(0));
    else group.step = undefined;
  }
}

const onlyLooks = ({ tool, args }: Command): boolean =>
  tool === 'kubectl' && args.some(arg => arg === 'get' || arg === 'wait');
