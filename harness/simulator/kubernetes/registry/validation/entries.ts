/** The checks of single values that many kinds share (pkg/apis/core/validation/validation.go @v1.34). */

import { isIpAddress } from '../../../../base/ip-address.ts';
import { type FieldError, invalidValue, notSupported, required, tooLongValue } from '../field-errors.ts';
import { stringOf } from '../json.ts';
import { problemsOfQualifiedName } from './label-rules.ts';
import { problemsOfLabel, problemsOfPortName, problemsOfSubdomain } from './names.ts';

/** Returns a text; an empty one for what is absent, as Go has it. */
export const textOf = (value: unknown): string => stringOf(value) ?? '';

/** Returns a number; 0 for what is absent, as Go has it. */
export const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** Tells whether a value is there: pointers of Go are nil for `null`, too. */
export const isSet = (value: unknown): boolean => value !== undefined && value !== null;

const isPort = (value: unknown): boolean =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535;

/** Checks a port: 1 to 65535. */
export function portNumber(value: unknown, field: string): FieldError[] {
  return isPort(value) ? [] : [invalidValue(field, value ?? 0, 'must be between 1 and 65535, inclusive')];
}

/** Checks a port that is a number or a name (ValidatePortNumOrName). */
export function portNumberOrName(value: unknown, field: string): FieldError[] {
  return typeof value === 'string'
    ? invalidFor(field, value, problemsOfPortName(value))
    : portNumber(value, field);
}

/** Turns what is wrong with a value into problems of its field. */
export function invalidFor(field: string, value: unknown, problems: readonly string[]): FieldError[] {
  return problems.map(problem => invalidValue(field, value, problem));
}

/** Checks that a value is absent or one of the choices. */
export function validateChoice(value: unknown, field: string, choices: readonly string[]): FieldError[] {
  return !isSet(value) || choices.includes(String(value))
    ? []
    : [notSupported(field, String(value), choices)];
}

/** Checks that a value is there and one of the choices. */
export function requiredChoice(value: unknown, field: string, choices: readonly string[]): FieldError[] {
  return textOf(value) === '' ? [required(field)] : validateChoice(value, field, choices);
}

/** Checks that a text is there. */
export function requiredText(value: unknown, field: string, detail = ''): FieldError[] {
  return textOf(value) === '' ? [required(field, detail)] : [];
}

/** Checks that a number is not below 0 (ValidateNonnegativeField). */
export function nonNegative(value: unknown, field: string): FieldError[] {
  return numberOf(value) < 0 ? [invalidValue(field, value, 'must be greater than or equal to 0')] : [];
}

/** Checks that a number is above 0 (ValidatePositiveField). */
export function positive(value: unknown, field: string): FieldError[] {
  return numberOf(value) > 0 ? [] : [invalidValue(field, numberOf(value), 'must be greater than zero')];
}

/** Checks that a number lies from `least` to `most`. */
export function inRange(value: unknown, field: string, least: number, most: number): FieldError[] {
  const number = numberOf(value);
  if (number >= least && number <= most) return [];
  return [invalidValue(field, number, `must be between ${least} and ${most}, inclusive`)];
}

/** Checks an RFC 1123 label. */
export const labelText = (value: string, field: string): FieldError[] =>
  invalidFor(field, value, problemsOfLabel(value));

/** Checks an RFC 1123 subdomain. */
export const subdomainText = (value: string, field: string): FieldError[] =>
  invalidFor(field, value, problemsOfSubdomain(value));

/** Checks a qualified name: a label's key, a condition's type. */
export const qualifiedName = (value: string, field: string): FieldError[] =>
  invalidFor(field, value, problemsOfQualifiedName(value));

/** Checks an address of a field that is older than strict checks (IsValidIPForLegacyField). */
export function legacyAddress(value: string, field: string): FieldError[] {
  if (isIpAddress(value)) return [];
  return [invalidValue(field, value, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')];
}

/** Checks the length of a text in bytes. */
export function atMost(value: unknown, field: string, bytes: number): FieldError[] {
  return Buffer.byteLength(textOf(value)) > bytes ? [tooLongValue(field, bytes)] : [];
}
