/** The parameters of requests: what is in the path, and the fields of their options. */
import { fieldsOf } from '../registry/schema/struct-fields.ts';
import { describeParameter } from './descriptions.ts';
import type { Parameter } from './operation.ts';

/** By the letters of messages.ts; the others are structs. */
const TYPES: Readonly<Record<string, Parameter['type']>> = {
  s: 'string',
  b: 'boolean',
  i: 'integer',
  l: 'integer',
};

/** What every request has that answers with an object. */
export const pretty = (): Parameter => ({
  name: 'pretty',
  in: 'query',
  type: 'string',
  description: describeParameter('', 'pretty'),
});

/** Makes the parameters of a path: `namespace`, `name`, `path`. @param kind - whose name is given */
export function pathParameters(path: string, kind: string): readonly Parameter[] {
  const texts: Readonly<Record<string, string>> = {
    name: `name of the ${kind}`,
    namespace: 'object name and auth scope, such as for teams and projects',
    path: 'path to the resource',
  };
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    type: 'string',
    description: texts[name] ?? '',
  }));
}

/**
 * Makes the parameters of options: their fields, but for those that are structs (apiserver
 * pkg/endpoints/installer.go @v1.34, AddObjectParams).
 * @param message - `meta/v1.ListOptions`
 * @param minor - the version of Kubernetes
 * @param without - fields that are left out
 */
export function optionParameters(
  message: string,
  minor: number,
  without: readonly string[] = [],
): Parameter[] {
  const options = message.slice(message.lastIndexOf('.') + 1);
  return [...(fieldsOf(message)?.values() ?? [])]
    .filter(({ name, since }) => since <= minor && !without.includes(name))
    .flatMap(({ name, type: letter }) => {
      const type = TYPES[letter];
      return type ? [{ name, in: 'query', type, description: describeParameter(options, name) }] : [];
    });
}
