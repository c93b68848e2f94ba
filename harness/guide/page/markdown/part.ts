/** Parts of Markdown; their offsets are those of the Markdown, not of the page. */
import type { Span } from '../../source-text.ts';

/** A block of code. */
export interface CodePart {
  /** What stands behind the fence; empty also for code that is indented. */
  readonly info: string;
  /** The lines, each up to its end and without what the list or quotation around it puts before it. */
  readonly lines: readonly Span[];
  readonly span: Span;
  /** False: the closing fence is missing. */
  readonly isClosed: boolean;
}

/** A heading of Markdown or HTML. */
export interface HeadingPart {
  readonly level: number;
  readonly text: string;
  /** From `{#id}`, or the `id` of HTML. */
  readonly id?: string;
  /** What the anchor is made of, if there is no id; absent for HTML, which gets none. */
  readonly raw?: string;
  readonly span: Span;
}

/** A link of Markdown or HTML. */
export interface LinkPart {
  readonly target: string;
  /** Where the target stands; only if a shortcode is part of it, so that `target` shows masks. */
  readonly masked?: Span;
  readonly span: Span;
}

/** Words in a row: a paragraph, or a piece of HTML. */
export interface TextPart {
  readonly text: string;
  readonly span: Span;
}
