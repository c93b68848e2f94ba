/** An operation of a path, as documents of both versions tell it. */
import type { GroupVersionKind } from './known-kinds.ts';

/** The methods in the order in which a path lists them. */
export const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] as const;
export type Method = (typeof METHODS)[number];

/** What stands in the path, or behind the question mark. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly type: 'string' | 'integer' | 'boolean';
  readonly description: string;
}

/** A type that travels: the name of its definition; `string` for what is no object. */
type Travelling = string;

export interface Operation {
  readonly path: string;
  readonly method: Method;
  readonly id: string;
  readonly tag: string;
  readonly description: string;
  /** What is done, and to which kind; undefined beside the resources. */
  readonly action?: { readonly name: string; readonly kind: GroupVersionKind };
  readonly parameters: readonly Parameter[];
  readonly consumes: readonly string[];
  readonly produces: readonly string[];
  readonly body?: { readonly definition: Travelling; readonly required: boolean };
  /** By status code, without the 401 that all have. */
  readonly responses: Readonly<Record<number, Travelling>>;
}

/** The texts of status codes. */
export const RESPONSES: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  401: 'Unauthorized',
};

/** Puts the operations of a path together. */
export function byPath(operations: readonly Operation[]): ReadonlyMap<string, readonly Operation[]> {
  const paths = new Map<string, Operation[]>();
  for (const operation of operations) {
    const known = paths.get(operation.path);
    if (known) known.push(operation);
    else paths.set(operation.path, [operation]);
  }
  return new Map([...paths].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const keyOf = ({ name, in: place }: Parameter): string => `${place} ${name}`;

/** Sorts by name, and those in the path before others. */
const inOrder = (parameters: readonly Parameter[]): readonly Parameter[] =>
  [...parameters].sort((a, b) => (a.name === b.name ? (a.in < b.in ? -1 : 1) : a.name < b.name ? -1 : 1));

/**
 * Takes the parameters that all operations of a path have out of them (kube-openapi pkg/builder3/openapi.go
 * @v0.0.0-20250710, findCommonParameters).
 */
export function splitParameters(operations: readonly Operation[]): {
  readonly common: readonly Parameter[];
  readonly ofEach: ReadonlyMap<Operation, readonly Parameter[]>;
} {
  const [first, ...others] = operations.map(({ parameters }) => parameters);
  const common = new Map((first ?? []).map(parameter => [keyOf(parameter), parameter]));
  for (const each of others) {
    const keys = new Set(each.map(keyOf));
    for (const key of [...common.keys()]) if (!keys.has(key)) common.delete(key);
  }
  const ofEach = operations.map(
    operation =>
      [operation, inOrder(operation.parameters.filter(parameter => !common.has(keyOf(parameter))))] as const,
  );
  return { common: inOrder([...common.values()]), ofEach: new Map(ofEach) };
}
