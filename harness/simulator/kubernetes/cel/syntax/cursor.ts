/**
 * Goes through the words of an expression, and says what stands where something else must (ANTLR's
 * DefaultErrorStrategy, whose words cel-go shows).
 */
import type { Issue } from './issues.ts';
import { type Token, tokensOf } from './tokens.ts';

/** Ends the reading; what was found is among the issues. */
export class Stop extends Error {}

const VALUE_STARTS = ['[', '{', '(', '.', '-', '!', 'true', 'false', 'null'];
/** The order in which ANTLR names symbols. */
const SYMBOLS = ['[', ']', '{', '}', '(', ')', '.', ',', '-', '!', '?', 'true', 'false', 'null'];
const LITERALS = 'NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER';

/** What may stand in the place of a value. @param beside - what else may stand there */
function expectedValue(beside: readonly string[]): string {
  const symbols = SYMBOLS.filter(text => VALUE_STARTS.includes(text) || beside.includes(text));
  return `{${symbols.map(text => `'${text}'`).join(', ')}, ${LITERALS}}`;
}

/** What may stand behind a value: reading goes on there if the value is missing. */
const INFIX: ReadonlySet<string> = new Set('== != < <= > >= in && || + - * / % ?'.split(' '));

const isValueStart = ({ kind, text }: Token) =>
  kind === 'SYMBOL' ? VALUE_STARTS.includes(text) : kind !== 'EOF' && kind !== 'ESC_IDENTIFIER';

/** The place in an expression up to which it is read. */
export class Cursor {
  readonly issues: Issue[] = [];
  readonly #tokens: readonly Token[];
  #index = 0;

  constructor(source: string) {
    this.#tokens = tokensOf(source, issue => this.issues.push(issue));
  }

  get next(): Token {
    return this.ahead(0);
  }

  /** The word that many places on; behind the end there are only ends. */
  ahead(count: number): Token {
    const token = this.#tokens[Math.min(this.#index + count, this.#tokens.length - 1)];
    if (!token) throw new RangeError('an expression has no end');
    return token;
  }

  take(): Token {
    const token = this.next;
    if (token.kind !== 'EOF') this.#index++;
    return token;
  }

  skip(count: number): void {
    this.#index += count;
  }

  is(...texts: readonly string[]): boolean {
    return this.next.kind === 'SYMBOL' && texts.includes(this.next.text);
  }

  takeIf(text: string): Token | undefined {
    return this.is(text) ? this.take() : undefined;
  }

  report(at: number, message: string): void {
    this.issues.push({ at, message });
  }

  syntaxError(message: string): void {
    this.report(this.next.at, `Syntax error: ${message}`);
  }

  stop(message: string): never {
    this.syntaxError(message);
    throw new Stop();
  }

  /** Takes a symbol that must stand here; one word too many is passed over, a missing one is made up. */
  expect(text: string, isNeverMissing = false): Token {
    const taken = this.takeIf(text);
    if (taken) return taken;
    const { next } = this;
    const second = this.ahead(1);
    if (second.kind === 'SYMBOL' && second.text === text) {
      this.syntaxError(`extraneous input '${next.text}' expecting '${text}'`);
      this.take();
      return this.take();
    }
    const isMissing = text === ':' ? isValueStart(next) : next.kind === 'EOF';
    if (isNeverMissing || !isMissing) return this.stop(`mismatched input '${next.text}' expecting '${text}'`);
    this.syntaxError(`missing '${text}' at '${next.text}'`);
    return { kind: 'SYMBOL', text, at: next.at };
  }

  /** Takes the comma between the entries of a list or map. Returns false before its end. */
  separates(end: string): boolean {
    if (this.takeIf(',')) {
      if (this.is(',')) this.stop(`mismatched input ',' expecting '${end}'`);
      return !this.is(end) && this.next.kind !== 'EOF';
    }
    if (!this.is(end)) this.stop(`mismatched input '${this.next.text}' expecting {'${end}', ','}`);
    return false;
  }

  /**
   * Says that a value is missing.
   * @param beside - the symbols that may stand here too
   * @returns whether one stands behind a word too many
   */
  findsValueBehind(beside: readonly string[]): boolean {
    const expected = expectedValue(beside);
    const { text, kind } = this.next;
    const isExtraneous = kind !== 'EOF' && isValueStart(this.ahead(1));
    this.syntaxError(`${isExtraneous ? 'extraneous' : 'mismatched'} input '${text}' expecting ${expected}`);
    if (isExtraneous) this.take();
    else if (kind === 'EOF' || !INFIX.has(text)) throw new Stop();
    return isExtraneous;
  }

  /** Says what stands behind the whole expression. */
  end(): void {
    const { kind, text } = this.next;
    if (kind === 'EOF') return;
    const isLast = this.ahead(1).kind === 'EOF';
    this.syntaxError(`${isLast ? 'extraneous' : 'mismatched'} input '${text}' expecting <EOF>`);
  }

  /** Says that no name stands behind a dot. */
  noName(): never {
    const { text, kind } = this.next;
    if (kind === 'EOF') return this.stop("no viable alternative at input '.'");
    if (text === 'true' || text === 'false' || text === 'null')
      return this.stop(`mismatched input '${text}' expecting IDENTIFIER`);
    this.syntaxError(`no viable alternative at input '.${text}'`);
    if (INFIX.has(text) && this.ahead(1).kind === 'EOF') {
      this.take();
      this.syntaxError(`mismatched input '<EOF>' expecting ${expectedValue([])}`);
    }
    throw new Stop();
  }
}
