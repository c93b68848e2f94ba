/**
 * The rules in CEL that a schema holds (`x-kubernetes-validations`; apiextensions-apiserver
 * pkg/apiserver/schema/cel/validation.go @v1.32).
 */
import type { ParseResult } from '@marcbachmann/cel-js';
import type { FieldError } from '../field-errors.ts';
import { isObject, type JsonObject, listOf, objectOf, objectsOf, stringOf } from '../json.ts';
import { celValue, compile, firstLine } from './cel.ts';

interface Rule {
  readonly text: string;
  /** Undefined for a rule that cannot be read, with what is wrong in `problem`. */
  readonly program: ParseResult | undefined;
  readonly problem: string;
  /** It can be read, but uses what is not known here. */
  readonly isUnknown: boolean;
  /** Speaks of the state before, so holds for updates only. */
  readonly isTransition: boolean;
  readonly message: string;
  readonly messageProgram: ParseResult | undefined;
  readonly reason: FieldError['reason'];
  readonly fieldPath: string;
}

/** By the schema that holds them; each is read once. */
const known = new WeakMap<JsonObject, readonly Rule[]>();

function rulesOf(schema: JsonObject): readonly Rule[] {
  const cached = known.get(schema);
  if (cached) return cached;
  const rules = objectsOf(schema['x-kubernetes-validations']).map((entry): Rule => {
    const text = stringOf(entry['rule']) ?? '';
    const reason = stringOf(entry['reason']);
    return {
      text,
      ...compile(text),
      isTransition: /\boldSelf\b/.test(text),
      // A message of several lines is shown by its first one, as a rule's own text is.
      message: stringOf(entry['message'])?.trim() || `failed rule: ${text.trim()}`,
      messageProgram: compile(stringOf(entry['messageExpression']) ?? '').program,
      reason: isReason(reason) ? reason : 'FieldValueInvalid',
      fieldPath: stringOf(entry['fieldPath']) ?? '',
    };
  });
  known.set(schema, rules);
  return rules;
}

const REASONS = [
  'FieldValueRequired',
  'FieldValueInvalid',
  'FieldValueForbidden',
  'FieldValueDuplicate',
] as const;
const isReason = (text: string | undefined): text is (typeof REASONS)[number] =>
  REASONS.some(reason => reason === text);

/**
 * Finds what is wrong with the rules of a schema, for the author of a CustomResourceDefinition.
 * @param warn - called with rules that use something unknown here; they are not evaluated
 */
export function problemsOfRules(schema: unknown, path: string, warn: (text: string) => void): FieldError[] {
  if (!isObject(schema)) return [];
  const errors: FieldError[] = [];
  for (const [index, { text, program, problem, isUnknown }] of rulesOf(schema).entries()) {
    const field = `${path}.x-kubernetes-validations[${index}].rule`;
    if (program) continue;
    if (isUnknown) warn(`mesh-harness does not evaluate ${field}: ${problem}`);
    else {
      const message = `Invalid value: apiextensions.ValidationRule{Rule:${JSON.stringify(text)}}: compilation failed: ${problem}`;
      errors.push({ reason: 'FieldValueInvalid', field, message });
    }
  }
  for (const [name, property] of Object.entries(objectOf(schema['properties'])))
    errors.push(...problemsOfRules(property, `${path}.properties[${name}]`, warn));
  for (const inner of ['items', 'additionalProperties'])
    errors.push(...problemsOfRules(schema[inner], `${path}.${inner}`, warn));
  return errors;
}

/**
 * Finds all rules that an object breaks.
 * @param old - the state before, on an update
 */
export function checkRules(value: unknown, old: unknown, schema: JsonObject, path = ''): FieldError[] {
  const errors = rulesOf(schema).flatMap(rule => checkRule(rule, value, old, schema, path));
  if (Array.isArray(value)) {
    const items = objectOf(schema['items']);
    const before = matchElements(old, schema);
    value.forEach((element, index) => {
      errors.push(...checkRules(element, before(element), items, `${path}[${index}]`));
    });
  } else if (isObject(value)) {
    const properties = objectOf(schema['properties']);
    const additional = schema['additionalProperties'];
    for (const [key, entry] of Object.entries(value)) {
      if (entry === undefined || entry === null) continue;
      const property = Object.hasOwn(properties, key) ? properties[key] : additional;
      if (isObject(property))
        errors.push(...checkRules(entry, objectOf(old)[key], property, path === '' ? key : `${path}.${key}`));
    }
  }
  return errors;
}

/** Finds the element of before: only lists that are maps tell which one it was. */
function matchElements(old: unknown, schema: JsonObject): (element: unknown) => unknown {
  const keys = listOf(schema['x-kubernetes-list-map-keys']).map(String);
  if (schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(old)) return () => undefined;
  return element =>
    old.find(candidate => keys.every(key => objectOf(candidate)[key] === objectOf(element)[key]));
}

/** Says what a broken rule means in the words of its reason. */
function sentence(reason: Rule['reason'], shown: string, detail: string): string {
  switch (reason) {
    case 'FieldValueRequired':
      return `Required value: ${detail}`;
    case 'FieldValueForbidden':
      return `Forbidden: ${detail}`;
    case 'FieldValueDuplicate':
      return `Duplicate value: ${shown}`;
    default:
      return `Invalid value: ${shown}: ${detail}`;
  }
}

function checkRule(rule: Rule, value: unknown, old: unknown, schema: JsonObject, path: string): FieldError[] {
  const { program, isTransition, reason } = rule;
  // Unlike Kubernetes, `optionalOldSelf` is not looked at: without a state before there is nothing to check.
  if (!program || (isTransition && (old === undefined || old === null))) return [];
  const context = {
    self: celValue(value, schema),
    ...(isTransition && { oldSelf: celValue(old, schema) }),
  };
  const field = `${path}${rule.fieldPath}`.replace(/^\./, '') || '<nil>';
  const shown = JSON.stringify(stringOf(schema['type']) ?? 'object');
  const report = (detail: string): FieldError[] => [
    { reason, field, message: sentence(reason, shown, detail) },
  ];
  try {
    return program(context) === true ? [] : report(messageOf(rule, context));
  } catch (error) {
    return report(`${firstLine(error)} evaluating rule: ${rule.message}`);
  }
}

function messageOf({ message, messageProgram }: Rule, context: Record<string, unknown>): string {
  if (!messageProgram) return message;
  try {
    const text: unknown = messageProgram(context);
    return typeof text === 'string' && text.trim() !== '' && !text.includes('\n') ? text : message;
  } catch {
    return message;
  }
}
