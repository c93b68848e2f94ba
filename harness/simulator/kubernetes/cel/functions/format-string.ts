/** `'%s is %d'.format([a, b])` (google/cel-go ext/formatting.go @v0.26; the locale is that of en_US). */

import { shortNumber, specialNumber } from '../run/numbers.ts';
import { describeDuration, describeTimestamp } from '../run/time.ts';
import { UnsignedInt } from '../run/unsigned-int.ts';
import {
  Duration,
  EvaluationError,
  isList,
  isMap,
  Timestamp,
  TypeValue,
  typeNameOf,
  type Value,
} from '../run/values.ts';
import type { Library } from './declare.ts';

const DEFAULT_PRECISION = 6;

const quoted = (text: string) => JSON.stringify(text);

/** An element of a list or map, as it stands in an expression. */
function literalText(value: Value): string {
  if (typeof value === 'string') return quoted(value);
  if (value instanceof Uint8Array) return `b${quoted(new TextDecoder().decode(value))}`;
  if (typeof value === 'number') {
    const special = specialNumber(value, '+Inf');
    return special === undefined ? value.toFixed(DEFAULT_PRECISION) : quoted(special);
  }
  if (value instanceof Timestamp) return `timestamp(${quoted(describeTimestamp(value))})`;
  if (value instanceof Duration) return `duration(${quoted(describeDuration(value))})`;
  return plainText(value);
}

function plainText(value: Value): string {
  if (isList(value)) return `[${value.map(literalText).join(', ')}]`;
  if (isMap(value)) {
    const entries = value.keys().map(key => `${literalText(key)}:${literalText(value.get(key) ?? null)}`);
    return `{${entries.sort().join(', ')}}`;
  }
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (value instanceof UnsignedInt) return String(value.value);
  if (value instanceof Timestamp) return describeTimestamp(value);
  if (value instanceof Duration) return describeDuration(value);
  if (value instanceof TypeValue) return value.name;
  if (typeof value === 'number') return shortNumber(value);
  if (value === null || typeof value !== 'object') return String(value);
  return refuse(
    'string clause can only be used on strings, bools, bytes, ints, doubles, ' +
      'maps, lists, types, durations, and timestamps',
    value,
  );
}

function refuse(rule: string, value: Value): never {
  throw new EvaluationError(`error during formatting: ${rule}, was given ${typeNameOf(value)}`);
}

function integer(value: Value): bigint | undefined {
  if (value instanceof UnsignedInt) return value.value;
  return typeof value === 'bigint' ? value : undefined;
}

function double(value: Value): number | undefined {
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  return typeof value === 'number' ? value : undefined;
}

const special = (value: number) =>
  Number.isNaN(value) ? 'NaN' : value === Infinity ? '∞' : value === -Infinity ? '-∞' : undefined;

function fixed(value: Value, precision: number): string {
  const number = double(value) ?? refuse('fixed-point clause can only be used on doubles', value);
  const [whole = '', fraction] = number.toFixed(precision).split('.');
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return special(number) ?? (fraction === undefined ? grouped : `${grouped}.${fraction}`);
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

function scientific(value: Value, precision: number): string {
  const number = double(value) ?? refuse('scientific clause can only be used on doubles', value);
  const [mantissa = '', exponent = '0'] = number.toExponential(precision).split('e');
  const digits = String(Math.abs(Number(exponent))).padStart(2, '0');
  const raised = [...digits].map(digit => SUPERSCRIPTS[Number(digit)]).join('');
  return special(number) ?? `${mantissa}×10${Number(exponent) < 0 ? '⁻' : ''}${raised}`;
}

function hexadecimal(value: Value): string {
  const number = integer(value);
  if (number !== undefined) return number.toString(16);
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  if (!(bytes instanceof Uint8Array))
    return refuse('only integers, byte buffers, and strings can be formatted as hex', value);
  return [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('');
}

function clause(verb: string, value: Value, precision: number): string {
  switch (verb) {
    case 's':
      return plainText(value);
    case 'd':
      return String(integer(value) ?? refuse('decimal clause can only be used on integers', value));
    case 'f':
      return fixed(value, precision);
    case 'e':
      return scientific(value, precision);
    case 'b': {
      if (typeof value === 'boolean') return value ? '1' : '0';
      const rule = 'only integers and bools can be formatted as binary';
      return (integer(value) ?? refuse(rule, value)).toString(2);
    }
    case 'x':
      return hexadecimal(value);
    case 'X':
      return hexadecimal(value).toUpperCase();
    case 'o':
      return (integer(value) ?? refuse('octal clause can only be used on integers', value)).toString(8);
    default:
      throw new EvaluationError(
        `could not parse formatting clause: unrecognized formatting clause ${JSON.stringify(verb)}`,
      );
  }
}

/** @throws EvaluationError if the values are too few or do not fit their places */
function format(text: string, values: readonly Value[]): string {
  let next = 0;
  return text.replaceAll(
    /%(?:(%)|(?:\.(\d+))?([\s\S]?))/g,
    (_, percent?: string, digits?: string, verb = '') => {
      if (percent !== undefined) return '%';
      const value = values[next];
      if (value === undefined) throw new EvaluationError(`index ${next} out of range`);
      next++;
      if (verb === '') throw new EvaluationError('unexpected end of string');
      return clause(verb, value, digits === undefined ? DEFAULT_PRECISION : Number(digits));
    },
  );
}

/** Declares `format`. */
export function declareFormatString(library: Library): void {
  library.declare('string_format', '.format(string, list<dyn>): string', format);
}
