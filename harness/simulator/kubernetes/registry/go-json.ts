/** The problems of JSON, in the words of Go's encoding/json. */

/** Where V8 expected something else, and how Go says so. */
const EXPECTATIONS: readonly (readonly [RegExp, string])[] = [
  [/property name/, 'looking for beginning of object key string'],
  [/after property value/, 'after object key:value pair'],
  [/after property name/, 'after object key'],
  [/after array element/, 'after array element'],
  [/after JSON/, 'after top-level value'],
  [/control character/, 'in string literal'],
  [/escape/, 'in string escape code'],
];

/** Words the problem of a JSON text as Go's encoding/json does. @param error - what JSON.parse threw */
export function jsonProblem(error: unknown, text: string): string {
  const words = error instanceof Error ? error.message : '';
  const position = /at position (\d+)/.exec(words)?.[1];
  if (/end of JSON|Unterminated/i.test(words) || Number(position) >= text.length)
    return 'unexpected end of JSON input';
  const character =
    position === undefined ? (/token '(.)'/u.exec(words)?.[1] ?? '') : (text[Number(position)] ?? '');
  const literal = brokenLiteral(text, character);
  if (literal !== undefined) return literal;
  const where =
    EXPECTATIONS.find(([pattern]) => pattern.test(words))?.[1] ?? 'looking for beginning of value';
  return `invalid character '${character === "'" ? "\\'" : character}' ${where}`;
}

/** `not`: a word that begins like one of JSON's, and stops to at this character. */
function brokenLiteral(text: string, character: string): string | undefined {
  for (const [, word = ''] of text.matchAll(/(?:^|[[{:,])\s*([tfn]\w*\W?)/g)) {
    const literal = ['true', 'false', 'null'].find(candidate => candidate[0] === word[0]) ?? '';
    const at = [...literal].findIndex((expected, index) => word[index] !== expected);
    if (at > 0 && word[at] === character)
      return `invalid character '${character}' in literal ${literal} (expecting '${literal[at]}')`;
  }
  return undefined;
}

/** How Go names what it found in JSON. */
export function jsonTypeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
