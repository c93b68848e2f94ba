/** Regular expressions of RE2, which Envoy and Go have. */
import { RE2JS } from 're2js';

const compiled = new Map<string, RE2JS>();
/** So many expressions are kept: those of all rules in use, not all that were ever tried. */
const MOST_KEPT = 1000;

/**
 * Compiles an expression once.
 * @throws RE2JSSyntaxException, whose message is RE2's, for one that RE2 does not take
 */
export function re2(expression: string): RE2JS {
  let known = compiled.get(expression);
  if (!known) {
    known = RE2JS.compile(expression);
    if (compiled.size >= MOST_KEPT) compiled.clear();
    compiled.set(expression, known);
  }
  return known;
}

/** Returns why RE2 does not take an expression; undefined if it does. */
export function re2Problem(expression: string): string | undefined {
  try {
    re2(expression);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
