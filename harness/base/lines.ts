/** Lines out of a stream of chunks. */

/**
 * Cuts text that arrives in chunks into lines. A chunk may end anywhere in a line. A separator of two
 * characters that two chunks share is seen as what its halves are to the separator.
 */
export class LineReader {
  readonly #separator: string | RegExp;
  #rest = '';

  /** @param separator - ends a line and is no part of it; `\n` by default */
  constructor(separator: string | RegExp = '\n') {
    this.#separator = separator;
  }

  /** Text whose line has not ended yet. */
  get rest(): string {
    return this.#rest;
  }

  /** Returns what is left when no more text comes, and forgets it; empty if the last line was whole. */
  end(): string {
    const rest = this.#rest;
    this.#rest = '';
    return rest;
  }

  /** Returns the lines that end in this chunk, empty ones included. */
  push(chunk: string): string[] {
    const lines = chunk.split(this.#separator);
    lines[0] = this.#rest + (lines[0] ?? '');
    this.#rest = lines.pop() ?? '';
    return lines;
  }
}
