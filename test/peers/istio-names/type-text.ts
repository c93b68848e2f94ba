/**
 * Types as short texts: `s` text, `b` truth value, `i` whole number, `n` number, `o` anything, `s(A|B)` one of
 * these, `[s]` a list, `<s>` a map, `{a:s b:[i]}` an object.
 */

/** The fields of an object: name → type. */
export type Fields = ReadonlyMap<string, string>;

/** Prints an object; one without known fields is anything. */
export const objectText = (fields: Fields): string =>
  fields.size === 0
    ? 'o'
    : `{${[...fields]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, type]) => `${name}:${type}`)
        .join(' ')}}`;
