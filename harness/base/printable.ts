/**
 * Makes text of files, servers and programs fit to be shown: control characters as escapes, so that they
 * change neither a terminal nor a page, and what is very long without its middle.
 */

/** Quick: most texts have none. */
const SUSPECT = /[^\t\n\x20-\x7e]/;

const escapeOf = (character: string): string => {
  if (character === '\n' || character === '\t') return character;
  if (character === '\r') return '\\r';
  const code = character.charCodeAt(0);
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
};

/** Writes control characters as escapes: `\x1b[31m`. The ends of lines and tabs stay. */
export function printable(text: string): string {
  return SUSPECT.test(text) ? escaped(text) : text;
}

/**
 * Escapes controls of ASCII and Latin-1 but for the end of a line and the tab; the ends of lines of Unicode;
 * marks that change the direction of what follows (Unicode Standard Annex 9); halves of a pair.
 */
const escaped = (text: string): string =>
  text.replace(
    /[\p{Cc}\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu,
    escapeOf,
  );

/** Writes a text as one line: ends of lines and tabs as escapes, too. */
export const oneLine = (text: string): string =>
  printable(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t');

/**
 * Makes every text of a value printable.
 * @returns the value itself if all of them are, else a copy of the same shape
 */
export function allPrintable<T>(value: T): T {
  if (typeof value === 'string') return printable(value) as T & string; // a text stays a text
  if (typeof value !== 'object' || value === null) return value;
  const parts = value as Record<string, unknown>; // or a list, by index
  let shown: Record<string, unknown> | undefined;
  for (const key in parts) {
    const part = allPrintable(parts[key]);
    if (part === parts[key]) continue;
    shown ??= (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
    shown[key] = part;
  }
  return (shown as T | undefined) ?? value; // the same keys, or the same elements in their order
}

/** How many characters of a value are shown. */
const MOST_SHOWN = 200;

/**
 * Cuts the middle out of a text that is long: `aaa… (1048376 characters) …aaa`.
 * @param most - how many characters stay
 */
export function shortened(text: string, most: number = MOST_SHOWN): string {
  if (text.length <= most) return text;
  const half = Math.floor(most / 2);
  const left = text.length - 2 * half;
  return `${text.slice(0, half)}… (${left} characters) …${text.slice(-half)}`;
}

const MOST_OF_LINE = 4000;
/** Longer than the paths that people use; a path that is too long must not hide what is said of it. */
const MOST_OF_WORD = 600;

/** Cuts the middle out of long words, and then out of the line. */
const shortenedLine = (line: string, mostOfWord: number, most: number): string =>
  shortened(
    line.replace(/\S+/g, word => shortened(word, mostOfWord)),
    most,
  );

/** Makes a message fit for a terminal, whatever was cited in it: printable, each line of moderate length. */
export const forTerminal = (text: string): string =>
  text
    .split('\n')
    // Cut first: half of a pair of code units may be left, which is escaped.
    .map(line => printable(shortenedLine(line, MOST_OF_WORD, MOST_OF_LINE)))
    .join('\n');

/** How many problems of a file are told, and how many characters of each. */
const MOST_TOLD = 20;
const MOST_OF_PROBLEM = 600;

/** Returns the first problems of very many, printable and of moderate length, and how many more there are. */
export function firstOf(problems: readonly string[]): readonly string[] {
  const told = problems
    .slice(0, MOST_TOLD)
    .map(line => printable(shortenedLine(line, MOST_SHOWN, MOST_OF_PROBLEM)));
  return problems.length > MOST_TOLD ? [...told, `and ${problems.length - MOST_TOLD} more`] : told;
}
