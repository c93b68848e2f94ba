/**
 * What is wrong with an expression, shown as cel-go shows it (google/cel-go common/error.go @v0.26).
 */

/** A problem at a place of an expression; `at` is an offset in UTF-16 code units. */
export interface Issue {
  readonly at: number;
  readonly message: string;
}

/** An expression that cannot be read or does not fit its variables. */
export class ExpressionError extends Error {
  readonly issues: readonly Issue[];
  constructor(source: string, issues: readonly Issue[]) {
    super(describeIssues(source, issues));
    this.issues = issues;
  }
}

/** Wide characters are underlined by wide marks. */
const isWide = (character: string) => (character.codePointAt(0) ?? 0) > 0x7f;

interface Place {
  readonly line: number;
  /** Counted in characters, from 0. */
  readonly column: number;
  readonly text: string;
}

function placeOf(source: string, at: number): Place {
  const before = source.slice(0, at);
  const start = before.lastIndexOf('\n') + 1;
  const end = source.indexOf('\n', start);
  return {
    line: before.split('\n').length,
    column: [...source.slice(start, at)].length,
    text: source.slice(start, end < 0 ? undefined : end),
  };
}

function describeIssue(message: string, { line, column, text }: Place): string {
  const shown = text.replaceAll('\t', ' ');
  const characters = [...shown];
  const marks = characters.slice(0, column).map(character => (isWide(character) ? '\uff0e' : '.'));
  const mark = isWide(characters[column] ?? '') ? '\uff3e' : '^';
  return `ERROR: <input>:${line}:${column + 1}: ${message}\n | ${shown}\n | ${marks.join('')}${mark}`;
}

/** All problems, in the order of their places, each with the line and a mark below it. */
function describeIssues(source: string, issues: readonly Issue[]): string {
  return issues
    .map(({ at, message }) => ({ message, place: placeOf(source, at) }))
    .sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column)
    .map(({ message, place }) => describeIssue(message, place))
    .join('\n');
}
