/** A plan as a list for people. */
import type { Erratum, Plan, Step } from '../step.ts';

/**
 * Lists the sections of the guide with their steps: number, id, title, the guide's lines. A `~` marks a step
 * that may be left out.
 */
export function printList(plan: Plan): string {
  const lines = [
    `${plan.scenario}: ${plan.steps.length} steps, edition ${plan.edition} of the guide (Istio ${plan.istioVersion})`,
  ];
  const idWidth = Math.max(...plan.steps.map(({ id }) => id.length));
  let section = '';
  for (const [index, step] of plan.steps.entries()) {
    const heading =
      step.guide.page === undefined ? step.guide.section : `${step.guide.section} (${step.guide.page})`;
    if (heading !== section) {
      section = heading;
      lines.push('', heading);
    }
    lines.push(stepLine(step, index, idWidth));
  }
  lines.push('', '~ may be left out: a run without it still passes (mesh-harness run … --omit STEP)');
  if (plan.errata.length > 0) lines.push('', ...errataLines(plan));
  return `${lines.join('\n')}\n`;
}

function stepLine({ id, title, guide, omission }: Step, index: number, idWidth: number): string {
  const number = String(index + 1).padStart(3);
  const lines = guide.lines ? `  ${place(guide.lines)}` : '';
  return `${number} ${omission.harmless ? '~' : ' '} ${id.padEnd(idWidth)}  ${title}${lines}`;
}

function errataLines({ errata }: Plan): readonly string[] {
  return [
    ...told(
      "Where the plan departs from the guide's text",
      errata.filter(({ isLeft }) => !isLeft).map(each => [each, each.weDo]),
    ),
    ...told(
      'Where the plan follows the guide, and the guide is wrong',
      errata.filter(({ isLeft }) => isLeft).map(each => [each, each.wouldHappen]),
    ),
  ];
}

const told = (heading: string, rows: readonly (readonly [Erratum, string])[]): readonly string[] =>
  rows.length === 0
    ? []
    : [
        `${heading} (${rows.length}):`,
        ...rows.map(([{ id, lines }, text]) => `  ${id}${lines ? ` ${place(lines)}` : ''}: ${text}`),
      ];

/** Writes the range of lines of the guide's page: `[111-134]`, `[133]`. */
const place = ([first, last]: readonly [number, number]): string =>
  first === last ? `[${first}]` : `[${first}-${last}]`;
