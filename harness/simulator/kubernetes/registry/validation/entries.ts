/** The checks of entries and values that the lists of a pod share. */
import { duplicate, type FieldError, invalidValue, notSupported, required } from '../field-errors.ts';
import { problemsOfLabel } from './names.ts';

const isPort = (value: unknown): boolean =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535;

/** Checks a port: 1 to 65535. */
export function portNumber(value: unknown, field: string): FieldError[] {
  return isPort(value) ? [] : [invalidValue(field, value ?? 0, 'must be between 1 and 65535, inclusive')];
}

/** Turns what is wrong with a value into problems of its field. */
export function invalidFor(field: string, value: string, problems: readonly string[]): FieldError[] {
  return problems.map(problem => invalidValue(field, value, problem));
}

/** Checks that a value is absent or one of the choices. */
export function validateChoice(value: unknown, field: string, choices: readonly string[]): FieldError[] {
  return value === undefined || choices.includes(String(value))
    ? []
    : [notSupported(field, String(value), choices)];
}

/** Checks the name of an entry in a list: it must be there, obey a rule, and occur once. */
export function validateName(name: string, field: string, taken: Set<string>): FieldError[] {
  if (name === '') return [required(field)];
  const errors = invalidFor(field, name, problemsOfLabel(name));
  if (taken.has(name)) errors.push(duplicate(field, name));
  taken.add(name);
  return errors;
}
