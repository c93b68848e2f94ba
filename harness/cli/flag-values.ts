/** Readers of a flag's value, for the declarations of the commands. */
import { InvalidArgumentError, type Option } from 'commander';
import { readShard, type ShardChoice } from './shard.ts';

/** Adds the value of a flag that may be repeated to those that came before it. */
export const collect = (value: string, previous: readonly string[]): readonly string[] => [
  ...previous,
  value,
];

const WHOLE = /^[1-9]\d*$/;

/** Reads a whole number above 0. @throws InvalidArgumentError, which commander shows with the flag's name */
export function wholeNumber(value: string): number {
  const number = Number(value);
  if (!WHOLE.test(value)) throw new InvalidArgumentError('A whole number above 0 is needed.');
  if (number > Number.MAX_SAFE_INTEGER)
    throw new InvalidArgumentError(`The most is ${Number.MAX_SAFE_INTEGER}.`);
  return number;
}

/** Reads a whole number above 0, or `all`. @throws InvalidArgumentError */
export function numberOrAll(value: string): number | 'all' {
  if (value === 'all') return value;
  if (!WHOLE.test(value)) throw new InvalidArgumentError('A whole number above 0, or all, is needed.');
  return wholeNumber(value);
}

/** The last port of TCP. */
export const LAST_PORT = 65_535;

/** Reads a port, 1 to 65535. @throws InvalidArgumentError */
export const port = (value: string): number => wholeNumberTo(LAST_PORT, value);

const DAY_SECONDS = 86_400;

/** Reads a time in seconds, 1 to a day. @throws InvalidArgumentError */
export const seconds = (value: string): number => wholeNumberTo(DAY_SECONDS, value);

function wholeNumberTo(most: number, value: string): number {
  const number = Number(value);
  if (!WHOLE.test(value) || number > most)
    throw new InvalidArgumentError(`A whole number from 1 to ${most} is needed.`);
  return number;
}

/** Reads a part of a run: `1/3`. @throws InvalidArgumentError */
export function shard(value: string): ShardChoice {
  const choice = readShard(value);
  if (!choice) throw new InvalidArgumentError('A part of a number of parts is needed: 1/3, 2/3 or 3/3.');
  return choice;
}

/** Reads a release of Istio: `1.30.3`, `1.31.0-rc.0`. @throws InvalidArgumentError */
export function istioRelease(value: string): string {
  if (!/^\d+\.\d+\.\d+(-[a-z]+\.\d+)?$/.test(value))
    throw new InvalidArgumentError('A release is needed: three numbers, such as 1.29.0.');
  return value;
}

/** Reads a reference to an image, such as `kindest/node:v1.34.0@sha256:…`. @throws InvalidArgumentError */
export function imageReference(value: string): string {
  // distribution/reference, without its limits of length: the name of a host alone may have capitals.
  if (!/^(?:\w[\w.-]*(:\d+)?\/)?[a-z0-9][a-z0-9._/-]*(:[\w.-]+)?(@sha256:[0-9a-f]{64})?$/.test(value))
    throw new InvalidArgumentError('An image is needed, such as kindest/node:v1.34.0.');
  const [first = '', ...rest] = value.split('/');
  if (rest.length > 0 && /[A-Z]/.test(first) && !/[.:]/.test(first))
    throw new InvalidArgumentError('Names of images have small letters: kindest/node:v1.34.0.');
  return value;
}

/** Reads the place of images in a registry, such as `hub.example:5000/istio`. @throws InvalidArgumentError */
export function imageHub(value: string): string {
  if (!/^\w[\w.-]*(:\d+)?(\/[a-z0-9._-]+)*$/.test(value))
    throw new InvalidArgumentError('A registry and a path are needed, such as hub.example/istio.');
  return value;
}

/** Refuses a value that is empty or blank. @throws InvalidArgumentError */
export function notEmpty(value: string): string {
  if (value.trim() === '')
    throw new InvalidArgumentError('An empty value is no value: give one, or leave it out.');
  return value;
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
  if (!/^https?:\/\/\S+$/.test(value) || !URL.canParse(value))
    throw new InvalidArgumentError('An http or https address is needed.');
  return value;
}

/** Readers that take one of some words → the words. */
const CHOICES = new WeakMap<object, readonly string[]>();

/** Returns a reader that takes one of these words; it throws InvalidArgumentError, which names them all. */
export function oneOf<const Choice extends string>(...choices: Choice[]): (value: string) => Choice {
  const read = (value: string): Choice => {
    const found = choices.find(choice => choice === value);
    if (!found) throw new InvalidArgumentError(`Known: ${choices.join(', ')}.`);
    return found;
  };
  CHOICES.set(read, choices);
  return read;
}

/** Returns the words of which a flag takes one; none if it takes others. */
export const choicesOf = ({ parseArg }: Pick<Option, 'parseArg'>): readonly string[] =>
  (parseArg && CHOICES.get(parseArg)) ?? [];

/** Has a reader that stands for another take the same words. @returns the reader */
export function withChoicesOf<Reader extends object>(other: object | undefined, reader: Reader): Reader {
  const choices = other && CHOICES.get(other);
  if (choices) CHOICES.set(reader, choices);
  return reader;
}

/** Writes the path of a file so that no parser takes it for a flag: `-x.yaml` is `./-x.yaml`. */
export const asWord = (nameOrPath: string): string =>
  /^-./.test(nameOrPath) ? `./${nameOrPath}` : nameOrPath;
