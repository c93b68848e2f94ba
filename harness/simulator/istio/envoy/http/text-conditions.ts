/** Tests texts as Envoy's StringMatcher does (source/common/common/matchers.cc @v1.30). */
import { RE2JS } from 're2js';
import type { TextMatch } from '../../xds/routes.ts';

const expressions = new Map<string, RE2JS>();
/** How many expressions are kept: those of all routes of a mesh, not those that a user went through. */
const MOST_EXPRESSIONS = 1000;

/** Compiles an expression of RE2 once. */
export function expressionOf(regex: string): RE2JS {
  let expression = expressions.get(regex);
  if (!expression) {
    if (expressions.size >= MOST_EXPRESSIONS) expressions.clear();
    expression = RE2JS.compile(regex);
    expressions.set(regex, expression);
  }
  return expression;
}

/** Tells whether an expression matches a text as a whole. */
export const matchesWhole = (regex: string, text: string): boolean => expressionOf(regex).matches(text);

/** Tells whether a text passes a test. */
export function textMatches(match: TextMatch, text: string): boolean {
  if ('regex' in match) return matchesWhole(match.regex, text);
  const fold = (part: string): string => (match.ignoresCase ? part.toLowerCase() : part);
  const folded = fold(text);
  if ('exact' in match) return folded === fold(match.exact);
  if ('prefix' in match) return folded.startsWith(fold(match.prefix));
  if ('suffix' in match) return folded.endsWith(fold(match.suffix));
  return folded.includes(fold(match.contains));
}
