/**
 * The expression language CEL, with the functions that Kubernetes adds (apiserver pkg/cel/library @v1.32).
 */
import { isIP } from 'node:net';
import { Environment, type ParseResult } from '@marcbachmann/cel-js';
import { isObject, type JsonObject, objectOf } from '../json.ts';

/** A URL, as the functions of Kubernetes know it. */
class ReadUrl {
  readonly url: URL;
  constructor(text: string) {
    this.url = new URL(text);
  }
}

/** Absolute, or a path from the root (apiserver pkg/cel/library/urls.go). */
function readUrl(text: string): ReadUrl | undefined {
  try {
    return new ReadUrl(text);
  } catch {
    return undefined;
  }
}

const environment = new Environment({
  unlistedVariablesAreDyn: true,
  homogeneousAggregateLiterals: false,
  enableOptionalTypes: true,
})
  .registerType('kubernetes.URL', { ctor: ReadUrl })
  .registerFunction(
    'isURL(string): bool',
    (text: string) => readUrl(text) !== undefined || /^\/\S*$/.test(text),
  )
  .registerFunction('url(string): kubernetes.URL', (text: string) => {
    const url = readUrl(text);
    if (!url) throw new Error(`URL parse error during conversion from string: parse ${JSON.stringify(text)}`);
    return url;
  })
  .registerFunction('kubernetes.URL.getScheme(): string', ({ url }: ReadUrl) =>
    url.protocol.replace(/:$/, ''),
  )
  .registerFunction('kubernetes.URL.getHost(): string', ({ url }: ReadUrl) => url.host)
  .registerFunction('kubernetes.URL.getHostname(): string', ({ url }: ReadUrl) => url.hostname)
  .registerFunction('kubernetes.URL.getPort(): string', ({ url }: ReadUrl) => url.port)
  .registerFunction('kubernetes.URL.getEscapedPath(): string', ({ url }: ReadUrl) => url.pathname)
  .registerFunction('isIP(string): bool', (text: string) => isIP(text) !== 0)
  .registerFunction(
    'string.find(string): string',
    (text: string, pattern: string) => new RegExp(pattern, 'u').exec(text)?.[0] ?? '',
  )
  .registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) =>
    text.replaceAll(from, () => to),
  )
  .registerFunction('string.charAt(int): string', (text: string, at: bigint) => [...text][Number(at)] ?? '');

/** An expression that has been read. */
export interface Compiled {
  /** Undefined for one that cannot be evaluated, with what is wrong in `problem`. */
  readonly program: ParseResult | undefined;
  readonly problem: string;
  /** It can be read, but uses what is not known here. */
  readonly isUnknown: boolean;
}

/** Compiles a CEL expression. An invalid text gives a problem, not an error. */
export function compile(text: string): Compiled {
  try {
    const program = environment.parse(text);
    const { valid, error } = program.check();
    return valid
      ? { program, problem: '', isUnknown: false }
      : { program: undefined, problem: firstLine(error), isUnknown: true };
  } catch (error) {
    return { program: undefined, problem: firstLine(error), isUnknown: false };
  }
}

/** Messages of the library show the place in the text below their first line. */
export const firstLine = (error: unknown): string =>
  error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);

/** A value of JSON in the types that CEL has: integers are whole by their schema, not by their looks. */
export function celValue(value: unknown, schema: JsonObject): unknown {
  if (typeof value === 'number') {
    const isWhole = schema['type'] === 'integer' || schema['type'] === undefined;
    return isWhole && Number.isInteger(value) ? BigInt(value) : value;
  }
  if (Array.isArray(value)) return value.map(entry => celValue(entry, objectOf(schema['items'])));
  if (!isObject(value)) return value;
  const properties = objectOf(schema['properties']);
  const additional = objectOf(schema['additionalProperties']);
  // No prototype: a key is there only if it was sent.
  const result: Record<string, unknown> = Object.create(null);
  for (const [key, entry] of Object.entries(value)) {
    if (entry !== undefined)
      result[key] = celValue(entry, Object.hasOwn(properties, key) ? objectOf(properties[key]) : additional);
  }
  return result;
}
