/**
 * The words of an expression (google/cel-go parser/gen/CEL.g4 @v0.26).
 */
import type { Issue } from './issues.ts';

/** What the grammar calls a word; symbols and keywords are called by their text in quotes. */
type TokenKind =
  | 'NUM_FLOAT'
  | 'NUM_INT'
  | 'NUM_UINT'
  | 'STRING'
  | 'BYTES'
  | 'IDENTIFIER'
  | 'ESC_IDENTIFIER'
  | 'SYMBOL'
  | 'EOF';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly at: number;
}

const ESCAPE = /\\(?:[abfnrtv"'\\?`]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7][0-7])/
  .source;
const STRINGS = [
  `"""(?:${ESCAPE}|[^\\\\])*?"""`,
  `'''(?:${ESCAPE}|[^\\\\])*?'''`,
  `"(?:${ESCAPE}|[^\\\\"\\n\\r])*"`,
  `'(?:${ESCAPE}|[^\\\\'\\n\\r])*'`,
  String.raw`[rR]"""[\s\S]*?"""`,
  String.raw`[rR]'''[\s\S]*?'''`,
  `[rR]"[^"\\n\\r]*"`,
  `[rR]'[^'\\n\\r]*'`,
].join('|');

/** In the order of preference; the first that fits is as long as any. */
const PATTERNS: readonly (readonly [TokenKind | undefined, RegExp])[] = [
  [undefined, /[\t \r\n\f]+|\/\/[^\n]*/y],
  ['BYTES', new RegExp(`[bB](?:${STRINGS})`, 'y')],
  ['STRING', new RegExp(STRINGS, 'y')],
  ['NUM_FLOAT', /\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?/y],
  ['NUM_UINT', /(?:0x[0-9a-fA-F]+|\d+)[uU]/y],
  ['NUM_INT', /0x[0-9a-fA-F]+|\d+/y],
  ['IDENTIFIER', /[a-zA-Z_][a-zA-Z0-9_]*/y],
  ['ESC_IDENTIFIER', /`[a-zA-Z0-9_.\-/ ]+`/y],
  ['SYMBOL', /==|!=|<=|>=|&&|\|\||[<>[\]{}().,\-!?:+*/%]/y],
];

/** Words that are not names. */
const KEYWORDS: ReadonlySet<string> = new Set(['in', 'true', 'false', 'null']);

function wordAt(source: string, at: number): Token | 'space' | undefined {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    const text = pattern.exec(source)?.[0];
    if (text === undefined) continue;
    if (kind === undefined) return 'space';
    return { kind: kind === 'IDENTIFIER' && KEYWORDS.has(text) ? 'SYMBOL' : kind, text, at };
  }
  return undefined;
}

/** How much is skipped that starts no word: an open string up to the end of its line, or one sign. */
function unknownTextAt(source: string, at: number): string {
  const string = /^[bBrR]{0,2}(?:"[^"\n\r]*|'[^'\n\r]*)/.exec(source.slice(at))?.[0];
  if (string !== undefined && string !== '') return string;
  const [character = ''] = source.slice(at, at + 2);
  // `=`, `&` and `|` are halves of symbols: the one that is missing is told with what stands in its place.
  const next = source[at + 1];
  return '=&|'.includes(character) && next !== undefined ? character + next : character;
}

/** The end of a text of white space and comments. */
function endOfSpace(source: string, at: number): number {
  const pattern = /(?:[\t \r\n\f]+|\/\/[^\n]*)+/y;
  pattern.lastIndex = at;
  pattern.exec(source);
  return pattern.lastIndex;
}

/**
 * Splits an expression into words, with the end as the last one.
 * @param report - called with what is no word
 */
export function tokensOf(source: string, report: (issue: Issue) => void): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < source.length; ) {
    const word = wordAt(source, at);
    if (word === 'space') at = endOfSpace(source, at);
    else if (word) {
      tokens.push(word);
      at += word.text.length;
    } else {
      const text = unknownTextAt(source, at);
      const shown = text.replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t');
      report({ at, message: `Syntax error: token recognition error at: '${shown}'` });
      at += text.length;
    }
  }
  tokens.push({ kind: 'EOF', text: '<EOF>', at: source.length });
  return tokens;
}
