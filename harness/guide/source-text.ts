/** The text of a file, and how places in it are told. */

/** A stretch of a file's text: offsets in UTF-16 units, the end excluded. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where something stands, for people: lines and columns count from 1, columns in UTF-16 units. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A file's text as it is on disk, line ends included, so that a mend changes nothing else. */
export class SourceText {
  /** The file's name, as it was given. */
  readonly file: string;
  readonly text: string;
  readonly #lineStarts: readonly number[];

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    this.#lineStarts = linesOf(text, { start: 0, end: text.length }).map(({ start }) => start);
  }

  /** Returns the place of an offset; one beyond the text is its end. */
  placeOf(offset: number): Place {
    const at = Math.min(Math.max(offset, 0), this.text.length);
    const line = countWhile(this.#lineStarts, start => start <= at);
    return { file: this.file, line, column: at - (this.#lineStarts[line - 1] ?? 0) + 1 };
  }

  /** Returns a line without its end, for a quotation; the empty text if there is no such line. */
  line(number: number): string {
    const start = this.#lineStarts[number - 1];
    if (start === undefined) return '';
    return this.text.slice(start, this.#lineStarts[number]).replace(/[\r\n]+$/, '');
  }
}

/** Returns the lines of a stretch without their ends; behind the last end there is one more, maybe empty. */
export function linesOf(text: string, { start, end }: Span): readonly Span[] {
  const lines: Span[] = [];
  let at = start;
  for (const { 0: lineEnd, index } of text.slice(start, end).matchAll(/\r\n|\n|\r/g)) {
    lines.push({ start: at, end: start + index });
    at = start + index + lineEnd.length;
  }
  lines.push({ start: at, end });
  return lines;
}

/** A text that was put together out of pieces of a file: without prompts, without indentation. */
export interface MappedText {
  readonly text: string;
  /** Pieces in order, which cover `text`: where each begins in it, and in the file. */
  readonly pieces: readonly { readonly at: number; readonly offset: number }[];
}

/** Returns the offset in the file of an offset in a mapped text. */
export function offsetIn({ pieces }: MappedText, at: number): number {
  const found = pieces[countWhile(pieces, piece => piece.at <= at) - 1];
  return found ? found.offset + (at - found.at) : 0;
}

/**
 * Returns where a stretch of a mapped text stands in the file. It ends with its last character: what is left
 * out behind that is no part of it.
 */
export function spanIn(mapped: MappedText, { start, end }: Span): Span {
  const first = offsetIn(mapped, start);
  return { start: first, end: end > start ? offsetIn(mapped, end - 1) + 1 : first };
}

/**
 * Returns what lines have of a stretch of the file: without what stands before each line, such as the
 * indentation of a list item.
 */
export function linesWithin(
  lines: readonly { readonly text: string; readonly offset: number }[],
  { start, end }: Span,
): string {
  const touched: (typeof lines)[number][] = [];
  const before = countWhile(lines, ({ offset, text }) => offset + text.length < start);
  for (let index = before; index < lines.length; index += 1) {
    const line = lines[index];
    if (!line || line.offset >= end) break;
    touched.push(line);
  }
  const last = touched.at(-1);
  const parts = touched.map(({ offset, text }) => text.slice(Math.max(0, start - offset), end - offset));
  return parts.join('\n') + (last && end > last.offset + last.text.length ? '\n' : '');
}

/** Counts the things at the beginning of a list for which something holds; it holds for none behind them. */
export function countWhile<T>(list: readonly T[], holds: (each: T) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const each = list[middle];
    if (each !== undefined && holds(each)) low = middle + 1;
    else high = middle;
  }
  return low;
}
