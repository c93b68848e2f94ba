/** What a page says around a command. */
import type { Block, Page, Prose } from '../page/page.ts';
import { firstFrom, lastBefore, within } from './sorted.ts';

/** Paragraphs farther away than that say nothing of a block. */
const NEAR = 1200;

/** Returns the paragraph before a block, as far as no other block stands between. */
export function proseBefore(page: Page, block: Block): Prose | undefined {
  const found = lastBefore(page.prose, block.span.start);
  const other = lastBefore(page.blocks, block.span.start);
  if (!found || block.span.start - found.span.end > NEAR) return undefined;
  return other && other.span.start > found.span.end ? undefined : found;
}

/** Returns the paragraphs behind a block, up to the next block or heading. */
export function proseAfter(page: Page, block: Block): readonly Prose[] {
  const start = block.span.end;
  const next = firstFrom(page.blocks, start)?.span.start ?? Number.POSITIVE_INFINITY;
  const heading = firstFrom(page.headings, start)?.span.start ?? Number.POSITIVE_INFINITY;
  return within(page.prose, { start, end: Math.min(next, heading) });
}
