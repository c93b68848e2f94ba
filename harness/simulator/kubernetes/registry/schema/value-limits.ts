/**
 * Lengths, ranges, patterns and sizes (kube-openapi pkg/validation/validate/{validator,values}.go @v1.34).
 */

import { goRegexp } from '../go-regexp.ts';
import { isObject, type JsonObject, stringOf } from '../json.ts';
import type { CheckResult } from './check-result.ts';

/** Adds what is wrong with a value, whatever is inside it. */
export function checkLimits(value: unknown, schema: JsonObject, path: string, result: CheckResult): void {
  if (typeof value === 'string') checkText(value, schema, path, result);
  else if (typeof value === 'number') checkNumber(value, schema, path, result);
  else if (Array.isArray(value)) checkLength(value.length, schema, path, result);
  else if (isObject(value)) checkSize(value, schema, path, result);
}

const limitIn = (schema: JsonObject, key: string): number | undefined => {
  const limit = schema[key];
  return typeof limit === 'number' ? limit : undefined;
};

/** Checks the length of a text in code points, and its pattern; the first that is wrong is told. */
function checkText(value: string, schema: JsonObject, path: string, result: CheckResult): void {
  const [least, most] = [limitIn(schema, 'minLength'), limitIn(schema, 'maxLength')];
  const length = least === undefined && most === undefined ? 0 : [...value].length;
  const pattern = stringOf(schema['pattern']) ?? '';
  if (most !== undefined && length > most) {
    result.add('FieldValueTooLong', path, `Too long: may not be more than ${most} bytes`);
  } else if (least !== undefined && length < least) {
    result.invalid(path, value, `should be at least ${least} chars long`);
  } else if (pattern !== '') {
    const regexp = goRegexp(pattern);
    // A pattern that cannot be read has been refused with its definition.
    if (!(regexp instanceof Error) && !regexp.test(value))
      result.invalid(path, value, `should match '${pattern}'`);
  }
}

function checkNumber(value: number, schema: JsonObject, path: string, result: CheckResult): void {
  const factor = limitIn(schema, 'multipleOf');
  if (factor !== undefined && !isMultiple(value, factor))
    result.invalid(path, value, `should be a multiple of ${factor}`);
  const [least, most] = [limitIn(schema, 'minimum'), limitIn(schema, 'maximum')];
  const low = schema['exclusiveMinimum'] === true;
  const high = schema['exclusiveMaximum'] === true;
  if (least !== undefined && (low ? value <= least : value < least))
    result.invalid(path, value, `should be greater than ${low ? '' : 'or equal to '}${least}`);
  if (most !== undefined && (high ? value >= most : value > most))
    result.invalid(path, value, `should be less than ${high ? '' : 'or equal to '}${most}`);
}

function isMultiple(value: number, factor: number): boolean {
  const quotient = factor < 1 ? (1 / factor) * value : value / factor;
  return Math.abs(quotient - Math.round(quotient)) < 1e-9;
}

function checkLength(length: number, schema: JsonObject, path: string, result: CheckResult): void {
  const [least, most] = [limitIn(schema, 'minItems'), limitIn(schema, 'maxItems')];
  if (least !== undefined && length < least)
    result.invalid(path, length, `should have at least ${least} items`);
  if (most !== undefined && length > most) tooMany(length, most, path, result);
}

function checkSize(value: JsonObject, schema: JsonObject, path: string, result: CheckResult): void {
  const [least, most] = [limitIn(schema, 'minProperties'), limitIn(schema, 'maxProperties')];
  if (least === undefined && most === undefined) return;
  const size = Object.keys(value).length;
  if (least !== undefined && size < least)
    result.invalid(path, size, `should have at least ${least} properties`);
  if (most !== undefined && size > most) tooMany(size, most, path, result);
}

function tooMany(found: number, most: number, path: string, result: CheckResult): void {
  result.add('FieldValueTooMany', path, `Too many: ${found}: must have at most ${most} items`);
}
