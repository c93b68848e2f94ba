/** Validates custom resources by their structural schemas (apiextensions-apiserver pkg/apiserver @v1.32). */

import { type FieldError, goValue } from '../field-errors.ts';
import { isObject, type JsonObject, listOf, objectOf, objectsOf, stringOf } from '../json.ts';
import { join } from './field-path.ts';
import { checkRules } from './rules.ts';
import { checkScalar } from './scalar-limits.ts';

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

/** The last cause when types were wrong: the rest was not looked at. */
const INCOMPLETE: FieldError = {
  reason: 'FieldValueInvalid',
  field: '<nil>',
  message:
    'Invalid value: "null": some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
};

/** Problems that keep the server from looking at the CEL rules. */
const BLOCKING: readonly FieldError['reason'][] = [
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
];

/**
 * Finds all that breaks the schema and, if nothing basic is wrong, its rules in CEL.
 * @param old - the state before, on an update
 */
export function validateStructure(
  object: JsonObject,
  old: JsonObject | undefined,
  schema: JsonObject,
): FieldError[] {
  const errors: FieldError[] = [];
  // The metadata has rules of its own.
  const { metadata: _metadata, ...rest } = object;
  check(rest, schema, '', errors, true);
  return errors.some(({ reason }) => BLOCKING.includes(reason))
    ? [...errors, INCOMPLETE]
    : [...errors, ...checkRules(object, old, schema)];
}

function check(value: unknown, schema: JsonObject, path: string, errors: FieldError[], isRoot = false): void {
  if (value === null && schema['nullable'] === true) return;
  if (!checkType(value, schema, path, errors)) return;
  checkScalar(value, schema, path, errors);
  if (Array.isArray(value)) {
    const items = objectOf(schema['items']);
    value.forEach((element, index) => {
      check(element, items, `${path}[${index}]`, errors);
    });
  } else if (isObject(value)) checkObject(value, schema, path, errors, isRoot);
  checkCombinations(value, schema, path, errors);
}

function checkType(value: unknown, schema: JsonObject, path: string, errors: FieldError[]): boolean {
  const found = typeOf(value);
  if (schema['x-kubernetes-int-or-string'] === true) {
    if (found === 'integer' || found === 'string') return true;
  } else {
    const wanted = stringOf(schema['type']);
    if (wanted === undefined || wanted === found || (wanted === 'number' && found === 'integer')) return true;
  }
  const wanted = schema['x-kubernetes-int-or-string'] === true ? 'integer,string' : String(schema['type']);
  errors.push({
    reason: 'FieldValueTypeInvalid',
    field: path === '' ? '<nil>' : path,
    message: `Invalid value: "${found}": ${path} in body must be of type ${wanted}: "${found}"`,
  });
  return false;
}

function checkObject(
  value: JsonObject,
  schema: JsonObject,
  path: string,
  errors: FieldError[],
  isRoot: boolean,
): void {
  for (const key of listOf(schema['required'])) {
    if (typeof key !== 'string' || value[key] !== undefined || (isRoot && key === 'metadata')) continue;
    errors.push({ reason: 'FieldValueRequired', field: join(path, key), message: 'Required value' });
  }
  const properties = objectOf(schema['properties']);
  const additional = schema['additionalProperties'];
  for (const [key, entry] of Object.entries(value)) {
    if (entry === undefined) continue;
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (isObject(property)) check(entry, property, join(path, key), errors);
    else if (isObject(additional)) check(entry, additional, join(path, key), errors);
  }
}

function checkCombinations(value: unknown, schema: JsonObject, path: string, errors: FieldError[]): void {
  const holds = (part: JsonObject) => {
    const inner: FieldError[] = [];
    check(value, part, path, inner);
    return inner.length === 0;
  };
  const any = objectsOf(schema['anyOf']);
  const one = objectsOf(schema['oneOf']);
  const none = schema['not'];
  for (const part of objectsOf(schema['allOf'])) check(value, part, path, errors);
  const fail = (detail: string) =>
    errors.push({
      reason: 'FieldValueInvalid',
      field: path === '' ? '<nil>' : path,
      message: `Invalid value: ${goValue(isObject(value) ? '' : value)}: ${JSON.stringify(path)} ${detail}`,
    });
  if (any.length > 0 && !any.some(holds)) fail('must validate at least one schema (anyOf)');
  if (one.length > 0 && one.filter(holds).length !== 1) {
    fail(
      `must validate one and only one schema (oneOf). Found ${one.some(holds) ? 'more than one' : 'none'} valid`,
    );
  }
  if (isObject(none) && holds(none)) fail('must not validate the schema (not)');
}
