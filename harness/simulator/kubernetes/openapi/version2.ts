/** Paths and definitions as the document of OpenAPI v2 has them. */
import { isObject } from '../registry/json.ts';
import { definitionName, nameIn } from './definition-names.ts';
import { byPath, type Operation, type Parameter, RESPONSES, splitParameters } from './operation.ts';
import { mapValues, type Schema } from './schema.ts';
import type { SharedParameters } from './shared-parameters.ts';
import { SPECIAL_TYPES_V2 } from './special-types.ts';

const refTo = (name: string): Schema => ({ $ref: `#/definitions/${name}` });

const schemaOf = (definition: string): Schema =>
  definition === 'string' ? { type: 'string' } : refTo(definition);

const parameterOf = ({ name, in: place, type, description }: Parameter): Schema => ({
  uniqueItems: true,
  type,
  ...(description !== '' && { description }),
  name,
  in: place,
  ...(place === 'path' && { required: true }),
});

const bodyOf = ({ definition, required }: NonNullable<Operation['body']>): Schema => ({
  name: 'body',
  in: 'body',
  ...(required && { required: true }),
  schema: refTo(definition),
});

function operationOf(operation: Operation, parameters: readonly Schema[]): Schema {
  const { tag, description, id, consumes, produces, responses, action } = operation;
  return {
    ...(description !== '' && { description }),
    ...(consumes.length > 0 && { consumes }),
    produces,
    schemes: ['https'],
    tags: [tag],
    operationId: id,
    ...(parameters.length > 0 && { parameters }),
    responses: {
      ...Object.fromEntries(
        Object.entries(responses).map(([code, definition]) => [
          code,
          { description: RESPONSES[Number(code)], schema: schemaOf(definition) },
        ]),
      ),
      401: { description: RESPONSES[401] },
    },
    ...(action && { 'x-kubernetes-action': action.name, 'x-kubernetes-group-version-kind': action.kind }),
  };
}

/** Writes the paths, sorted. @param shared - takes the parameters that many of them have */
export function pathsOfVersion2(operations: readonly Operation[], shared: SharedParameters): Schema {
  return mapValues(Object.fromEntries(byPath(operations)), each => {
    const { common, ofEach } = splitParameters(each);
    const written = each.map(operation => {
      const { body, method } = operation;
      const own = (ofEach.get(operation) ?? []).map(parameterOf);
      const parameters = (body ? [bodyOf(body), ...own] : own).map(one => shared.refTo(one));
      return [method, operationOf(operation, parameters)] as const;
    });
    return {
      ...Object.fromEntries(written),
      ...(common.length > 0 && { parameters: common.map(one => shared.refTo(parameterOf(one))) }),
    };
  });
}

const SPECIAL = new Map(
  Object.entries(SPECIAL_TYPES_V2).map(([type, schema]) => [definitionName(type), schema]),
);

/** Writes a definition: without defaults, and with the text beside a reference. */
export function definitionOfVersion2(name: string, schema: Schema): Schema {
  const special = SPECIAL.get(name);
  if (!special) return inVersion2(schema);
  return { ...(schema['description'] !== undefined && { description: schema['description'] }), ...special };
}

function inVersion2(schema: Schema): Schema {
  const { default: _default, allOf, $ref, properties, items, additionalProperties, ...others } = schema;
  const [only] = Array.isArray(allOf) ? (allOf as readonly Schema[]) : [];
  const ref = $ref ?? only?.['$ref'];
  return {
    ...others,
    ...(typeof ref === 'string' && refTo(nameIn(ref))),
    ...(properties && { properties: mapValues(properties, inVersion2) }),
    ...(items && { items: inVersion2(items) }),
    ...(additionalProperties !== undefined && {
      additionalProperties: isObject(additionalProperties)
        ? inVersion2(additionalProperties)
        : additionalProperties,
    }),
  };
}
