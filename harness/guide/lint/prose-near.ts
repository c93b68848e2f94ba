/** What a page says around a command. */
import type { Block, Page, Prose } from '../page/page.ts';

/** Paragraphs farther away than that say nothing of a block. */
const NEAR = 1200;

/** Returns the paragraph before a block, as far as no other block stands between. */
export function proseBefore(page: Page, block: Block): Prose | undefined {
  const found = page.prose.findLast(({ span }) => span.end <= block.span.start);
  const other = page.blocks.findLast(({ span }) => span.end <= block.span.start);
  if (!found || block.span.start - found.span.end > NEAR) return undefined;
  return other && other.span.start > found.span.end ? undefined : found;
}

/** Returns the paragraphs behind a block, up to the next block or heading. */
export function proseAfter(page: Page, block: Block): readonly Prose[] {
  const next = page.blocks.find(({ span }) => span.start >= block.span.end)?.span.start;
  const heading = page.headings.find(({ span }) => span.start >= block.span.end)?.span.start;
  const end = Math.min(next ?? Number.POSITIVE_INFINITY, heading ?? Number.POSITIVE_INFINITY);
  return page.prose.filter(({ span }) => span.start >= block.span.end && span.end <= end);
}
