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
    this.#lineStarts = [
      0,
      ...[...text.matchAll(/\r\n|\n|\r/g)].map(({ 0: end, index }) => index + end.length),
    ];
  }

  /** Returns the place of an offset; one beyond the text is its end. */
  placeOf(offset: number): Place {
    const at = Math.min(Math.max(offset, 0), this.text.length);
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#lineStarts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return { file: this.file, line: low + 1, column: at - (this.#lineStarts[low] ?? 0) + 1 };
  }

  /** Returns a line without its end, for a quotation; the empty text if there is no such line. */
  line(number: number): string {
    const start = this.#lineStarts[number - 1];
    if (start === undefined) return '';
    return this.text.slice(start, this.#lineStarts[number]).replace(/[\r\n]+$/, '');
  }
}

/** A text that was put together out of pieces of a file: without prompts, without indentation. */
export interface MappedText {
  readonly text: string;
  /** Pieces in order, which cover `text`: where each begins in it, and in the file. */
  readonly pieces: readonly { readonly at: number; readonly offset: number }[];
}

/** Returns the offset in the file of an offset in a mapped text. An end belongs to the piece before it. */
export function offsetIn({ pieces }: MappedText, at: number, side: 'start' | 'end' = 'start'): number {
  const isBefore = (piece: { readonly at: number } | undefined) =>
    piece !== undefined && (side === 'start' ? piece.at <= at : piece.at < at);
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (isBefore(pieces[middle])) low = middle;
    else high = middle - 1;
  }
  const found = pieces[low];
  return found ? found.offset + (at - found.at) : 0;
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
  for (let index = firstEndingAt(lines, start); index < lines.length; index += 1) {
    const line = lines[index];
    if (!line || line.offset >= end) break;
    touched.push(line);
  }
  const last = touched.at(-1);
  const parts = touched.map(({ offset, text }) => text.slice(Math.max(0, start - offset), end - offset));
  return parts.join('\n') + (last && end > last.offset + last.text.length ? '\n' : '');
}

/** Returns the index of the first line that does not end before an offset. */
function firstEndingAt(
  lines: readonly { readonly text: string; readonly offset: number }[],
  start: number,
): number {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const line = lines[middle];
    if (line && line.offset + line.text.length < start) low = middle + 1;
    else high = middle;
  }
  return low;
}
