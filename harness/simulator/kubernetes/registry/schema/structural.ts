/**
 * Validates custom resources by their structural schemas (apiextensions-apiserver
 * pkg/registry/customresource/{strategy,status_strategy,validator}.go @v1.34).
 */

import type { FieldError } from '../field-errors.ts';
import { isObject, type JsonObject, objectOf } from '../json.ts';
import type { ScalePaths } from '../resources.ts';
import { checkValue } from './check-value.ts';
import { checkEmbedded, type EmbeddedRules } from './embedded.ts';
import { checkListItems } from './list-items.ts';
import { checkRules, hasRules } from './rules.ts';
import { checkScale } from './scale-paths.ts';

/** What a definition says of an object, in the version that the client speaks. */
interface Structure {
  readonly schema: JsonObject;
  readonly scale?: ScalePaths | undefined;
  /** For objects within the object. */
  readonly embedded?: EmbeddedRules;
  /** Called with what is wrong, and was so before. */
  readonly warn?: (text: string) => void;
}

/** The last cause when something basic was wrong: the rules in CEL were not looked at. */
const INCOMPLETE: FieldError = {
  reason: 'FieldValueInvalid',
  field: '<nil>',
  message: [
    'Invalid value: null: some validation rules were not checked because the object was invalid;',
    'correct the existing errors to complete validation',
  ].join(' '),
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
 * @param errors - what is wrong with the metadata
 */
export function validateStructure(
  object: JsonObject,
  old: JsonObject | undefined,
  { schema, scale, embedded, warn }: Structure,
  errors: readonly FieldError[] = [],
): FieldError[] {
  const found = [
    ...errors,
    ...checkValue(object, schema, old && { value: old }).errors,
    ...checkScale(object, scale),
    ...checkEmbedded(object, schema, embedded),
    ...newListProblems(object, old, schema),
  ];
  return withRules(found, object, old, { schema, warn });
}

/** Finds all that a new status breaks: its part of the schema, and the rules of the whole. */
export function validateStatus(
  object: JsonObject,
  old: JsonObject | undefined,
  { schema, scale, warn }: Structure,
  errors: readonly FieldError[] = [],
): FieldError[] {
  const { status } = objectOf(schema['properties']);
  const before = old && 'status' in old ? { value: old['status'] } : undefined;
  const found = [
    ...errors,
    ...(object['status'] !== undefined && isObject(status)
      ? checkValue(object['status'], status, before, 'status').errors
      : []),
    ...checkScale(object, scale, 'status'),
    ...newListProblems(object, old, schema),
  ];
  return withRules(found, object, old, { schema, warn });
}

/** Elements that were there twice before may stay so. */
function newListProblems(object: JsonObject, old: JsonObject | undefined, schema: JsonObject): FieldError[] {
  const found = checkListItems(object, schema);
  return found.length > 0 && old && checkListItems(old, schema).length > 0 ? [] : found;
}

function withRules(
  errors: FieldError[],
  object: JsonObject,
  old: JsonObject | undefined,
  { schema, warn }: { readonly schema: JsonObject; readonly warn: Structure['warn'] | undefined },
): FieldError[] {
  if (!hasRules(schema)) return errors;
  return errors.some(({ reason }) => BLOCKING.includes(reason))
    ? [...errors, INCOMPLETE]
    : [...errors, ...checkRules(object, old, schema, { warn })];
}
