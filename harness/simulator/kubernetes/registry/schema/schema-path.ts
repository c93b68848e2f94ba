/**
 * Paths to fields of a schema (apiextensions-apiserver pkg/apiserver/schema/cel/validation.go @v1.34,
 * ValidFieldPath).
 */
import { isObject, type JsonObject, objectOf } from '../json.ts';

/** Where a path leads: the schema of the field, and the path with its parts told apart. */
interface FoundField {
  readonly schema: JsonObject;
  readonly steps: readonly string[];
}

/**
 * Follows a path like `.spec.replicas` or `.spec['a.b']` in a schema.
 * @param allowsBrackets - false: only the notation with dots will do
 * @returns what is wrong with the path, in the server's words, if it leads nowhere
 */
export function followPath(path: string, root: JsonObject, allowsBrackets = true): FoundField | Error {
  let schema = root;
  const steps: string[] = [];
  const enter = (name: string): Error | undefined => {
    const properties = schema['properties'];
    const additional = schema['additionalProperties'];
    const next = isObject(properties) ? objectOf(properties)[name] : additional;
    if (!isObject(next)) return new Error('does not refer to a valid field');
    schema = next;
    steps.push(name);
    return undefined;
  };
  const tokens = tokensOf(path);
  for (let token = tokens.next(); token !== undefined; token = tokens.next()) {
    const name = token === '.' ? nameAfterDot(tokens) : nameInBrackets(token, tokens, allowsBrackets);
    const problem = name instanceof Error ? name : enter(name);
    if (problem) return problem;
    if (token === '[') {
      const close = tokens.next();
      if (close === undefined) return new Error('unexpected end of JSON path');
      if (close !== ']') return new Error(`expected ] but got ${close}`);
    }
  }
  return { schema, steps };
}

interface Tokens {
  next(): string | undefined;
}

function nameAfterDot(tokens: Tokens): string | Error {
  return tokens.next() ?? new Error('unexpected end of JSON path');
}

function nameInBrackets(token: string, tokens: Tokens, allowsBrackets: boolean): string | Error {
  if (token !== '[') return new Error(`expected [ or . but got: ${token}`);
  if (!allowsBrackets) return new Error('array notation is not allowed');
  const quoted = tokens.next();
  if (quoted === undefined) return new Error('unexpected end of JSON path');
  if (quoted.length < 2 || !quoted.startsWith("'") || !quoted.endsWith("'"))
    return new Error(`expected single quoted string but got ${quoted}`);
  return quoted.slice(1, -1).replace(/\\(.)/g, '$1');
}

/** Splits a path: the delimiters, quoted names, and what lies between. */
function tokensOf(path: string): Tokens {
  const found = path.match(/[.[\]]|'(?:\\.|[^'\\])*'|[^.[\]]+/g) ?? [];
  let index = 0;
  return { next: () => found[index++] };
}
