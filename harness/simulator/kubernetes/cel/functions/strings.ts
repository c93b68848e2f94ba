/**
 * Functions over text (google/cel-go common/stdlib/standard.go and ext/strings.go @v0.26, version 2;
 * apiserver pkg/cel/library/regex.go @v1.34).
 */
import { type GoRegexp, goRegexp } from '../../registry/go-regexp.ts';
import { EvaluationError } from '../run/values.ts';
import type { Library } from './declare.ts';

const outOfRange = (index: bigint) => new EvaluationError(`index out of range: ${index}`);

function charAt(text: string, index: bigint): string {
  const characters = [...text];
  if (index < 0n || index > BigInt(characters.length)) throw outOfRange(index);
  return characters[Number(index)] ?? '';
}

const startsAt = (text: readonly string[], part: readonly string[], at: number) =>
  part.every((character, index) => text[at + index] === character);

function indexOf(text: string, part: string, offset = 0n): bigint {
  if (part === '') return offset;
  if (offset < 0n) throw outOfRange(offset);
  const [characters, wanted] = [[...text], [...part]];
  for (let at = Number(offset); at <= characters.length - wanted.length; at++)
    if (startsAt(characters, wanted, at)) return BigInt(at);
  return -1n;
}

function lastIndexOf(text: string, part: string, offset?: bigint): bigint {
  const [characters, wanted] = [[...text], [...part]];
  if (part === '') return offset ?? BigInt(characters.length);
  const from = offset ?? BigInt(characters.length - 1);
  if (offset !== undefined && from < 0n) throw outOfRange(from);
  if (from >= BigInt(characters.length)) return -1n;
  for (let at = Math.min(Number(from), characters.length - wanted.length); at >= 0; at--)
    if (startsAt(characters, wanted, at)) return BigInt(at);
  return -1n;
}

function replace(text: string, from: string, to: string, limit = -1n): string {
  if (limit < 0n) return text.replaceAll(from, () => to);
  let result = '';
  let rest = text;
  for (let count = 0n; count < limit; count++) {
    const at = from === '' && count > 0n ? Math.min(1, rest.length) : rest.indexOf(from);
    if (at < 0 || (from === '' && count > 0n && rest === '')) break;
    result += rest.slice(0, at) + to;
    rest = rest.slice(at + from.length);
  }
  return result + rest;
}

function split(text: string, separator: string, limit = -1n): readonly string[] {
  const parts = separator === '' ? [...text] : text.split(separator);
  if (limit === 0n) return [];
  const size = Number(limit);
  if (limit < 0n || parts.length <= size) return parts;
  return [...parts.slice(0, size - 1), parts.slice(size - 1).join(separator)];
}

function substring(text: string, start: bigint, end?: bigint): string {
  const characters = [...text];
  const size = BigInt(characters.length);
  if (end !== undefined && start > end)
    throw new EvaluationError(`invalid substring range. start: ${start}, end: ${end}`);
  if (start < 0n || start > size) throw outOfRange(start);
  if (end !== undefined && (end < 0n || end > size)) throw outOfRange(end);
  return characters.slice(Number(start), end === undefined ? undefined : Number(end)).join('');
}

const QUOTED: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};

const quote = (text: string) => `"${[...text].map(character => QUOTED[character] ?? character).join('')}"`;

const lowerAscii = (text: string) => text.replaceAll(/[A-Z]+/g, letters => letters.toLowerCase());
const upperAscii = (text: string) => text.replaceAll(/[a-z]+/g, letters => letters.toUpperCase());
const join = (parts: readonly string[], separator = '') => parts.join(separator);

/** White space that JavaScript does not count as such, or counts beyond Go's. */
const trim = (text: string) => text.replaceAll(/^[\s\u0085]+|[\s\u0085]+$/g, '');

/** @throws EvaluationError for a pattern that cannot be read */
function patternOf(pattern: string, prefix = ''): GoRegexp {
  const read = goRegexp(pattern);
  if (read instanceof Error) throw new EvaluationError(`${prefix}${read.message}`);
  return read;
}

const matches = (text: string, pattern: string) => patternOf(pattern).test(text);

const findAll = (text: string, pattern: string, limit = -1n): readonly string[] =>
  patternOf(pattern, 'Illegal regex: ').all(text, limit < 0n ? undefined : Number(limit));

const find = (text: string, pattern: string) => findAll(text, pattern, 1n)[0] ?? '';

/** Declares the functions over text. */
export function declareStrings(library: Library): void {
  library
    .declare('contains_string', '.contains(string, string): bool', (text: string, part: string) =>
      text.includes(part),
    )
    .declare('ends_with_string', '.endsWith(string, string): bool', (text: string, part: string) =>
      text.endsWith(part),
    )
    .declare('starts_with_string', '.startsWith(string, string): bool', (text: string, part: string) =>
      text.startsWith(part),
    )
    .declare('matches', 'matches(string, string): bool', matches)
    .declare('matches_string', '.matches(string, string): bool', matches)
    .declare('string_char_at_int', '.charAt(string, int): string', charAt)
    .declare('string_index_of_string', '.indexOf(string, string): int', indexOf)
    .declare('string_index_of_string_int', '.indexOf(string, string, int): int', indexOf)
    .declare('string_last_index_of_string', '.lastIndexOf(string, string): int', lastIndexOf)
    .declare('string_last_index_of_string_int', '.lastIndexOf(string, string, int): int', lastIndexOf)
    .declare('string_lower_ascii', '.lowerAscii(string): string', lowerAscii)
    .declare('string_replace_string_string', '.replace(string, string, string): string', replace)
    .declare('string_replace_string_string_int', '.replace(string, string, string, int): string', replace)
    .declare('string_split_string', '.split(string, string): list<string>', split)
    .declare('string_split_string_int', '.split(string, string, int): list<string>', split)
    .declare('string_substring_int', '.substring(string, int): string', substring)
    .declare('string_substring_int_int', '.substring(string, int, int): string', substring)
    .declare('string_trim', '.trim(string): string', trim)
    .declare('string_upper_ascii', '.upperAscii(string): string', upperAscii)
    .declare('strings_quote', 'strings.quote(string): string', quote)
    .declare('list_join', '.join(list<string>): string', join)
    .declare('list_join_string', '.join(list<string>, string): string', join)
    .declare('string_find_string', '.find(string, string): string', find)
    .declare('string_find_all_string', '.findAll(string, string): list<string>', findAll)
    .declare('string_find_all_string_int', '.findAll(string, string, int): list<string>', findAll);
}
