/** Fields of objects whose shape nobody vouches for. */

/** Reads a field by its path; undefined if the object lacks it. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = Reflect.get(current, key);
  }
  return current;
}

/** Returns the value if it is a text, else undefined. */
export const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
