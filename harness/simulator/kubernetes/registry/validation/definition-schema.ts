/**
 * The schema of a version, all rules together (apiextensions-apiserver
 * pkg/apis/apiextensions/validation/validation.go @v1.34, validateCustomResourceDefinitionValidation).
 */
import { type FieldError, forbiddenValue, invalidValue } from '../field-errors.ts';
import { isObject, type JsonObject, stringOf } from '../json.ts';
import { fieldsSet, shownSchema } from './definition-shape.ts';
import { validateOpenApiSchema } from './open-api-schema.ts';
import { validateDefaults } from './schema-defaults-check.ts';
import { isConvertible, validateStructural } from './structural-schema.ts';

/** What may stand at the root of a schema whose status is looked at by itself. */
const AT_ROOT = [
  'Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum',
  'MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required',
  'Items Properties ExternalDocs Example XPreserveUnknownFields XValidations',
].join(' ');

/**
 * Finds what is wrong with a schema. Its defaults are looked at if it is structural.
 * @param validation - `schema` of a version
 * @param hasStatus - the version has the subresource
 */
export function validateSchema(
  validation: JsonObject | undefined,
  at: string,
  hasStatus: boolean,
): FieldError[] {
  const { openAPIV3Schema: schema } = validation ?? {};
  if (!isObject(schema)) return [];
  const path = `${at}.openAPIV3Schema`;
  const errors = hasStatus ? problemsOfRoot(schema, path) : [];
  if (schema['nullable'] === true)
    errors.push(forbiddenValue(`${path}.nullable`, 'nullable cannot be true at the root'));
  if (isConvertible(schema)) {
    const structural = validateStructural(schema, path);
    errors.push(...(structural.length > 0 ? structural : validateDefaults(schema, path)));
  }
  return [...errors, ...validateOpenApiSchema(schema, path)];
}

function problemsOfRoot(schema: JsonObject, path: string): FieldError[] {
  const allowed = AT_ROOT.split(' ');
  for (const name of fieldsSet(schema)) {
    if (name === 'Type' && schema['type'] !== 'object') {
      const text =
        'only "object" is allowed as the type at the root of the schema if the status subresource is enabled';
      return [invalidValue(`${path}.type`, stringOf(schema['type']) ?? '', text)];
    }
    if (!allowed.includes(name)) {
      const when = 'at the root of the schema if the status subresource is enabled';
      const text = `only [${AT_ROOT}] fields are allowed ${when}`;
      return [invalidValue(path, schema, text, JSON.stringify(shownSchema(schema)))];
    }
  }
  return [];
}
