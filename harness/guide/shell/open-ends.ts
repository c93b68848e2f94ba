/** Tells, line by line, whether bash would wait for more: what is still open where a line ends. */

/** The end of a here-document that is to come. */
interface Awaited {
  readonly delimiter: string;
  /** `<<-`: tabs before the delimiter do not count. */
  readonly stripsTabs: boolean;
}

/** What closes the innermost thing that is open; `$'` stands for a quote in which a backslash counts. */
type Closer = "'" | '"' | '`' | ')' | '}' | "$'";

const HERE_DOCUMENT = /<<(-?)[ \t]*(?:'([^']*)'|"([^"]*)"|\\?([^\s;&|<>()'"`]+))/y;
/** Stretches in which nothing opens or closes, so that a long line costs little. */
const PLAIN = /[^\\'"`$()}#<|& \t]+/y;

/** Reads the lines of one command; every character is looked at once. */
export class OpenEnds {
  readonly #open: Closer[] = [];
  readonly #awaited: Awaited[] = [];
  /** The last line ended with a backslash. */
  #isContinued = false;
  /** The last line ended with an operator that wants another command: `|`, `&&`, `||`. */
  #endsWithOperator = false;

  /** True: bash would read another line before it runs anything. */
  get isOpen(): boolean {
    return this.#isContinued || this.#endsWithOperator || this.#open.length > 0 || this.#awaited.length > 0;
  }

  /** The here-document of which the next line is a part, if any. */
  get body(): Awaited | undefined {
    return this.#isContinued ? undefined : this.#awaited[0];
  }

  feed(line: string): void {
    const { body } = this;
    if (body) {
      if (endsBody(line, body)) this.#awaited.shift();
      return;
    }
    this.#isContinued = false;
    this.#endsWithOperator = false;
    for (let at = 0; at < line.length; ) at = this.#step(line, at);
  }

  /** Reads what begins at `at`; returns where the next begins. */
  #step(line: string, at: number): number {
    const char = line[at];
    const closer = this.#open.at(-1);
    if (char === '\\' && closer !== "'") {
      if (at + 1 === line.length) this.#isContinued = true;
      this.#endsWithOperator &&= this.#isContinued;
      return at + 2;
    }
    if (closer !== undefined && char === closer.at(-1)) {
      this.#open.pop();
      return at + 1;
    }
    if (closer === "'" || closer === "$'") return at + 1;
    const opened = this.#opening(line, at, closer);
    if (opened > 0) return at + opened;
    if (closer === '"' || closer === '}') return at + 1;
    return this.#stepOutside(line, at);
  }

  /** Opens what begins at `at`; returns how long its mark is, 0 if nothing begins there. */
  #opening(line: string, at: number, closer: Closer | undefined): number {
    const two = line.slice(at, at + 2);
    const inQuotes = closer === '"';
    if (two === '$(') return this.#push(')', 2);
    if (two === '${') return this.#push('}', 2);
    if (two === "$'" && !inQuotes) return this.#push("$'", 2);
    if (two[0] === '`') return this.#push('`', 1);
    if (two[0] === '"') return this.#push('"', 1);
    if (two[0] === "'" && !inQuotes) return this.#push("'", 1);
    return two[0] === '(' && !inQuotes && closer !== '}' ? this.#push(')', 1) : 0;
  }

  #push(closer: Closer, length: number): number {
    this.#endsWithOperator = false;
    this.#open.push(closer);
    return length;
  }

  /** Reads what only counts outside of quotes: comments, here-documents, operators. */
  #stepOutside(line: string, at: number): number {
    const char = line[at];
    if (char === ' ' || char === '\t') return at + 1;
    if (char === '#' && (at === 0 || /[\s;&|(]/.test(line[at - 1] ?? ''))) return line.length;
    if (char === '|' || (char === '&' && line[at + 1] === '&')) {
      this.#endsWithOperator = true;
      return at + (line[at + 1] === char ? 2 : 1);
    }
    this.#endsWithOperator = false;
    if (line.startsWith('<<<', at)) return at + 3;
    HERE_DOCUMENT.lastIndex = at;
    const document = HERE_DOCUMENT.exec(line);
    if (document) {
      const [mark, dash, single, double, bare] = document;
      this.#awaited.push({ delimiter: single ?? double ?? bare ?? '', stripsTabs: dash === '-' });
      return at + mark.length;
    }
    PLAIN.lastIndex = at;
    return at + (PLAIN.exec(line)?.[0].length ?? 1);
  }
}

/** Says whether a line is the end of a here-document: the delimiter, and nothing else. */
const endsBody = (line: string, { delimiter, stripsTabs }: Awaited): boolean =>
  (stripsTabs ? line.replace(/^\t+/, '') : line) === delimiter;
