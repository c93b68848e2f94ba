/** Lines of versions, major and minor: read from any text, compared, written. */

/** Major and minor: `[1, 34]`. */
export type Line = readonly [major: number, minor: number];

/**
 * Finds the first version in a text: `v1.34.0+k3s1` → `[1, 34]`, `kind v0.30.0 go1.24.6 linux/amd64` → `[0,
 * 30]`.
 * @returns undefined if the text has no version
 */
export function lineOf(text: string): Line | undefined {
  const match = /(\d+)\.(\d+)/.exec(text);
  return match ? [Number(match[1]), Number(match[2])] : undefined;
}

/** Orders two release lines, for `sort`: negative if `one` is older, 0 if they are equal. */
export const compare = (one: Line, other: Line): number => one[0] - other[0] || one[1] - other[1];

/** Tells whether a line lies between two others; both ends count. */
export const isWithin = (line: Line, [from, to]: readonly [Line, Line]): boolean =>
  compare(line, from) >= 0 && compare(line, to) <= 0;

/** Writes a line as `1.34`. */
export const formatLine = ([major, minor]: Line): string => `${major}.${minor}`;
