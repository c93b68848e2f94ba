/** Two servers' answers to the corpus, held against each other. */
import { isDeepStrictEqual } from 'node:util';
import type { Answers } from './ask.ts';

/** What of an answer is another one. */
export type Difference = 'code' | 'text' | 'facts';

/** One answer that is another one. */
export interface Different {
  /** `group: question` */
  readonly name: string;
  readonly what: Difference;
  readonly real: string;
  readonly ours: string;
}

/** How many answers of a group are the same. */
export interface Figures {
  readonly group: string;
  readonly questions: number;
  readonly sameCodes: number;
  /** Errors that have the same code on both. */
  readonly errors: number;
  /** Those of them that have the same reason and text. */
  readonly sameTexts: number;
  /** Successes that have the same code on both, and of which something is compared. */
  readonly successes: number;
  readonly sameFacts: number;
}

const short = (value: unknown) => JSON.stringify(value) ?? 'nothing';

/** The causes of a list come in the order of Go's maps, where they are those of a custom resource. */
function isSameText(one: string, other: string): boolean {
  const causes = (text: string) => text.split(/, |\[|\]/).sort();
  return one === other || (one.includes(': [') && isDeepStrictEqual(causes(one), causes(other)));
}

/** @returns what is different of one answer; undefined if nothing is */
function differenceOf(real: Answers[string], ours: Answers[string]): Omit<Different, 'name'> | undefined {
  const told = (what: Difference, one: unknown, other: unknown) => ({
    what,
    real: short(one),
    ours: short(other),
  });
  if (real.code !== ours.code) {
    const of = ({ code, reason, gist }: Answers[string]) => `${code} ${reason} ${gist}`.trim();
    return { what: 'code', real: of(real), ours: of(ours) };
  }
  if (!isSameText(real.gist, ours.gist) || real.reason !== ours.reason)
    return told('text', `${real.reason} ${real.gist}`, `${ours.reason} ${ours.gist}`);
  const ofFacts = ({ facts, warnings }: Answers[string]) => ({
    ...facts,
    ...(warnings.length && { warnings }),
  });
  const [one, other] = [ofFacts(real), ofFacts(ours)] as Record<string, unknown>[];
  if (isDeepStrictEqual(one, other)) return undefined;
  const places = Object.keys({ ...one, ...other }).filter(
    place => !isDeepStrictEqual(one?.[place], other?.[place]),
  );
  const only = (all: Record<string, unknown> | undefined) =>
    Object.fromEntries(places.map(place => [place, all?.[place]]));
  return told('facts', only(one), only(other));
}

/** @returns the figures of a group, and what is different in it */
export function compareGroup(group: string, real: Answers, ours: Answers) {
  const different: Different[] = [];
  const figures = { group, questions: 0, sameCodes: 0, errors: 0, sameTexts: 0, successes: 0, sameFacts: 0 };
  for (const [id, one] of Object.entries(real)) {
    const other = ours[id] ?? { code: 0, reason: '', gist: 'not asked', warnings: [], facts: {} };
    const difference = differenceOf(one, other);
    if (difference) different.push({ name: `${group}: ${id}`, ...difference });
    figures.questions++;
    if (difference?.what === 'code') continue;
    figures.sameCodes++;
    if (one.code >= 400) {
      figures.errors++;
      if (difference?.what !== 'text') figures.sameTexts++;
    } else if (Object.keys(one.facts).length + one.warnings.length > 0) {
      figures.successes++;
      if (!difference) figures.sameFacts++;
    }
  }
  return { figures: figures as Figures, different };
}

const percent = (part: number, whole: number) =>
  whole === 0 ? '–' : `${((part / whole) * 100).toFixed(1)} %`;

/** @returns the figures as lines of a table, with their sum at last */
export function figuresTable(all: readonly Figures[]): string {
  const sum = all.reduce<Record<string, number>>((left, { group: _, ...numbers }) => {
    for (const [key, value] of Object.entries(numbers)) left[key] = (left[key] ?? 0) + value;
    return left;
  }, {});
  const row = ({ group, questions, sameCodes, errors, sameTexts, successes, sameFacts }: Figures) =>
    [
      group.padEnd(18),
      `codes ${sameCodes}/${questions}`.padEnd(18),
      `${percent(sameCodes, questions)}`.padEnd(9),
      `texts ${sameTexts}/${errors}`.padEnd(16),
      `${percent(sameTexts, errors)}`.padEnd(9),
      `facts ${sameFacts}/${successes}`.padEnd(16),
      percent(sameFacts, successes),
    ].join(' ');
  // A cast: the sums of the same numbers.
  return [...all, { group: 'all', ...sum } as unknown as Figures].map(row).join('\n');
}
