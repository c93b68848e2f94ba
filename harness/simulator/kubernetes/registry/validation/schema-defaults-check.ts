/**
 * The defaults in a schema must be what the schema allows (apiextensions-apiserver
 * pkg/apiserver/schema/defaulting/validation.go @v1.34).
 */
import { type FieldError, inKeyOrder, invalidValue } from '../field-errors.ts';
import { copy, equal, isObject, type JsonObject, objectOf } from '../json.ts';
import { prune } from '../prune.ts';
import { checkValue } from '../schema/check-value.ts';
import { checkEmbedded } from '../schema/embedded.ts';
import { checkRules } from '../schema/rules.ts';

/** Finds defaults that the schema itself would refuse, drop or prune. */
export function validateDefaults(schema: JsonObject, path: string): FieldError[] {
  const errors = problemsOf(schema, path);
  if (isObject(schema['items'])) errors.push(...validateDefaults(schema['items'], `${path}.items`));
  // There are none below additionalProperties that count.
  for (const [name, property] of Object.entries(objectOf(schema['properties'])))
    if (isObject(property)) errors.push(...validateDefaults(property, `${path}.properties[${name}]`));
  return errors;
}

function problemsOf(schema: JsonObject, path: string): FieldError[] {
  const preset = schema['default'] ?? null;
  if (preset === null) return [];
  const field = `${path}.default`;
  const errors: FieldError[] = [];
  const pruned = copy(preset);
  prune(pruned, schema, '', []);
  if (!equal(pruned, preset))
    errors.push(invalidValue(field, inKeyOrder(preset), 'must not have unknown fields'));
  const embedded = isObject(preset) ? checkEmbedded(preset, schema) : [];
  if (embedded.length > 0) {
    return [...errors, ...embedded.map(error => ({ ...error, field: `${field}.${error.field}` }))];
  }
  const broken = checkValue(preset, schema, undefined, field).errors;
  if (broken.length > 0) return [...errors, ...broken];
  return [...errors, ...checkRules(preset, preset, schema, { path: field, isPart: true })];
}
