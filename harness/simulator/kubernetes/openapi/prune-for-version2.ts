/**
 * Takes out of a structural schema what clients of OpenAPI v2 stumble over (apiextensions-apiserver
 * pkg/controller/openapi/v2/conversion.go @v1.34).
 */
import { isObject, listOf } from '../registry/json.ts';
import { mapValues, type Schema } from './schema.ts';

const COMBINATIONS = ['allOf', 'oneOf', 'anyOf', 'not'];

/**
 * Returns what of a schema version 2 shows; defaults are not among it (kube-openapi handler, PruneDefaults).
 */
export function forClientsOfVersion2(schema: Schema): Schema {
  const kept: Record<string, unknown> = { ...schema };
  for (const key of [...COMBINATIONS, 'nullable', 'default']) delete kept[key];
  const takesAnything = schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (schema['nullable'] === true || takesAnything) {
    delete kept['items'];
    delete kept['properties'];
  }
  if (schema['nullable'] === true || (takesAnything && schema.type === 'object')) delete kept['type'];
  // A list without the schema of its elements.
  if (kept['items'] === undefined && schema.type === 'array') delete kept['type'];
  const { properties, items, additionalProperties } = kept as Schema;
  const required = requiredOf(schema, properties);
  delete kept['required'];
  return {
    ...kept,
    ...(required.length > 0 && { required }),
    ...(properties && { properties: mapValues(properties, forClientsOfVersion2) }),
    ...(items && { items: forClientsOfVersion2(items) }),
    ...(isObject(additionalProperties) && {
      additionalProperties: forClientsOfVersion2(additionalProperties),
    }),
  };
}

/** What may be null is not required of such a client. */
function requiredOf({ required, additionalProperties }: Schema, properties: Schema['properties']): unknown[] {
  if (isObject(additionalProperties) && additionalProperties['nullable'] === true) return [];
  return listOf(required).filter(
    name => typeof name !== 'string' || properties?.[name]?.['nullable'] !== true,
  );
}
