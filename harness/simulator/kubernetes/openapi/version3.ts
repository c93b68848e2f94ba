/** Paths as documents of OpenAPI v3 have them. */
import { refTo } from './definition-names.ts';
import { byPath, type Operation, type Parameter, RESPONSES, splitParameters } from './operation.ts';
import { mapValues, type Schema } from './schema.ts';

const schemaOf = (definition: string): Schema =>
  definition === 'string' ? { type: 'string' } : refTo(definition);

const parameterOf = ({ name, in: place, type, description }: Parameter): Schema => ({
  name,
  in: place,
  ...(description !== '' && { description }),
  ...(place === 'path' && { required: true }),
  schema: { type, uniqueItems: true },
});

/** The same for each media type, sorted. */
const contentOf = (definition: string, types: readonly string[]): Schema =>
  Object.fromEntries([...types].sort().map(type => [type, { schema: schemaOf(definition) }]));

function operationOf(operation: Operation, parameters: readonly Parameter[]): Schema {
  const { tag, description, id, body, consumes, produces, responses, action } = operation;
  return {
    tags: [tag],
    ...(description !== '' && { description }),
    operationId: id,
    ...(parameters.length > 0 && { parameters: parameters.map(parameterOf) }),
    ...(body && {
      requestBody: {
        content: contentOf(body.definition, consumes),
        ...(body.required && { required: true }),
      },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(responses).map(([code, definition]) => [
          code,
          { description: RESPONSES[Number(code)], content: contentOf(definition, produces) },
        ]),
      ),
      401: { description: RESPONSES[401] },
    },
    ...(action && { 'x-kubernetes-action': action.name, 'x-kubernetes-group-version-kind': action.kind }),
  };
}

/** Writes the paths of a document, sorted. */
export function pathsOfVersion3(operations: readonly Operation[]): Schema {
  return mapValues(Object.fromEntries(byPath(operations)), each => {
    const { common, ofEach } = splitParameters(each);
    return {
      ...Object.fromEntries(
        each.map(operation => [operation.method, operationOf(operation, ofEach.get(operation) ?? [])]),
      ),
      ...(common.length > 0 && { parameters: common.map(parameterOf) }),
    };
  });
}
