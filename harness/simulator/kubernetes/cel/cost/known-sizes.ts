/** Sizes that are known without evaluation: by a schema, by a type, in a literal. */
import { parameterOf, type Type } from '../check/types.ts';
import type { SizedType } from '../schema-type.ts';
import type { Expression } from '../syntax/expression.ts';
import { fixed, type Range } from './range.ts';

/** Where a value comes from: a variable, then fields, `@items`, `@keys`, `@values`. */
export type Path = readonly string[];

/** The size that the schema allows at a path; undefined if nothing is known of it. */
export function sizeByPath(root: SizedType, path: Path): Range | undefined {
  if (path.length === 0) return undefined;
  let current: SizedType | undefined = root;
  for (const step of path.slice(1)) {
    if (step === '@items' || step === '@values') current = current.element;
    else if (step === '@keys') current = current.key;
    else current = current.fields?.get(step);
    if (!current) return undefined;
  }
  return { min: 0, max: current.maxElements };
}

/** The size of what stands in the expression itself. */
export function sizeOfLiteral(expression: Expression): Range | undefined {
  switch (expression.kind) {
    case 'constant': {
      const { value } = expression;
      if (typeof value === 'string') return fixed([...value].length);
      return fixed(value instanceof Uint8Array ? value.length : 1);
    }
    case 'list':
      return fixed(expression.elements.length);
    case 'map':
      return fixed(expression.entries.length);
    default:
      return undefined;
  }
}

const SCALARS: ReadonlySet<Type['kind']> = new Set([
  'bool',
  'double',
  'duration',
  'int',
  'timestamp',
  'uint',
]);

/** Values of these types have a size of 1. */
export const isScalar = (type: Type): boolean =>
  SCALARS.has(type.kind) || (type.name === 'optional_type' && isScalar(parameterOf(type, 0)));
