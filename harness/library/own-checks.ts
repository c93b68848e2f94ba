/** Checks that a program gives: what they are, and what they return, is read as input. */
import { HarnessError } from '../base/errors.ts';
import { problemsOfOutcome } from '../report/read/problems.ts';
import type { Check, CheckOutcome, Evidence } from '../verify/check.ts';
import { CAUSES } from '../verify/diagnose/causes.ts';
import { SYMPTOM_WORDS } from '../verify/traffic.ts';
import { aBoolean, aFunction, aText, checkOptions, oneOf, shown } from './options.ts';

/** What an object has to be to be asked as a check. */
const CHECK = {
  id: aText,
  sentence: aText,
  level: oneOf('core', 'extended'),
  isNamed: aBoolean,
  cluster: aText,
  run: aFunction,
} satisfies Record<keyof Check, unknown>;

/**
 * Reads checks. What one of them returns is read when it is asked: what is no outcome says nothing about the
 * mesh, and leaves the check `unknown`.
 * @param given - undefined for those of ours
 * @throws HarnessError ERR_USAGE for what is no check, and for two of one id
 */
export function ownChecks(given: readonly Check[] | undefined): { readonly checks?: readonly Check[] } {
  if (given === undefined) return {};
  for (const check of given) checkOptions('a check', check, CHECK, ['id', 'sentence', 'level', 'run']);
  const ids = given.map(({ id }) => id);
  const wrong = [
    ...(ids.includes('') ? ['A check has an empty id.'] : []),
    ...new Set(
      ids.filter((id, index) => ids.indexOf(id) !== index).map(id => `Two checks have the id ${id}.`),
    ),
  ];
  if (wrong.length > 0)
    throw new HarnessError('ERR_USAGE', wrong.join(' '), {
      hint: 'Reports tell checks from each other by their ids: give each one of its own.',
    });
  return { checks: given.map(reading) };
}

/** The check may be an object of a class, whose `run` needs it. */
const reading = (check: Check): Check => ({
  id: check.id,
  sentence: check.sentence,
  level: check.level,
  ...(check.isNamed !== undefined && { isNamed: check.isNamed }),
  ...(check.cluster !== undefined && { cluster: check.cluster }),
  run: async context => readOutcome(check.id, await check.run(context)),
});

/** @throws HarnessError ERR_USAGE for what is no outcome */
function readOutcome(id: string, returned: CheckOutcome): CheckOutcome {
  const shape = problemsOfOutcome(returned);
  const evidence = shape.length > 0 ? null : readEvidence(returned);
  const problems = [
    ...shape,
    ...(evidence instanceof NoJson ? [evidence.message] : []),
    ...(shape.length > 0 ? [] : unknownWords(returned)),
  ];
  if (problems.length === 0 && !(evidence instanceof NoJson)) return { ...returned, evidence };
  throw new HarnessError(
    'ERR_USAGE',
    `The check ${id} returned ${shown(returned)}, which is no outcome: ${problems.join('; ')}.`,
  );
}

/** Finds words that reports have sentences for, and not for these. */
function unknownWords({ diagnosis, traffic, fault }: CheckOutcome): readonly string[] {
  const sources = fault?.sources ?? [];
  const words: readonly (readonly [string, string | undefined, object])[] = [
    ['diagnosis.cause', diagnosis?.cause, CAUSES],
    ['traffic.symptom', traffic?.symptom, SYMPTOM_WORDS],
    ...sources.map(({ symptom }) => ['fault.sources: symptom', symptom, SYMPTOM_WORDS] as const),
  ];
  return words.flatMap(([place, word, known]) =>
    word === undefined || Object.hasOwn(known, word) ? [] : [`${place}: none is called ${shown(word)}`],
  );
}

/** Returns the evidence as reports have it; null if there is none. */
function readEvidence({ evidence = null }: CheckOutcome): Evidence | NoJson {
  try {
    return asJson(evidence, 'evidence', []);
  } catch (error) {
    if (error instanceof NoJson) return error;
    throw error;
  }
}

class NoJson extends Error {}

/**
 * Copies what is plain JSON; a property that is undefined is left out, as JSON does.
 * @param inside - what the value is in, to find a ring
 */
function asJson(value: unknown, place: string, inside: readonly object[]): Evidence {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value;
    throw new NoJson(`${place}: ${value} is not in JSON`);
  }
  if (typeof value !== 'object') throw new NoJson(`${place}: a ${typeof value} is not in JSON`);
  if (inside.includes(value)) throw new NoJson(`${place}: it contains itself`);
  const around = [...inside, value];
  if (Array.isArray(value)) return value.map((each, index) => asJson(each, `${place}[${index}]`, around));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype)
    throw new NoJson(`${place}: a ${value.constructor.name} is not in JSON`);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .map(([name, each]) => [name, asJson(each, `${place}.${name}`, around)]),
  );
}
