/** Regular expressions in Go's dialect (regexp/syntax): what a pattern means, and what is wrong with it. */
import { RE2JS } from 're2js';

/** A pattern that has been read. */
export interface GoRegexp {
  /** Tells whether the text has a match anywhere. */
  test(text: string): boolean;
}

/** What is written alike and means the same in both languages: no groups with a `?`, no classes by name. */
const SHARED =
  /^(?:[^\\[\](){}?*+|.$^]|\\[.\\/\-[\](){}?*+|$^d]|\[\^?(?:[^\\[\]&~]|\\[.\\/\-[\]^$d])+\]|\((?!\?)|[)?|.^]|(?<![*+?}])[*+]\??|\$(?=\)|\||$)|(?<![*+?}])\{\d{1,3}(?:,\d{0,3})?\})+$/;

const known = new Map<string, GoRegexp | Error>();

/** Reads a pattern; each is read once. @returns the error in Go's words if it cannot be read */
export function goRegexp(pattern: string): GoRegexp | Error {
  let found = known.get(pattern);
  if (!found) {
    found = read(pattern);
    known.set(pattern, found);
  }
  return found;
}

function read(pattern: string): GoRegexp | Error {
  if (SHARED.test(pattern)) {
    try {
      // By code points, as Go does.
      return new RegExp(pattern, 'u');
    } catch {
      // Go tells what is wrong with it.
    }
  }
  try {
    const compiled = RE2JS.compile(pattern);
    return { test: text => compiled.matcher(text).find() };
  } catch (error) {
    return new Error(error instanceof Error ? error.message : String(error));
  }
}
