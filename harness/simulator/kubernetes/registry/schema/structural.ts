/**
 * Custom resources and their structural schemas: pruning, defaults and validation (apiextensions-apiserver
 * pkg/apiserver @v1.32).
 */

import { type FieldError, goValue } from '../field-errors.ts';
import { copy, equal, isObject, type JsonObject, listOf, objectOf, objectsOf, stringOf } from '../json.ts';
import { checkRules } from './rules.ts';

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);
const keepsUnknown = (schema: JsonObject): boolean => schema['x-kubernetes-preserve-unknown-fields'] === true;

/**
 * Drops what the schema does not know, in place.
 * @param unknown - gets the paths of what is dropped
 */
export function prune(
  value: unknown,
  schema: JsonObject,
  path: string,
  unknown: string[],
  isRoot = false,
): void {
  if (Array.isArray(value)) {
    const items = objectOf(schema['items']);
    value.forEach((element, index) => {
      prune(element, items, `${path}[${index}]`, unknown);
    });
    return;
  }
  if (!isObject(value)) return;
  const properties = objectOf(schema['properties']);
  const additional = schema['additionalProperties'];
  const isResource = isRoot || schema['x-kubernetes-embedded-resource'] === true;
  for (const key of Object.keys(value)) {
    if (isResource && (key === 'apiVersion' || key === 'kind' || key === 'metadata')) continue;
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (isObject(property)) prune(value[key], property, join(path, key), unknown);
    else if (isObject(additional)) prune(value[key], additional, join(path, key), unknown);
    else if (additional !== true && !keepsUnknown(schema)) {
      unknown.push(join(path, key));
      delete value[key];
    }
  }
}

/** Fills in the defaults of the schema, in place. */
export function applySchemaDefaults(value: unknown, schema: JsonObject): void {
  if (Array.isArray(value)) {
    for (const element of value) applySchemaDefaults(element, objectOf(schema['items']));
    return;
  }
  if (!isObject(value)) return;
  for (const [key, property] of Object.entries(objectOf(schema['properties']))) {
    if (!isObject(property)) continue;
    const isAbsent = value[key] === undefined || (value[key] === null && property['nullable'] !== true);
    if (isAbsent && property['default'] !== undefined) value[key] = copy(property['default']);
    applySchemaDefaults(value[key], property);
  }
  const additional = schema['additionalProperties'];
  if (isObject(additional)) for (const entry of Object.values(value)) applySchemaDefaults(entry, additional);
}

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
 * All that breaks the schema and, if nothing basic is wrong, its rules in CEL.
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

function invalidIn(path: string, value: unknown, detail: string): FieldError {
  return {
    reason: 'FieldValueInvalid',
    field: path,
    message: `Invalid value: ${goValue(value)}: ${path} in body ${detail}`,
  };
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

function checkScalar(value: unknown, schema: JsonObject, path: string, errors: FieldError[]): void {
  const options = schema['enum'];
  if (Array.isArray(options) && !options.some(option => equal(option, value))) {
    errors.push({
      reason: 'FieldValueNotSupported',
      field: path,
      message: `Unsupported value: ${goValue(value)}: supported values: ${options.map(goValue).join(', ')}`,
    });
  }
  const limit = (key: string): number | undefined =>
    typeof schema[key] === 'number' ? Number(schema[key]) : undefined;
  const report = (isBroken: boolean, detail: string) => {
    if (isBroken) errors.push(invalidIn(path, value, detail));
  };
  if (typeof value === 'string') {
    const [least, most] = [limit('minLength'), limit('maxLength')];
    report(least !== undefined && value.length < least, `should be at least ${least} chars long`);
    if (most !== undefined && value.length > most) {
      errors.push({
        reason: 'FieldValueTooLong',
        field: path,
        message: `Too long: may not be more than ${most} bytes`,
      });
    }
    const pattern = stringOf(schema['pattern']);
    if (pattern !== undefined) report(!matchesPattern(pattern, value), `should match '${pattern}'`);
  } else if (typeof value === 'number') {
    const [least, most] = [limit('minimum'), limit('maximum')];
    const low = schema['exclusiveMinimum'] === true;
    const high = schema['exclusiveMaximum'] === true;
    report(
      least !== undefined && (low ? value <= least : value < least),
      `should be greater than ${low ? '' : 'or equal to '}${least}`,
    );
    report(
      most !== undefined && (high ? value >= most : value > most),
      `should be less than ${high ? '' : 'or equal to '}${most}`,
    );
  } else if (Array.isArray(value)) {
    const [least, most] = [limit('minItems'), limit('maxItems')];
    report(least !== undefined && value.length < least, `should have at least ${least} items`);
    if (most !== undefined && value.length > most) {
      const message = `Too many: ${value.length}: must have at most ${most} items`;
      errors.push({ reason: 'FieldValueTooMany', field: path, message });
    }
  }
}

/** Go's dialect has what JavaScript lacks; a pattern that cannot be read is not checked. */
function matchesPattern(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value);
  } catch {
    return true;
  }
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
