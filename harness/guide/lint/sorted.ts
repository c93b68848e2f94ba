/** Looks things up that stand in the order of a page, in time that hardly grows with the page. */
import { countWhile, type Span } from '../source-text.ts';

interface Spanned {
  readonly span: Span;
}

/** Returns the last thing that ends at an offset or before. */
export const lastBefore = <T extends Spanned>(list: readonly T[], offset: number): T | undefined =>
  list[countWhile(list, ({ span }) => span.end <= offset) - 1];

/** Returns the things that begin at an offset or behind, and end before another. */
export function within<T extends Spanned>(list: readonly T[], { start, end }: Span): readonly T[] {
  const from = countWhile(list, ({ span }) => span.start < start);
  const to = countWhile(list, each => each.span.end <= end);
  return list.slice(from, Math.max(from, to));
}

/** Returns the first thing that begins at an offset or behind. */
export const firstFrom = <T extends Spanned>(list: readonly T[], offset: number): T | undefined =>
  list[countWhile(list, ({ span }) => span.start < offset)];

/** Returns the index of the last line that begins at an offset or before; -1 if there is none. */
export const lineAt = (lines: readonly { readonly offset: number }[], offset: number): number =>
  countWhile(lines, line => line.offset <= offset) - 1;
