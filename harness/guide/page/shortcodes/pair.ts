/** Brings the tags of shortcodes together: which end closes which beginning. */
import type { Span } from '../../source-text.ts';
import type { Tag } from './scan.ts';

/** A shortcode with its content, or one that has none. */
export interface Element {
  readonly name: string;
  readonly open: Tag;
  /** Absent: it has no content, or its end is missing. */
  readonly close?: Tag;
  /** What it encloses; empty if it has no content. */
  readonly inner: Span;
  readonly span: Span;
  /** True: it must have an end and has none; `inner` goes on to where the page makes that certain. */
  readonly isUnclosed: boolean;
}

/** The shortcodes of a page. */
interface Paired {
  /** In the order of their beginnings. */
  readonly elements: readonly Element[];
  /** Ends of what has not begun. */
  readonly strays: readonly Tag[];
}

/** Shortcodes that never go without an end. Of others one end that follows shows that they have one. */
const CONTAINERS = new Set([
  ...['text', 'tabset', 'tab', 'tip', 'warning', 'idea', 'quote', 'gloss'],
  // Hugo's own, and those of Docsy and kubernetes.io.
  ...['highlight', 'tabs', 'tabpane', 'note', 'caution', 'alert', 'pageinfo'],
]);

/** Pairs all tags. `length` is that of the text: what is never closed ends there. */
export function pairTags(tags: readonly Tag[], length: number): Paired {
  const pairing = new Pairing(tags);
  for (const tag of tags) pairing.take(tag);
  pairing.closeDownTo(0, length);
  return { elements: pairing.elements(), strays: pairing.strays };
}

class Pairing {
  readonly strays: Tag[] = [];
  readonly #elements = new Map<Tag, Element>();
  readonly #tags: readonly Tag[];
  readonly #open: Tag[] = [];
  /** How many of a name are open, and how many ends of it are still to come. */
  readonly #openNow = new Map<string, number>();
  readonly #endsToCome = new Map<string, number>();

  constructor(tags: readonly Tag[]) {
    this.#tags = tags;
    for (const { kind, name } of tags) if (kind === 'close') count(this.#endsToCome, name, 1);
  }

  elements(): readonly Element[] {
    return this.#tags.flatMap(tag => this.#elements.get(tag) ?? []);
  }

  take(tag: Tag): void {
    if (tag.kind === 'close') this.#close(tag);
    else if (tag.kind === 'alone') this.#standsAlone(tag);
    else if (tag.kind === 'open') this.#begin(tag);
  }

  #begin(tag: Tag): void {
    if (!CONTAINERS.has(tag.name) && (this.#endsToCome.get(tag.name) ?? 0) === 0) {
      this.#standsAlone(tag);
      return;
    }
    this.#open.push(tag);
    count(this.#openNow, tag.name, 1);
  }

  #close(tag: Tag): void {
    count(this.#endsToCome, tag.name, -1);
    if ((this.#openNow.get(tag.name) ?? 0) === 0) {
      this.strays.push(tag);
      return;
    }
    const at = this.#open.findLastIndex(({ name }) => name === tag.name);
    this.closeDownTo(at + 1, tag.span.start);
    const open = this.#open.pop();
    if (open === undefined) return;
    count(this.#openNow, tag.name, -1);
    this.#elements.set(open, {
      name: open.name,
      open,
      close: tag,
      inner: { start: open.span.end, end: tag.span.start },
      span: { start: open.span.start, end: tag.span.end },
      isUnclosed: false,
    });
  }

  /** Ends what lies above a height of the stack: at `end` it can not be open any more. */
  closeDownTo(height: number, end: number): void {
    for (const open of this.#open.splice(height)) {
      count(this.#openNow, open.name, -1);
      if (!CONTAINERS.has(open.name)) {
        this.#standsAlone(open);
        continue;
      }
      this.#elements.set(open, {
        name: open.name,
        open,
        inner: { start: open.span.end, end },
        span: { start: open.span.start, end },
        isUnclosed: true,
      });
    }
  }

  #standsAlone(open: Tag): void {
    const { span } = open;
    const inner = { start: span.end, end: span.end };
    this.#elements.set(open, { name: open.name, open, inner, span, isUnclosed: false });
  }
}

function count(counts: Map<string, number>, name: string, by: number): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}
