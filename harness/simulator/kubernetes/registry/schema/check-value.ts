/**
 * Checks a value against a schema (kube-openapi pkg/validation/validate @v1.34). What an update leaves as it
 * was is not held against it (apiextensions-apiserver pkg/apiserver/validation/ratcheting.go).
 */
import { equal, isObject, type JsonObject, listOf, objectOf, objectsOf, stringOf } from '../json.ts';
import { CheckResult } from './check-result.ts';
import { hasFormat, isFormat } from './formats.ts';
import { checkLimits } from './value-limits.ts';

/** The state before, where one can tell which part of it the value was. */
interface Before {
  readonly value: unknown;
}

/**
 * Checks a value.
 * @param before - undefined if there was none
 * @param prefix - of the fields in errors
 */
export function checkValue(
  value: unknown,
  schema: JsonObject,
  before: Before | undefined,
  prefix = '',
): CheckResult {
  const result = new CheckResult(prefix);
  check(value, schema, '', before, result);
  return before && result.errors.length > 0 && equal(value, before.value) ? result.fork() : result;
}

/** Checks a part; what was so before passes. */
function checkPart(
  value: unknown,
  schema: JsonObject,
  path: string,
  before: Before | undefined,
  result: CheckResult,
): void {
  const found = result.errors.length;
  check(value, schema, path, before, result);
  if (before && result.errors.length > found && equal(value, before.value)) result.errors.length = found;
}

function check(
  value: unknown,
  schema: JsonObject,
  path: string,
  before: Before | undefined,
  result: CheckResult,
): void {
  checkType(value, schema, path, result);
  if (value === null) {
    checkEnum(value, schema, path, result);
    return;
  }
  checkAlternatives(value, schema, path, before, result);
  checkLimits(value, schema, path, result);
  if (Array.isArray(value)) checkList(value, schema, path, before, result);
  checkEnum(value, schema, path, result);
  if (isObject(value)) checkObject(value, schema, path, before, result);
  result.matches++;
}

