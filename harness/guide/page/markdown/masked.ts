/** A page's Markdown without what stands in shortcodes, and the way back to the page. */
import type { Span } from '../../source-text.ts';

export interface Markdown {
  readonly text: string;
  /** Returns the offset in the page of an offset in `text`. */
  offsetOf(at: number): number;
}

/**
 * Stands for each character of a shortcode among words, so that Markdown takes it for a word's letter.
 * A character for private use: pages have none.
 */
export const MASK = '\uE000';

/** Takes the masks out of a text and folds its white space. */
export function plain(text: string): string {
  return text.replaceAll(MASK, '').replace(/\s+/g, ' ').trim();
}

/**
 * Masks parts of a page. A line that holds nothing else becomes empty; lines within a part are left out, so
 * that a long block costs nothing. What remains of a line has the columns that it had.
 * @param hidden - in order, without overlap
 * @param from - where the Markdown begins
 */
export function maskMarkdown(text: string, hidden: readonly Span[], from: number): Markdown {
  const parts: string[] = [];
  const starts: number[] = [0];
  const offsets: number[] = [from];
  let length = 0;
  const add = (part: string) => {
    parts.push(part);
    length += part.length;
  };
  let at = from;
  for (const { start, end } of hidden) {
    add(text.slice(at, start));
    const firstEnd = endOfLine(text, start);
    at = start;
    if (firstEnd < end) {
      add(MASK.repeat(firstEnd - start));
      const nextLine = firstEnd + (text.startsWith('\r\n', firstEnd) ? 2 : 1);
      add(text.slice(firstEnd, Math.min(nextLine, end)));
      at = Math.max(startOfLine(text, end), Math.min(nextLine, end));
      starts.push(length);
      offsets.push(at);
    }
    add(MASK.repeat(end - at));
    at = end;
  }
  add(text.slice(at));
  const masked = parts.join('').replace(/^[ \t\uE000]+$/gm, line => ' '.repeat(line.length));
  return { text: masked, offsetOf: offset => lookUp(starts, offsets, offset) };
}

function lookUp(starts: readonly number[], offsets: readonly number[], at: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return (offsets[low] ?? 0) + (at - (starts[low] ?? 0));
}

function isLineEnd(text: string, at: number): boolean {
  const character = text[at];
  return character === '\n' || character === '\r';
}

function endOfLine(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isLineEnd(text, at)) at += 1;
  return at;
}

function startOfLine(text: string, from: number): number {
  let at = from;
  while (at > 0 && !isLineEnd(text, at - 1)) at -= 1;
  return at;
}
