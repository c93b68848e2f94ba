/** Places within an answer: `spec.ports.*.name`, where `\.` is a dot of a key and `*` is every item. */

/** @returns the keys of a place */
const keysOf = (place: string): string[] => place.split(/(?<!\\)\./).map(key => key.replaceAll('\\.', '.'));

/** @returns what stands there; a list of all where the place has a `*`; undefined if there is nothing */
export function valueAt(body: unknown, place: string): unknown {
  return place === '' ? body : walk(body, keysOf(place));
}

function walk(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return value;
  if (value === null || typeof value !== 'object') return undefined;
  if (key === '*') return Object.values(value).map(item => walk(item, rest));
  return walk((value as Record<string, unknown>)[key], rest);
}

/** @returns a copy in which the place has this value; undefined removes it */
export function withValueAt(body: unknown, place: string, value: unknown): unknown {
  return change(body, keysOf(place), value);
}

function change(body: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  const next = (own: unknown) => change(own, rest, value);
  if (Array.isArray(body)) {
    const copy = [...body];
    if (rest.length === 0 && value === undefined) copy.splice(Number(key), 1);
    else copy[key === '+' ? copy.length : Number(key)] = next(copy[Number(key)]);
    return copy;
  }
  const copy: Record<string, unknown> = { ...(body as Record<string, unknown> | null | undefined) };
  const changed = next(copy[key]);
  if (changed === undefined) delete copy[key];
  else copy[key] = changed;
  return copy;
}
