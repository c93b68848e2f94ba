/**
 * The `Warning:` headers of an answer, which kubectl prints (staging/src/k8s.io/apiserver
 * pkg/endpoints/filters/warning.go, apimachinery pkg/util/net/http.go @v1.32).
 */
import type { ServerResponse } from 'node:http';

/** Characters of all warnings together; if there are more, each is cut, and what goes beyond is left out. */
const MOST_CHARACTERS = 4096;
const MOST_CUT_CHARACTERS = 256;

/** The warnings of one answer. */
class Warnings {
  readonly #texts = new Set<string>();
  #characters = 0;
  #isCut = false;
  lines: string[] = [];

  add(text: string): void {
    if (this.#characters >= MOST_CHARACTERS || this.#texts.has(text)) return;
    this.#texts.add(text);
    if (this.#isCut || this.#characters + text.length <= MOST_CHARACTERS) this.#write(text);
    else {
      this.#isCut = true;
      this.#characters = 0;
      this.lines = [];
      for (const each of this.#texts) if (this.#characters < MOST_CHARACTERS) this.#write(each);
    }
  }

  #write(text: string): void {
    if (/\p{Cc}/u.test(text)) return; // no header has control characters
    const shown = this.#isCut
      ? [...text.slice(0, MOST_CHARACTERS)].slice(0, MOST_CUT_CHARACTERS).join('')
      : text;
    this.#characters += shown.length;
    // A header is bytes: those of UTF-8, each as a character.
    const quoted = Buffer.from(shown.replace(/["\\]/g, '\\$&')).toString('latin1');
    this.lines.push(`299 - "${quoted}"`);
  }
}

const given = new WeakMap<ServerResponse, Warnings>();

/** Adds a warning, unless the answer has it already. */
export function warn(response: ServerResponse, text: string): void {
  if (response.headersSent || text === '') return;
  const warnings = given.get(response) ?? new Warnings();
  given.set(response, warnings);
  warnings.add(text);
  if (warnings.lines.length > 0) response.setHeader('Warning', warnings.lines);
}
