/** The checks of entries and values that the lists of a pod share. */
import { duplicate, type FieldError, invalidValue, notSupported, required } from '../field-errors.ts';
import { problemsOfLabel } from './names.ts';

const isPort = (value: unknown): boolean =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535;

export function portNumber(value: unknown, field: string): FieldError[] {
  return isPort(value) ? [] : [invalidValue(field, value ?? 0, 'must be between 1 and 65535, inclusive')];
}

export function invalidFor(field: string, value: string, problems: readonly string[]): FieldError[] {
  return problems.map(problem => invalidValue(field, value, problem));
}

export function validateChoice(value: unknown, field: string, choices: readonly string[]): FieldError[] {
  return value === undefined || choices.includes(String(value))
    ? []
    : [notSupported(field, String(value), choices)];
}

/** The name of an entry in a list: it must be there, obey a rule, and be the only one of its kind. */
export function validateName(name: string, field: string, taken: Set<string>): FieldError[] {
  if (name === '') return [required(field)];
  const errors = invalidFor(field, name, problemsOfLabel(name));
  if (taken.has(name)) errors.push(duplicate(field, name));
  taken.add(name);
  return errors;
}
