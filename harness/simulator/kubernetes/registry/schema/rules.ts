/**
 * Checks objects by the rules in CEL that a schema holds (`x-kubernetes-validations`; apiextensions-apiserver
 * pkg/apiserver/schema/cel/validation.go @v1.34).
 */
import { jsonValue, type Shape, withObjectMeta } from '../../cel/run/json.ts';
import { EvaluationError, Optional, type Value } from '../../cel/run/values.ts';
import type { FieldError } from '../field-errors.ts';
import { isObject, type JsonObject, listOf, objectOf, objectsOf, stringOf } from '../json.ts';
import { type CompiledRule, ruleSetOf } from './compiled-rule.ts';
import { isSameValue } from './same-value.ts';

/** How a value was before. */
interface Before {
  readonly value: unknown;
  /** The value is known to be the same thing, so its old state can be told. */
  readonly isKnown: boolean;
  /** It has not changed, nor has all around it that can be compared. */
  readonly isUnchanged: () => boolean;
}

/** Where errors go. */
interface Check {
  readonly errors: FieldError[];
  /** Called with what is wrong with a part that has not changed. */
  readonly warn: (text: string) => void;
}

interface Place {
  readonly value: unknown;
  readonly before: Before;
  readonly path: string;
  readonly isRoot: boolean;
}

const withRules = new WeakMap<JsonObject, boolean>();

/** Tells whether a schema has rules anywhere; each schema is searched once. */
export function hasRules(schema: JsonObject): boolean {
  const known = withRules.get(schema);
  if (known !== undefined) return known;
  const inner = [
    ...Object.values(objectOf(schema['properties'])),
    ...objectsOf(schema['allOf']),
    schema['items'],
    schema['additionalProperties'],
  ];
  const found =
    objectsOf(schema['x-kubernetes-validations']).length > 0 ||
    inner.some(part => isObject(part) && hasRules(part));
  withRules.set(schema, found);
  return found;
}

/** Compares when it is asked for, once. */
function same(value: unknown, old: unknown, schema: JsonObject): () => boolean {
  let known: boolean | undefined;
  return () => {
    known ??= isSameValue(value, old, schema);
    return known;
  };
}

/** Where a value is, if it is not a whole resource, and who hears what. */
interface RuleOptions {
  /** Of the value. */
  readonly path?: string;
  /** The value is a part of a resource. */
  readonly isPart?: boolean;
  /** Called with the rules that only parts break which are as they were. */
  readonly warn?: ((text: string) => void) | undefined;
}

/**
 * Finds all rules that an object breaks.
 * @param old - the state before, on an update
 */
export function checkRules(
  value: unknown,
  old: unknown,
  schema: JsonObject,
  { path = '', isPart = false, warn = () => {} }: RuleOptions = {},
): FieldError[] {
  const isUpdate = old !== undefined && old !== null;
  const before = {
    value: old,
    isKnown: isUpdate,
    isUnchanged: isUpdate ? same(value, old, schema) : () => false,
  };
  const check: Check = { errors: [], warn };
  checkPlace({ value, before, path, isRoot: !isPart }, schema, schema, check);
  return check.errors;
}

/** @param holder - has the rules; `schema` tells what the values are */
function checkPlace(place: Place, holder: JsonObject, schema: JsonObject, check: Check): void {
  const { value } = place;
  if (value === null || value === undefined || !hasRules(holder)) return;
  checkOwnRules(place, holder, schema, check);
  const parts = { ...place, before: { ...place.before, isUnchanged: () => false } };
  for (const part of objectsOf(holder['allOf'])) checkPlace(parts, part, schema, check);
  if (Array.isArray(value)) checkElements(value, place, holder, schema, check);
  else if (isObject(value)) checkEntries(value, place, holder, schema, check);
}

function checkElements(
  list: readonly unknown[],
  { before, path }: Place,
  holder: JsonObject,
  schema: JsonObject,
  check: Check,
): void {
  const [items, itemsSchema] = [holder['items'], schema['items']];
  if (!isObject(items) || !isObject(itemsSchema) || !hasRules(items)) return;
  const find = elementsBefore(before.value, schema);
  for (const [index, value] of list.entries()) {
    const old = find(value);
    const isKnown = old !== undefined;
    const element = {
      value: old,
      isKnown,
      isUnchanged: isKnown ? same(value, old, itemsSchema) : before.isUnchanged,
    };
    const isRoot = itemsSchema['x-kubernetes-embedded-resource'] === true;
    checkPlace({ value, before: element, path: `${path}[${index}]`, isRoot }, items, itemsSchema, check);
  }
}

