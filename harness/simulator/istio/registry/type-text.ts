/**
 * Types of Istio's fields, which the files in `names/` have as short texts: `s` text, `b` truth value, `i`
 * whole number, `n` number, `o` anything, `s(A|B)` one of these, `[s]` a list, `<s>` a map, `{a:s b:[i]}` an
 * object.
 */

/** The type of a field. */
export type FieldType =
  | { readonly kind: 'scalar'; readonly letter: string; readonly values: readonly string[] }
  | { readonly kind: 'list' | 'map'; readonly of: FieldType }
  | { readonly kind: 'object'; readonly fields: ReadonlyMap<string, FieldType> };

/** What is left of a text while it is read. */
interface Rest {
  readonly text: string;
  at: number;
}

/** Reads a type. @throws Error if the text is none */
export function parseType(text: string): FieldType {
  const rest: Rest = { text, at: 0 };
  const type = read(rest);
  if (rest.at !== text.length) throw new Error(`no type of a field at ${rest.at} of ${text}`);
  return type;
}

function read(rest: Rest): FieldType {
  const first = rest.text[rest.at++];
  if (first === '[' || first === '<') {
    const of = read(rest);
    rest.at++;
    return { kind: first === '[' ? 'list' : 'map', of };
  }
  if (first !== '{') return readScalar(rest, first ?? '');
  const fields = new Map<string, FieldType>();
  while (rest.text[rest.at] !== '}') {
    const end = rest.text.indexOf(':', rest.at);
    if (end < 0) throw new Error(`a field without a type at ${rest.at} of ${rest.text}`);
    const name = rest.text.slice(rest.at, end).trimStart();
    rest.at = end + 1;
    fields.set(name, read(rest));
  }
  rest.at++;
  return { kind: 'object', fields };
}

function readScalar(rest: Rest, letter: string): FieldType {
  if (rest.text[rest.at] !== '(') return { kind: 'scalar', letter, values: [] };
  const end = rest.text.indexOf(')', rest.at);
  const values = rest.text.slice(rest.at + 1, end).split('|');
  rest.at = end + 1;
  return { kind: 'scalar', letter, values };
}
