/**
 * Reads flags as Go's pflag does: interspersed, `--name value`, `--name=value`, `-nvalue`, clusters of short
 * ones.
 */

import { parseDuration } from '../../base/go-duration.ts';

export interface FlagSpec {
  readonly short?: string;
  /** A `list` may be given several times; for a `text` the last one wins. */
  readonly type: 'text' | 'boolean' | 'list' | 'integer' | 'duration';
  /** The value that a bare `--name` stands for; then a value needs `=`. */
  readonly bare?: string;
}

export type FlagTable = Readonly<Record<string, FlagSpec>>;

/** A command line that cannot be read; the message is pflag's. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
  /** The flag that the command does not have: `--revision`, `-r`. */
  readonly unknown: string | undefined;

  constructor(message: string, unknown?: string) {
    super(message);
    this.unknown = unknown;
  }
}

/** The flags that were given, and the words that are no flags. */
export class ParsedFlags {
  readonly args: readonly string[];
  /** The words after `--`, if that was there; they are in `args` too. */
  readonly afterDash: readonly string[] | undefined;
  readonly #values: ReadonlyMap<string, readonly string[]>;

  constructor(
    args: readonly string[],
    afterDash: readonly string[] | undefined,
    values: ReadonlyMap<string, readonly string[]>,
  ) {
    this.args = args;
    this.afterDash = afterDash;
    this.#values = values;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }
  /** Returns the last value that was given. */
  text(name: string): string | undefined {
    return this.#values.get(name)?.at(-1);
  }
  list(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }
  boolean(name: string): boolean {
    return TRUE.has(this.text(name) ?? 'false');
  }
  integer(name: string): number | undefined {
    const value = this.text(name);
    return value === undefined ? undefined : Number(value);
  }
  durationMs(name: string): number | undefined {
    const value = this.text(name);
    return value === undefined ? undefined : parseDuration(value);
  }
}

const TRUE = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

/**
 * @param flags - flags by long name, without dashes
 * @throws FlagError with pflag's text for an unknown flag, a missing or an unreadable value
 */
export function parseFlags(argv: readonly string[], flags: FlagTable): ParsedFlags {
  const byShort = new Map(
    Object.entries(flags).flatMap(([name, { short }]) => (short ? [[short, name] as const] : [])),
  );
  const args: string[] = [];
  const values = new Map<string, string[]>();
  let afterDash: readonly string[] | undefined;
  const set = (name: string, spec: FlagSpec, value: string, shown: string) => {
    check(spec, value, shown);
    values.set(name, [...(values.get(name) ?? []), value]);
  };
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? '';
    if (word === '--') {
      afterDash = argv.slice(at + 1);
      args.push(...afterDash);
      break;
    }
    if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      const name = word.slice(2, equals < 0 ? undefined : equals);
      const spec = flags[name];
      if (!spec) throw new FlagError(`unknown flag: --${name}`, `--${name}`);
      const shown = spec.short ? `-${spec.short}, --${name}` : `--${name}`;
      if (equals >= 0) set(name, spec, word.slice(equals + 1), shown);
      else if (bareValue(spec) !== undefined) set(name, spec, bareValue(spec) ?? '', shown);
      else {
        const value = argv[++at];
        if (value === undefined) throw new FlagError(`flag needs an argument: --${name}`);
        set(name, spec, value, shown);
      }
    } else if (word.startsWith('-') && word.length > 1) {
      for (let letters = word.slice(1); letters !== ''; ) {
        const short = letters[0] ?? '';
        const name = byShort.get(short);
        const spec = name === undefined ? undefined : flags[name];
        if (name === undefined || !spec)
          throw new FlagError(`unknown shorthand flag: '${short}' in ${word}`, `-${short}`);
        const shown = `-${short}, --${name}`;
        letters = letters.slice(1);
        if (letters.startsWith('=')) {
          set(name, spec, letters.slice(1), shown);
          letters = '';
        } else if (bareValue(spec) !== undefined) {
          set(name, spec, bareValue(spec) ?? '', shown);
        } else {
          const value = letters === '' ? argv[++at] : letters;
          if (value === undefined) throw new FlagError(`flag needs an argument: '${short}' in ${word}`);
          set(name, spec, value, shown);
          letters = '';
        }
      }
    } else {
      args.push(word);
    }
  }
  return new ParsedFlags(args, afterDash, values);
}

const bareValue = (spec: FlagSpec) => spec.bare ?? (spec.type === 'boolean' ? 'true' : undefined);

function check(spec: FlagSpec, value: string, shown: string): void {
  const refuse = (why: string) => new FlagError(`invalid argument "${value}" for "${shown}" flag: ${why}`);
  if (spec.type === 'boolean' && !TRUE.has(value) && !FALSE.has(value)) {
    throw refuse(`strconv.ParseBool: parsing "${value}": invalid syntax`);
  }
  if (spec.type === 'integer' && !/^[+-]?\d+$/.test(value)) {
    throw refuse(`strconv.ParseInt: parsing "${value}": invalid syntax`);
  }
  if (spec.type === 'duration' && parseDuration(value) === undefined) {
    throw refuse(`time: ${/^[+-]?[\d.]+$/.test(value) ? 'missing unit in' : 'invalid'} duration "${value}"`);
  }
}
