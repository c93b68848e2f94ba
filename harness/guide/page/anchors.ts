/** The fragments by which links lead to headings. */

/** Gives each heading of a page its anchor, in order, as Hugo does. */
export class Anchors {
  readonly #taken = new Set<string>();
  /** The next number to try for a name: a page of equal headings takes no square of time. */
  readonly #next = new Map<string, number>();

  /** Makes an anchor of a heading's text, and one of its own if there is such a one already. */
  ofText(text: string): string {
    const name = anchorOf(text) || 'heading';
    let anchor = name;
    for (let number = this.#next.get(name) ?? 1; this.#taken.has(anchor); number += 1) {
      anchor = `${name}-${number}`;
      this.#next.set(name, number + 1);
    }
    return this.take(anchor);
  }

  /** Takes an anchor that the page gives itself. */
  take(anchor: string): string {
    this.#taken.add(anchor);
    return anchor;
  }
}

/**
 * Returns a text as an anchor: lower case, blanks as hyphens; besides letters and digits hyphens and
 * underscores remain.
 * Hugo's rule "github": gohugoio/hugo, markup/goldmark/autoid.go.
 */
function anchorOf(text: string): string {
  return text
    .trim()
    .replaceAll(' ', '-')
    .replace(/[^\p{L}\p{Nd}_-]/gu, '')
    .toLowerCase();
}
