/** Commands that a guide offers in the place of others, or leaves to its reader's choice. */
import type { Trace, TraceEvent } from '../follow/trace.ts';
import type { Block, Page } from '../page/page.ts';
import { placeText } from './units.ts';

/** `If …, use the following command instead:`, `(Optional) …`, `Alternatively, …`. */
const LEFT_TO_THE_READER =
  /\b(?:use|run|follow|try|apply)\b[^.]*\binstead\b|^\W*optional(?:ly)?\b|\(optional\)|^\W*alternatively\b/im;

/** The way of a reader who takes what the guide tells first, and nothing that is optional. */
interface PlainWay {
  readonly trace: Trace;
  /** What was passed over, a sentence for each block. */
  readonly notes: readonly string[];
}

/** Passes over the blocks that the text before them makes a choice of the reader's. */
export function plainWayOf(trace: Trace): PlainWay {
  const known = new Map<Block, boolean>();
  const left = new Map<Block, TraceEvent>();
  const events = trace.events.filter(event => {
    const { page, block } = event.origin;
    const isLeft = known.get(block) ?? LEFT_TO_THE_READER.test(saidBefore(page, block));
    known.set(block, isLeft);
    if (isLeft && !left.has(block)) left.set(block, event);
    return !isLeft;
  });
  const notes = [...left.values()].map(
    ({ origin }) => `${placeText(origin)} is left out: the text makes it a choice of the reader's.`,
  );
  return left.size > 0 ? { trace: { ...trace, events }, notes } : { trace, notes };
}

/** What the page says between a block and the block or heading before it. */
function saidBefore({ prose, blocks, headings }: Page, { span }: Block): string {
  const ends = [...blocks, ...headings].map(each => each.span.end).filter(end => end <= span.start);
  const from = Math.max(0, ...ends);
  return prose
    .filter(each => each.span.start >= from && each.span.end <= span.start)
    .map(({ text }) => text)
    .join('\n');
}
