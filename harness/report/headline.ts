/** What is said first of a failure, in every format: cause, step, repair, and then what was seen. */
import type { GuideReference, Repair, StepId } from '../plan/step.ts';
import type { Problem } from '../run/events.ts';
import type { Diagnosis } from '../verify/check.ts';
import type { CheckReport, StepReport } from './report.ts';

/** One part of a headline. */
export interface Part {
  /** Absent of a problem that has no diagnosis: its message and its hint speak for themselves. */
  readonly term?: 'Cause' | 'Step' | 'Repair' | 'Look also at' | 'Seen';
  readonly text: string;
  /** Texts to paste into a shell; `text` says what goes before them. */
  readonly commands?: readonly string[];
  /** The files that the commands read, as here-documents. */
  readonly files?: readonly string[];
}

/** Writes where the guide has a step: `"Enable Endpoint Discovery", lines 316 to 323`. */
export function placeOf({ page, section, lines }: GuideReference): string {
  const heading = page === undefined ? `"${section}"` : `"${section}" (${page})`;
  if (!lines) return heading;
  const [first, last] = lines;
  return `${heading}, ${first === last ? `line ${first}` : `lines ${first} to ${last}`}`;
}

function stepText({ step, guide }: Repair, omitted: readonly StepId[]): string {
  const leftOut = omitted.includes(step) ? ', which was left out as asked' : '';
  return `${step}${leftOut}; in the guide: ${placeOf(guide)}`;
}

/** Explains a failure: its cause, the step that should have prevented it, and what repairs it. */
export function explanationOf(
  { sentence, steps, repair }: Diagnosis,
  omitted: readonly StepId[] = [],
): readonly Part[] {
  const [first, ...others] = steps;
  const named = repair ? [{ term: 'Step' as const, text: stepText(repair, omitted) }] : [];
  const bare = !repair && first !== undefined ? [{ term: 'Step' as const, text: first }] : [];
  return [
    { term: 'Cause', text: sentence },
    ...named,
    ...bare,
    ...(repair ? repairPart(repair) : []),
    ...(others.length > 0 ? [{ term: 'Look also at' as const, text: others.join(', ') }] : []),
  ];
}

function repairPart({ commands, files, guide }: Repair): readonly Part[] {
  if (commands.length === 0) return [];
  const what = files.length === 0 ? '' : `the files as in the guide, ${placeOf(guide)}, then`;
  return [{ term: 'Repair', text: what, commands, ...(files.length > 0 && { files }) }];
}

/** Returns the headline of a problem: the cause before what was seen, where there is one. */
export function headlineOf(
  { diagnosis, message, hint }: Problem,
  omitted: readonly StepId[] = [],
): readonly Part[] {
  if (diagnosis) return [...explanationOf(diagnosis, omitted), { term: 'Seen', text: message }];
  return [{ text: message }, ...(hint === undefined ? [] : [{ text: hint }])];
}

/** Writes a headline as one text, for formats that have a single line for it; without commands. */
export function headlineText(parts: readonly Part[]): string {
  return parts
    .filter(({ term }) => term === undefined || term === 'Cause' || term === 'Step' || term === 'Seen')
    .map(({ term, text }) => (term === undefined || term === 'Cause' ? text : `${term}: ${text}`))
    .map(text => (/[.!?]$/.test(text) ? text : `${text}.`))
    .join(' ');
}

/** Writes a headline as lines: a term and its text, commands as they are typed. */
export function headlineLines(parts: readonly Part[]): readonly string[] {
  return parts.flatMap(({ term, text, files = [], commands = [] }) => {
    const first = term === undefined ? text : `${term}: ${text}`;
    return [
      first.trimEnd(),
      ...[...files, ...commands].flatMap(each => each.split('\n')).map(line => `  ${line}`),
    ];
  });
}

/** Returns the problem that a check which did not pass tells of. */
export const problemOfCheck = ({ outcome, found, diagnosis }: CheckReport): Problem => ({
  kind: outcome === 'failed' ? 'mesh' : 'environment',
  ...(diagnosis && { diagnosis }),
  message: found,
});

/** Returns the problem of a step that failed. */
export const problemOfStep = ({ problem }: StepReport): Problem =>
  problem ?? { kind: 'mesh', message: 'The step failed.' };

/**
 * Writes the claim of a check that did not pass, as what it is: contradicted by what was seen, not shown as
 * nobody could ask, or left open by the environment.
 */
export function claimText({
  outcome,
  sentence,
  unproved,
}: Pick<CheckReport, 'outcome' | 'sentence' | 'unproved'>): string {
  if (outcome !== 'failed') return `Not decided: "${sentence}"`;
  return unproved ? `Not proved: "${sentence}"` : `Refuted: "${sentence}"`;
}
