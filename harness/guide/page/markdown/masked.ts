/** A page's Markdown without what stands in shortcodes, and the way back to the page. */
import type { MappedText, Span } from '../../source-text.ts';

/**
 * Stands for each character of a shortcode among words, so that Markdown takes it for a word's letter.
 * A character for private use: pages have none.
 */
export const MASK = '\uE000';

/** Takes the masks out of a text and folds its white space. */
export function plain(text: string): string {
  return text.replaceAll(MASK, '').replace(/\s+/g, ' ').trim();
}

/** What Markdown does not see: a shortcode, of which masks remain, or indentation, of which nothing does. */
export interface Hidden extends Span {
  readonly isCut: boolean;
}

/**
 * Masks parts of a page. A line that holds nothing else becomes empty; lines within a part are left out, so
 * that a long block costs nothing. What remains of a line has the columns that it had.
 * @param hidden - in order, without overlap
 * @param from - where the Markdown begins
 */
export function maskMarkdown(text: string, hidden: readonly Hidden[], from: number): MappedText {
  const builder = new Builder(text, from);
  for (const { start, end, isCut } of hidden) {
    builder.copy(start);
    if (isCut) builder.skip(end);
    else builder.mask(end);
  }
  builder.copy(text.length);
  return builder.markdown();
}

/** Goes through the page once; `at` is how far it has come. */
class Builder {
  readonly #text: string;
  readonly #parts: string[] = [];
  readonly #pieces: MappedText['pieces'][number][];
  #length = 0;
  #at: number;

  constructor(text: string, from: number) {
    this.#text = text;
    this.#at = from;
    this.#pieces = [{ at: 0, offset: from }];
  }

  copy(end: number): void {
    this.#add(this.#text.slice(this.#at, end), end);
  }

  skip(end: number): void {
    this.#at = end;
    this.#pieces.push({ at: this.#length, offset: end });
  }

  mask(end: number): void {
    const lineEnd = endOfLine(this.#text, this.#at, end);
    if (lineEnd < end) {
      this.#add(MASK.repeat(lineEnd - this.#at), lineEnd);
      this.copy(Math.min(end, lineEnd + (this.#text.startsWith('\r\n', lineEnd) ? 2 : 1)));
      this.skip(Math.max(this.#at, startOfLine(this.#text, end)));
    }
    this.#add(MASK.repeat(end - this.#at), end);
  }

  markdown(): MappedText {
    const text = this.#parts.join('').replace(/^[ \t\uE000]+$/gm, line => ' '.repeat(line.length));
    return { text, pieces: this.#pieces };
  }

  #add(part: string, end: number): void {
    this.#parts.push(part);
    this.#length += part.length;
    this.#at = end;
  }
}

function isLineEnd(text: string, at: number): boolean {
  const character = text[at];
  return character === '\n' || character === '\r';
}

/** Where the line of `from` ends, at most `limit`. */
function endOfLine(text: string, from: number, limit: number): number {
  let at = from;
  while (at < limit && !isLineEnd(text, at)) at += 1;
  return at;
}

function startOfLine(text: string, from: number): number {
  let at = from;
  while (at > 0 && !isLineEnd(text, at - 1)) at -= 1;
  return at;
}
