/**
 * Reads label selectors as a query has them, with the server's error texts (apimachinery
 * pkg/labels/selector.go @v0.32).
 */
import { type ApiError, badRequest } from '../status.ts';
import type { LabelSelector, Requirement } from './label-selector.ts';

type Token = { readonly kind: 'word' | 'symbol' | 'end'; readonly text: string };

const LABEL_KEY = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

/** Reads `app=a,version in (v1,v2),!old`; sorted by key. @throws ApiError 400 with the server's words */
export function parseLabelSelector(text: string): LabelSelector {
  const requirements = new Parser(tokenize(text)).selector();
  return requirements.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text[at] as string; // in range
    if (/\s/.test(char)) {
      at++;
    } else if ('=!(),<>'.includes(char)) {
      const two = text.slice(at, at + 2);
      const symbol = two === '==' || two === '!=' ? two : char;
      tokens.push({ kind: 'symbol', text: symbol });
      at += symbol.length;
    } else {
      const start = at;
      while (at < text.length && !/[\s=!(),<>]/.test(text[at] as string)) at++;
      tokens.push({ kind: 'word', text: text.slice(start, at) });
    }
  }
  tokens.push({ kind: 'end', text: '' });
  return tokens;
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  /** @param tokens - the last one is the end */
  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  selector(): Requirement[] {
    const requirements: Requirement[] = [];
    if (this.#peek().kind === 'end') return requirements;
    const { kind, text } = this.#peek();
    if (kind !== 'word' && text !== '!') throw misplaced(this.#peek(), "!, identifier, or 'end of string'");
    for (;;) {
      requirements.push(this.#requirement());
      const separator = this.#next();
      if (separator.kind === 'end') return requirements;
      if (separator.text !== ',') throw misplaced(separator, "',' or 'end of string'");
      const { kind, text } = this.#peek();
      if (kind !== 'word' && text !== '!') throw misplaced(this.#peek(), "identifier after ','");
    }
  }

  #peek(): Token {
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] as Token; // the last token is the end
  }

  #next(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }

  #isAtEndOfRequirement(): boolean {
    const { kind, text } = this.#peek();
    return kind === 'end' || text === ',';
  }

  #requirement(): Requirement {
    const isNegated = this.#peek().text === '!';
    if (isNegated) this.#next();
    const key = this.#word('identifier');
    checkKey(key);
    if (this.#isAtEndOfRequirement()) return { key, operator: isNegated ? '!' : 'exists', values: [] };
    if (isNegated) throw misplaced(this.#peek(), "',' or 'end of string'");
    return this.#comparison(key);
  }

  #comparison(key: string): Requirement {
    const operator = this.#next();
    switch (operator.text) {
      case '=':
      case '==':
        return { key, operator: 'in', values: [this.#exactValue(key)] };
      case '!=':
        return { key, operator: 'notin', values: [this.#exactValue(key)] };
      case 'in':
      case 'notin':
        return { key, operator: operator.text, values: this.#valueSet(key) };
      case '>':
        return { key, operator: 'gt', values: [this.#bound(key)] };
      case '<':
        return { key, operator: 'lt', values: [this.#bound(key)] };
      default:
        throw unexpected(operator, 'in, notin, =, ==, !=, gt, lt');
    }
  }

  #word(expected: string): string {
    const token = this.#next();
    if (token.kind !== 'word') throw unexpected(token, expected);
    return token.text;
  }

  #exactValue(key: string): string {
    if (this.#isAtEndOfRequirement()) return '';
    const value = this.#word('identifier');
    checkValue(key, value);
    return value;
  }

  #bound(key: string): string {
    const bound = this.#exactValue(key);
    if (!/^-?\d+$/.test(bound)) {
      throw badRequest(
        `unable to parse requirement: values[0]: Invalid value: ${JSON.stringify(bound)}: for 'Gt', 'Lt' operators, the value must be an integer`,
      );
    }
    return bound;
  }

  #valueSet(key: string): string[] {
    const open = this.#next();
    if (open.text !== '(')
      throw badRequest(`unable to parse requirement: found '${open.text}' expected: '('`);
    const values = new Set<string>();
    for (;;) {
      values.add(this.#elementOfSet(key));
      const after = this.#next();
      if (after.text === ')') return [...values].sort();
      if (after.text !== ',') throw unexpected(after, "',' or ')'");
    }
  }

  /** Between two commas stands the empty value, and `()` has just that. */
  #elementOfSet(key: string): string {
    if ([',', ')'].includes(this.#peek().text)) return '';
    const value = this.#word("',', ')' or identifier");
    checkValue(key, value);
    return value;
  }
}

/** What is between requirements, or before the first. */
const misplaced = ({ text }: Token, expected: string): ApiError =>
  badRequest(`found '${text}', expected: ${expected}`);

/** What is within a requirement. */
function unexpected({ text }: Token, expected: string): ApiError {
  return badRequest(`unable to parse requirement: found '${text}', expected: ${expected}`);
}

function checkKey(key: string): void {
  if (LABEL_KEY.test(key)) return;
  const isDeep = key.split('/').length > 2;
  const what = isDeep ? 'a qualified name' : 'name part';
  const tail = isDeep ? " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')" : '';
  throw badRequest(
    `unable to parse requirement: <nil>: Invalid value: ${JSON.stringify(key)}: ${what} must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')${tail}`,
  );
}

function checkValue(key: string, value: string): void {
  if (LABEL_VALUE.test(value) && value.length <= 63) return;
  throw badRequest(
    `unable to parse requirement: values[0][${key}]: Invalid value: ${JSON.stringify(value)}: a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
  );
}
