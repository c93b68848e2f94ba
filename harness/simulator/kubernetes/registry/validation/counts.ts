/** The checks of numbers that many kinds share (pkg/apis/core/validation/validation.go @v1.34). */
import { type FieldError, invalidValue } from '../field-errors.ts';
import type { JsonObject } from '../json.ts';

/** Checks that a number is absent or not below 0. */
export function nonNegative(value: unknown, field: string): FieldError[] {
  return typeof value === 'number' && value < 0
    ? [invalidValue(field, value, 'must be greater than or equal to 0')]
    : [];
}

/** Checks some numbers of an object in this way. @param path - of the object */
export const nonNegativeFields = (object: JsonObject, path: string, names: readonly string[]): FieldError[] =>
  names.flatMap(name => nonNegative(object[name], `${path}.${name}`));

const PERCENT = /^[0-9]+%$/;

/**
 * Checks a number or a percentage that is not below 0 (pkg/apis/apps/validation:
 * ValidatePositiveIntOrPercent).
 */
export function intOrPercent(value: unknown, field: string): FieldError[] {
  if (typeof value === 'number') return nonNegative(value, field);
  if (PERCENT.test(String(value))) return [];
  const text =
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";
  return [invalidValue(field, value, text)];
}

/** Checks that a percentage is not above 100 (IsNotMoreThan100Percent). */
export function atMostAll(value: unknown, field: string): FieldError[] {
  return typeof value === 'string' && PERCENT.test(value) && Number.parseInt(value, 10) > 100
    ? [invalidValue(field, value, 'must not be greater than 100%')]
    : [];
}

/** Returns the number, or the percentage without its sign; 0 for what is neither (getIntOrPercentValue). */
export const amountOf = (value: unknown): number =>
  typeof value === 'number' ? value : Number.parseInt(String(value), 10) || 0;
