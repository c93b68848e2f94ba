/** The variables of the shell in which a reader types, as the guide sets them one after another. */

import type { WordPart } from '../shell/syntax.ts';

/** A variable that is set. */
interface Variable {
  /** With `${NAME}` for what only the run knows. */
  readonly text: string;
  readonly isExported: boolean;
  /** True: its text has values that are known only when commands have run. */
  readonly isCaptured: boolean;
  readonly isExact: boolean;
}

/** What the reader's own machine sets, to values that no page knows. */
const OWN: ReadonlySet<string> = new Set([
  ...['HOME', 'PATH', 'PWD', 'OLDPWD', 'USER', 'LOGNAME', 'SHELL', 'TMPDIR', 'HOSTNAME', 'UID', 'EUID'],
  ...['OSTYPE', 'HOSTTYPE', 'MACHTYPE', 'RANDOM', 'SECONDS', 'IFS'],
]);
const SETS = /(?<![\w$-])([A-Za-z_]\w*)\+?=(?!=)/g;
const LOOPS = /\b(?:for|select)\s+([A-Za-z_]\w*)/g;
const READS = /\b(?:read|mapfile|readarray)\s+((?:-\w+\s+)*(?:[A-Za-z_]\w*[ \t]*)+)/g;

/** What is set at one moment of the way. */
export class Environment {
  readonly #variables = new Map<string, Variable>();
  readonly #given: ReadonlyMap<string, string>;
  #hasUnknown = false;

  /** @param given - values that the reader has set, and that nothing on the page changes */
  constructor(given: ReadonlyMap<string, string>) {
    this.#given = given;
    for (const [name, text] of given)
      this.#variables.set(name, { text, isExported: true, isCaptured: false, isExact: true });
  }

  /** Returns the value that the reader has set, as the parts of a word. */
  given(name: string): readonly [WordPart] | undefined {
    const text = this.#given.get(name);
    return text === undefined
      ? undefined
      : [{ kind: 'text', text, isQuoted: true, span: { start: 0, end: 0 } }];
  }

  get(name: string): Variable | undefined {
    const known = this.#variables.get(name);
    if (known || !(this.#hasUnknown || OWN.has(name))) return known;
    return { text: '', isExported: true, isCaptured: false, isExact: false };
  }

  /** True: the reader's machine has the variable, whatever the page says. */
  isOwn(name: string): boolean {
    return !this.#variables.has(name) && OWN.has(name);
  }

  set(name: string, variable: Variable): void {
    this.#variables.set(name, variable);
  }

  unset(name: string): void {
    this.#variables.delete(name);
  }

  /** From here on any variable may be set: a file of commands was read into the shell. */
  admitUnknown(): void {
    this.#hasUnknown = true;
  }

  /** Takes the variables that a text which we do not evaluate may set, with values that we do not know. */
  admit(text: string): void {
    const names = [
      ...[...text.matchAll(SETS)].map(found => found[1]),
      ...[...text.matchAll(LOOPS)].map(found => found[1]),
      ...[...text.matchAll(READS)].flatMap(found => found[1]?.split(/\s+/)),
    ];
    for (const name of names)
      if (name !== undefined && /^[A-Za-z_]/.test(name))
        this.set(name, { text: '', isExported: false, isCaptured: false, isExact: false });
  }
}
