/** Readers of a flag's value, for the declarations of the commands. */
import { InvalidArgumentError } from 'commander';

/** Adds the value of a flag that may be repeated to those that came before it. */
export const collect = (value: string, previous: readonly string[]): readonly string[] => [
  ...previous,
  value,
];

/** Reads a whole number above 0. @throws InvalidArgumentError, which commander shows with the flag's name */
export function wholeNumber(value: string): number {
  if (!/^[1-9]\d*$/.test(value)) throw new InvalidArgumentError('A whole number above 0 is needed.');
  return Number(value);
}

/** Reads a probability above 0 and below 0.5. @throws InvalidArgumentError */
export function probability(value: string): number {
  const number = Number(value);
  if (!(number > 0 && number < 0.5))
    throw new InvalidArgumentError('A probability above 0 and below 0.5 is needed.');
  return number;
}

/** Reads an address that begins with `http://` or `https://`. @throws InvalidArgumentError */
export function webAddress(value: string): string {
  if (!/^https?:\/\/\S+$/.test(value)) throw new InvalidArgumentError('An http or https address is needed.');
  return value;
}

/** Returns a reader that takes one of these words; it throws InvalidArgumentError, which names them all. */
export const oneOf =
  <const Choice extends string>(...choices: Choice[]) =>
  (value: string): Choice => {
    const found = choices.find(choice => choice === value);
    if (!found) throw new InvalidArgumentError(`Known: ${choices.join(', ')}.`);
    return found;
  };
