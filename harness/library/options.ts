/** Reads options that a program gives: JavaScript checks none of them, and nothing is ignored in silence. */
import { inspect } from 'node:util';
import { didYouMean } from '../base/did-you-mean.ts';
import { HarnessError } from '../base/errors.ts';

/** What a value has to be, as a sentence ends; undefined if it is. */
type Rule = (value: unknown) => string | undefined;

const rule =
  (wanted: string, holds: (value: unknown) => boolean): Rule =>
  value =>
    holds(value) ? undefined : wanted;

/** Takes any text. */
export const aText = rule('a text', value => typeof value === 'string');
/** Takes true or false. */
export const aBoolean = rule('true or false', value => typeof value === 'boolean');
/** Takes a finite number. */
export const aNumber = rule('a number', value => typeof value === 'number' && Number.isFinite(value));
/** Takes a function. */
export const aFunction = rule('a function', value => typeof value === 'function');
/** Takes a list, whatever is in it. */
export const aList = rule('a list', value => Array.isArray(value));
/** Takes a list that has something in it: one that is empty is mostly a mistake, and would mean nothing. */
export const aFilledList = rule(
  'a list, not an empty one',
  value => Array.isArray(value) && value.length > 0,
);
/** Takes any object. */
export const anObject = rule('an object', value => typeof value === 'object' && value !== null);
/** Takes an AbortSignal. */
export const aSignal = rule('an AbortSignal', value => value instanceof AbortSignal);
/** Takes one of some words. */
export const oneOf = (...words: readonly string[]): Rule =>
  rule(words.join(' or '), value => typeof value === 'string' && words.includes(value));
/** Takes a list of texts. */
export const texts = rule(
  'a list of texts',
  value => Array.isArray(value) && value.every(each => typeof each === 'string'),
);
/** Takes a list of texts that has something in it. */
export const someTexts: Rule = value => texts(value) ?? aFilledList(value);
/** Takes what one of the rules takes. */
export const either =
  (...rules: readonly Rule[]): Rule =>
  value => {
    const wanted = rules.map(each => each(value));
    return wanted.includes(undefined) ? undefined : wanted.join(' or ');
  };
/** Takes a TCP port. */
export const aPort = rule(
  'a port, 1 to 65535',
  value => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535,
);
/** A topology as `loadScenario` returns it: as far as a name in its place is told from it. */
export const aTopology = rule(
  'a topology, which loadScenario returns (the name of a scenario is the option scenario)',
  value =>
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    'clusters' in value &&
    Array.isArray(value.clusters) &&
    'networks' in value &&
    Array.isArray(value.networks),
);

/**
 * Checks the options of a function: each is known, and is what it has to be. One that is undefined is as if
 * it were left out.
 * @param of - the function's name
 * @param needed - names of options that may not be left out
 * @throws HarnessError ERR_USAGE with everything that is wrong
 */
export function checkOptions(
  of: string,
  given: unknown,
  rules: Readonly<Record<string, Rule>>,
  needed: readonly string[] = [],
): void {
  if (typeof given !== 'object' || given === null)
    throw new HarnessError('ERR_USAGE', `${of} needs options, and got ${shown(given)}.`, {
      hint: `Its options: ${Object.keys(rules).join(', ')}`,
    });
  const known = Object.keys(rules);
  const missing = needed.filter(name => (given as Readonly<Record<string, unknown>>)[name] === undefined);
  const wrong = Object.entries(given).flatMap(([name, value]) => {
    const holds = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (!holds) {
      const meant = didYouMean(name, known) ?? `Its options: ${known.join(', ')}.`;
      return [`${of} has no option "${name}". ${meant}`];
    }
    const wanted = value === undefined ? undefined : holds(value);
    return wanted === undefined
      ? []
      : [`The option ${name} of ${of} is ${shown(value)}; it has to be ${wanted}.`];
  });
  const problems = [...missing.map(name => `${of} needs the option ${name}.`), ...wrong];
  if (problems.length > 0)
    throw new HarnessError('ERR_USAGE', problems.join('\n'), { hint: 'docs/library.md tells all options.' });
}

/** Picks something by a name. @throws HarnessError ERR_USAGE, which names the known ones */
export function named<Value>(what: string, name: string, values: ReadonlyMap<string, Value>): Value {
  const found = values.get(name);
  if (found !== undefined) return found;
  const known = [...values.keys()];
  throw new HarnessError('ERR_USAGE', `There is no ${what} "${name}".`, {
    hint: [didYouMean(name, known), `Known: ${known.join(', ')}`].filter(Boolean).join(' '),
  });
}

/** Shows what was given, in a few words. */
export function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  let text: string;
  try {
    text = JSON.stringify(value) ?? String(value);
  } catch {
    text = inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY });
  }
  return text.slice(0, 80);
}
