/** Regular expressions in Go's dialect (regexp/syntax): what a pattern means, and what is wrong with it. */
import { RE2JS } from 're2js';

/** A pattern that has been read. */
export interface GoRegexp {
  /** Tells whether the text has a match anywhere. */
  test(text: string): boolean;
  /** The matches in a text, from left to right. @param most - how many at most */
  all(text: string, most?: number): string[];
}

/** What is written alike and means the same in both languages: no groups with a `?`, no classes by name. */
const SHARED_PARTS = [
  /[^\\[\](){}?*+|.$^]/,
  /\\[.\\/\-[\](){}?*+|$^d]/,
  /\[\^?(?:[^\\[\]&~]|\\[.\\/\-[\]^$d])+\]/,
  /\((?!\?)/,
  /[)?|.^]/,
  /(?<![*+?}])[*+]\??/,
  /\$(?=\)|\||$)/,
  /(?<![*+?}])\{\d{1,3}(?:,\d{0,3})?\}/,
];
const SHARED = new RegExp(`^(?:${SHARED_PARTS.map(({ source }) => source).join('|')})+$`);

const known = new Map<string, GoRegexp | Error>();

/** More than any cluster's schemas and rules have; beyond it patterns are read anew. */
const MAX_KNOWN = 2000;

/** Reads a pattern; each is read once. @returns the error in Go's words if it cannot be read */
export function goRegexp(pattern: string): GoRegexp | Error {
  let found = known.get(pattern);
  if (!found) {
    found = read(pattern);
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(pattern, found);
  }
  return found;
}

function allMatches(compiled: RE2JS, text: string, most: number): string[] {
  const matcher = compiled.matcher(text);
  const found: string[] = [];
  while (found.length < most && matcher.find()) found.push(matcher.group() ?? '');
  return found;
}

function read(pattern: string): GoRegexp | Error {
  let quick: RegExp | undefined;
  if (SHARED.test(pattern)) {
    try {
      // By code points, as Go does.
      quick = new RegExp(pattern, 'u');
    } catch {
      // Go tells what is wrong with it.
    }
  }
  let compiled: RE2JS | undefined;
  const slow = () => {
    compiled ??= RE2JS.compile(pattern);
    return compiled;
  };
  try {
    if (!quick) slow();
    return {
      test: text => (quick ? quick.test(text) : slow().matcher(text).find()),
      all: (text, most = Number.POSITIVE_INFINITY) => allMatches(slow(), text, most),
    };
  } catch (error) {
    return new Error(error instanceof Error ? error.message : String(error));
  }
}
