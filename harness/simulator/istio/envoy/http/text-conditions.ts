/** Tests texts as Envoy's StringMatcher does (source/common/common/matchers.cc @v1.30). */
import { re2 } from '../../../../base/re2.ts';
import type { TextMatch } from '../../xds/routes.ts';

/** Tells whether an expression matches a text as a whole. */
export const matchesWhole = (regex: string, text: string): boolean => re2(regex).matches(text);

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
