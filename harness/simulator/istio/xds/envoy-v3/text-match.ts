/** Tests of texts to envoy.type.matcher.v3.StringMatcher and back. */
import { re2Problem } from '../../../../base/re2.ts';
import type { ProtoMessage } from '../proto/encode-message.ts';
import type { Fields } from '../proto/fields.ts';
import { Refusal } from '../proto/refusal.ts';
import type { TextMatch } from '../routes.ts';

/** Returns a StringMatcher. */
export function textMatchOf(match: TextMatch): ProtoMessage {
  const ignoring = match.ignoresCase && { ignore_case: true };
  if ('regex' in match) return { safe_regex: regexOf(match.regex), ...ignoring };
  if ('exact' in match) return { exact: match.exact, ...ignoring };
  if ('prefix' in match) return { prefix: match.prefix, ...ignoring };
  if ('suffix' in match) return { suffix: match.suffix, ...ignoring };
  return { contains: match.contains, ...ignoring };
}

/** Returns a RegexMatcher. */
export const regexOf = (regex: string): ProtoMessage => ({ regex });

/** Reads a StringMatcher. @throws Refusal for one without a pattern */
export function readTextMatch(fields: Fields): TextMatch {
  const ignoring = fields.boolean('ignore_case') && ({ ignoresCase: true } as const);
  const regex = fields.message('safe_regex', readRegex);
  if (regex !== undefined) return { regex, ...ignoring };
  for (const way of ['exact', 'prefix', 'suffix', 'contains'] as const)
    if (fields.has(way)) return { [way]: fields.string(way), ...ignoring } as TextMatch;
  throw new Refusal(`${fields.type}: match_pattern is required`);
}

/**
 * Reads a RegexMatcher.
 * @throws Refusal for an expression that RE2 does not take, in its words
 *   (source/common/common/regex.cc@v1.30, CompiledGoogleReMatcher)
 */
export function readRegex(fields: Fields): string {
  fields.pass('google_re2', 'regular expressions have no limits here');
  const regex = fields.string('regex');
  const problem = re2Problem(regex);
  if (problem !== undefined) throw new Refusal(problem);
  return regex;
}