function checkEntries(
  object: JsonObject,
  { before, path }: Place,
  holder: JsonObject,
  schema: JsonObject,
  check: Check,
): void {
  const [properties, inSchema] = [objectOf(holder['properties']), objectOf(schema['properties'])];
  const old = objectOf(before.value);
  for (const [key, value] of Object.entries(object)) {
    const isNamed = Object.hasOwn(properties, key);
    const part = isNamed ? properties[key] : holder['additionalProperties'];
    const partSchema = isNamed ? inSchema[key] : schema['additionalProperties'];
    if (!isObject(part) || !isObject(partSchema) || !hasRules(part)) continue;
    const oldValue = Object.hasOwn(old, key) ? old[key] : undefined;
    const isKnown = before.isKnown && oldValue !== undefined;
    const inner = {
      value: oldValue,
      isKnown,
      isUnchanged: before.isKnown ? same(value, oldValue, partSchema) : before.isUnchanged,
    };
    const isRoot = partSchema['x-kubernetes-embedded-resource'] === true;
    const innerPath = isNamed ? (path === '' ? key : `${path}.${key}`) : `${path}[${key}]`;
    checkPlace({ value, before: inner, path: innerPath, isRoot }, part, partSchema, check);
  }
}

/** Finds the element of before: only lists that are maps tell which one it was. */
function elementsBefore(old: unknown, schema: JsonObject): (element: unknown) => unknown {
  const keys = listOf(schema['x-kubernetes-list-map-keys']).map(String);
  if (schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(old)) return () => undefined;
  return element =>
    old.find(candidate => keys.every(key => objectOf(candidate)[key] === objectOf(element)[key]));
}

/** Says what a broken rule means in the words of its reason. */
function problem({ source }: CompiledRule, field: string, shown: string, detail: string): FieldError {
  switch (source['reason']) {
    case 'FieldValueRequired':
      return { reason: 'FieldValueRequired', field, message: `Required value: ${detail}` };
    case 'FieldValueForbidden':
      return { reason: 'FieldValueForbidden', field, message: `Forbidden: ${detail}` };
    case 'FieldValueDuplicate':
      return { reason: 'FieldValueDuplicate', field, message: `Duplicate value: ${shown}` };
    default:
      return { reason: 'FieldValueInvalid', field, message: `Invalid value: ${shown}: ${detail}` };
  }
}

function checkOwnRules(place: Place, holder: JsonObject, schema: JsonObject, check: Check): void {
  const { value, before, path, isRoot } = place;
  const { rules } = ruleSetOf(holder, schema, isRoot);
  if (rules.length === 0) return;
  const shape: Shape = isRoot ? withObjectMeta(schema) : schema;
  const shown = JSON.stringify(stringOf(schema['type']) ?? '');
  const at = path === '' ? '<nil>' : path;
  const values = { shape, value, old: before.isKnown ? before.value : undefined };
  for (const rule of rules) {
    const hasOld = values.old !== undefined && values.old !== null;
    if (!rule.compiled || (rule.usesOld && !hasOld && !rule.isOptionalOld)) continue;
    const variables = variablesOf(rule, values);
    try {
      if (rule.compiled.program(variables) === true) continue;
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      const message = `Invalid value: ${shown}: ${failure(error.message, sourceText(rule))}`;
      check.errors.push({ reason: 'FieldValueInvalid', field: at, message });
      continue;
    }
    const field = rule.fieldPath === '' ? at : path === '' ? rule.fieldPath : `${path}.${rule.fieldPath}`;
    const found = problem(rule, field, shown, messageOf(rule, variables));
    if (!rule.usesOld && before.isUnchanged()) check.warn(`${found.field}: ${found.message}`);
    else check.errors.push(found);
  }
}

function variablesOf(
  { isOptionalOld }: CompiledRule,
  { shape, value, old }: { readonly shape: Shape; readonly value: unknown; readonly old: unknown },
): (name: string) => Value | undefined {
  let self: Value | undefined;
  return name => {
    if (name === 'self') {
      self ??= jsonValue(value, shape);
      return self;
    }
    if (name !== 'oldSelf') return undefined;
    const hasOld = old !== undefined && old !== null;
    if (!isOptionalOld) return hasOld ? jsonValue(old, shape) : undefined;
    return hasOld ? Optional.of(jsonValue(old, shape)) : Optional.none;
  };
}

const ownMessage = ({ source }: CompiledRule) => (stringOf(source['message']) ?? '').trim();
const sourceText = (rule: CompiledRule) => ownMessage(rule) || rule.text.trim();

/** Says why a rule has no value. */
function failure(message: string, text: string): string {
  return message.startsWith('no such overload')
    ? `'${message}': call arguments did not match a supported operator, function or macro signature` +
        ` for rule: ${text}`
    : `${message} evaluating rule: ${text}`;
}

/** The longest message that an expression may give, in bytes. */
const MAX_MESSAGE_BYTES = 5 * 1024;

function messageOf(rule: CompiledRule, variables: (name: string) => Value | undefined): string {
  const fallback = ownMessage(rule) || `failed rule: ${rule.text.trim()}`;
  if (!rule.message) return fallback;
  try {
    const text = rule.message.program(variables);
    if (typeof text !== 'string') return fallback;
    const trimmed = text.trim();
    const isUsable =
      trimmed !== '' && !trimmed.includes('\n') && Buffer.byteLength(trimmed) <= MAX_MESSAGE_BYTES;
    return isUsable ? trimmed : fallback;
  } catch (error) {
    if (error instanceof EvaluationError) return fallback;
    throw error;
  }
}
