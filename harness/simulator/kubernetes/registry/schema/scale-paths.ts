/**
 * The numbers and the selector of a custom resource's scale: where they stand, and what they must be
 * (apiextensions-apiserver pkg/registry/customresource/{validator,etcd}.go @v1.34).
 */
import { type FieldError, invalidValue } from '../field-errors.ts';
import { isObject, type JsonObject, valueAt } from '../json.ts';
import type { ScalePaths } from '../resources.ts';

const MAX_INT32 = 2 ** 31 - 1;

/** Splits `.spec.replicas` into its keys. */
const keysOf = (path: string): readonly string[] => path.replace(/^\./, '').split('.');

/** Returns the value at a simple path like `.spec.replicas`. */
export const readAt = (object: JsonObject, path: string): unknown => valueAt(object, ...keysOf(path));

/** Sets the value at a simple path, in place; objects on the way are made. */
export function writeAt(object: JsonObject, path: string, value: unknown): void {
  const keys = [...keysOf(path)];
  const last = keys.pop() ?? '';
  let target = object;
  for (const key of keys) {
    const next = target[key];
    if (isObject(next)) target = next;
    else {
      const made: JsonObject = {};
      target[key] = made;
      target = made;
    }
  }
  target[last] = value;
}

/**
 * Finds what is wrong with the numbers of a scale.
 * @param only - `status`: a write of the status, in which the spec does not count
 */
export function checkScale(
  object: JsonObject,
  paths: ScalePaths | undefined,
  only: 'all' | 'status' = 'all',
): FieldError[] {
  if (!paths) return [];
  return [
    ...(only === 'all' ? problemsOfNumber(object, paths.specReplicasPath) : []),
    ...problemsOfNumber(object, paths.statusReplicasPath),
    ...problemsOfSelector(object, paths.labelSelectorPath),
  ];
}

const accessorError = (path: string, value: unknown, wanted: string): string =>
  `${path} accessor error: ${shown(value)} is of the type ${goType(value)}, expected ${wanted}`;

/** Finds the field on the way to which something else than an object stands. */
function blockedAt(object: JsonObject, path: string): string | undefined {
  let value: unknown = object;
  let way = '';
  for (const key of keysOf(path)) {
    way += `.${key}`;
    if (!isObject(value)) {
      return value === undefined ? undefined : accessorError(way, value, 'map[string]interface{}');
    }
    value = Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return undefined;
}

function problemsOfNumber(object: JsonObject, path: string): FieldError[] {
  const blocked = blockedAt(object, path);
  if (blocked !== undefined) return [invalidValue(path, 0, blocked)];
  const value = readAt(object, path);
  if (value === undefined) return [];
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    return [invalidValue(path, 0, accessorError(path, value, 'int64'))];
  }
  if (value < 0) return [invalidValue(path, value, 'should be a non-negative integer')];
  if (value <= MAX_INT32) return [];
  return [invalidValue(path, value, `should be less than or equal to ${MAX_INT32}`)];
}

function problemsOfSelector(object: JsonObject, path: string | undefined): FieldError[] {
  if (path === undefined) return [];
  const blocked = blockedAt(object, path);
  if (blocked !== undefined) return [invalidValue(path, '', blocked)];
  const value = readAt(object, path);
  if (value === undefined || typeof value === 'string') return [];
  return [invalidValue(path, '', accessorError(path, value, 'string'))];
}

/** Prints a value as Go's `%v` does. */
function shown(value: unknown): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(shown).join(' ')}]`;
  if (!isObject(value)) return String(value);
  const names = Object.keys(value).sort();
  return `map[${names.map(name => `${name}:${shown(value[name])}`).join(' ')}]`;
}

function goType(value: unknown): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'map[string]interface {}';
}