/** The types that a schema allows; any if it names none. */
function typesOf(schema: JsonObject): readonly string[] {
  if (schema['x-kubernetes-int-or-string'] === true) return ['integer', 'string'];
  const type = stringOf(schema['type']) ?? '';
  return type === '' ? [] : [type];
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function checkType(value: unknown, schema: JsonObject, path: string, result: CheckResult): void {
  const types = typesOf(schema);
  const format = stringOf(schema['format']) ?? '';
  const knownFormat = isFormat(format) ? format : '';
  if (types.length === 0 && knownFormat === '') return;
  const refuse = (wanted: string, found: string) => {
    const detail = `${path} in body must be of type ${wanted}: ${JSON.stringify(found)}`;
    result.add('FieldValueTypeInvalid', path, `Invalid value: ${JSON.stringify(found)}: ${detail}`);
  };
  if (value === null) {
    if (types.length > 0 && schema['nullable'] !== true) refuse(types.join(','), 'null');
    else result.matches++;
    return;
  }
  const found = typeOf(value);
  const isFitting = types.includes(found) || (found === 'integer' && types.includes('number'));
  const isTextual = typeof value === 'string' || Array.isArray(value);
  if (!isTextual && knownFormat !== '' && !isFitting)
    refuse(knownFormat, found === 'integer' ? 'int64' : found === 'number' ? 'float64' : '');
  else if (isTextual && knownFormat !== '' && !types.includes('number') && !types.includes('integer'))
    result.matches++;
  else if (!isFitting) refuse(types.join(','), found);
  else result.matches++;
  if (typeof value === 'string' && knownFormat !== '' && !hasFormat(knownFormat, value)) {
    const detail = `${path} in body must be of type ${knownFormat}: ${JSON.stringify(value)}`;
    result.add('FieldValueTypeInvalid', path, `Invalid value: ${JSON.stringify(value)}: ${detail}`);
  }
}

function checkEnum(value: unknown, schema: JsonObject, path: string, result: CheckResult): void {
  const options = listOf(schema['enum']);
  if (options.length === 0 || options.some(option => equal(option, value))) return;
  const shown = options.map(option =>
    JSON.stringify(typeof option === 'string' ? option : JSON.stringify(option)),
  );
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${shown.join(', ')}`;
  result.add('FieldValueNotSupported', path, message);
}

function checkList(
  value: readonly unknown[],
  schema: JsonObject,
  path: string,
  before: Before | undefined,
  result: CheckResult,
): void {
  const { items } = schema;
  if (!isObject(items)) return;
  const elementBefore = before && elementsBefore(before.value, schema);
  value.forEach((element, index) => {
    checkPart(element, items, `${path}[${index}]`, elementBefore?.(element), result);
  });
}

/** Finds elements again by their keys: in lists that are maps only. */
function elementsBefore(
  old: unknown,
  schema: JsonObject,
): ((element: unknown) => Before | undefined) | undefined {
  if (schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(old)) return undefined;
  const keys = listOf(schema['x-kubernetes-list-map-keys']).map(String);
  return element => {
    const value = old.find(other => keys.every(key => equal(objectOf(other)[key], objectOf(element)[key])));
    return value === undefined ? undefined : { value };
  };
}

function checkObject(
  value: JsonObject,
  schema: JsonObject,
  path: string,
  before: Before | undefined,
  result: CheckResult,
): void {
  const properties = objectOf(schema['properties']);
  const additional = schema['additionalProperties'];
  const old = isObject(before?.value) ? before.value : undefined;
  for (const key of Object.keys(value)) {
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    const isDeclared = isObject(property);
    if (!isDeclared && additional === false) {
      const detail = `${path}.${key} in body is a forbidden property`;
      result.add('FieldValueInvalid', path, `Invalid value: ${JSON.stringify(key)}: ${detail}`);
    }
    const inner = isDeclared ? property : additional;
    if (!isObject(inner) || value[key] === undefined) continue;
    const known = old && Object.hasOwn(old, key) ? { value: old[key] } : undefined;
    checkPart(value[key], inner, path === '' && isDeclared ? key : `${path}.${key}`, known, result);
  }
  for (const key of listOf(schema['required']).map(String)) {
    if (!Object.hasOwn(value, key) || value[key] === undefined)
      result.add('FieldValueRequired', `${path}.${key}`, 'Required value');
  }
}

/** Tries alternatives until one fits; of those that do not, the nearest tells what is wrong. */
function checkAlternatives(
  value: unknown,
  schema: JsonObject,
  path: string,
  before: Before | undefined,
  result: CheckResult,
): void {
  const quoted = JSON.stringify(path);
  const attempt = (part: JsonObject): CheckResult => {
    const inner = result.fork();
    check(value, part, path, before, inner);
    return inner;
  };
  const any = objectsOf(schema['anyOf']);
  if (any.length > 0) {
    const { fitting, nearest } = tryAll(any, attempt, true);
    if (fitting.length === 0) result.general(`${quoted} must validate at least one schema (anyOf)`);
    if (nearest) result.merge(nearest);
  }
  const one = objectsOf(schema['oneOf']);
  if (one.length > 0) {
    const { fitting, nearest } = tryAll(one, attempt, false);
    const text = `${quoted} must validate one and only one schema (oneOf).`;
    if (fitting.length === 0) result.general(`${text} Found none valid`);
    else if (fitting.length > 1) result.general(`${text} Found ${fitting.length} valid alternatives`);
    if (nearest && fitting.length < 2) result.merge(nearest);
  }
  const all = objectsOf(schema['allOf']).map(attempt);
  for (const inner of all) result.merge(inner);
  const valid = all.filter(({ errors }) => errors.length === 0).length;
  if (valid !== all.length)
    result.general(`${quoted} must validate all the schemas (allOf)${valid === 0 ? '. None validated' : ''}`);
  if (isObject(schema['not']) && attempt(schema['not']).errors.length === 0)
    result.general(`${quoted} must not validate the schema (not)`);
}

/** @returns those that fit, and the one whose result counts: the first that fits, else the nearest */
function tryAll(
  parts: readonly JsonObject[],
  attempt: (part: JsonObject) => CheckResult,
  untilFirst: boolean,
): { readonly fitting: readonly CheckResult[]; readonly nearest: CheckResult | undefined } {
  const fitting: CheckResult[] = [];
  let nearest: CheckResult | undefined;
  for (const part of parts) {
    const inner = attempt(part);
    if (inner.errors.length === 0) fitting.push(inner);
    else if (!nearest || inner.matches > nearest.matches) nearest = inner;
    if (untilFirst && fitting.length > 0) break;
  }
  return { fitting, nearest: fitting[0] ?? nearest };
}
