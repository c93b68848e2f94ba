/** Which requests a route is for, to envoy.config.route.v3.RouteMatch and back. */
import type { ProtoMessage } from '../proto/encode-message.ts';
import type { Fields } from '../proto/fields.ts';
import { Refusal } from '../proto/refusal.ts';
import { booleanOf } from '../proto/well-known.ts';
import type { HeaderMatch, PathMatch, QueryMatch, RouteMatch } from '../routes.ts';
import { readRegex, readTextMatch, regexOf, textMatchOf } from './text-match.ts';

/** Returns a RouteMatch. */
export const routeMatchOf = (match: RouteMatch): ProtoMessage => ({
  ...pathOf(match),
  ...(match.ignoresCase !== undefined && { case_sensitive: match.ignoresCase ? {} : { value: true } }),
  headers: match.headers?.map(headerMatchOf),
  query_parameters: match.query?.map(queryOf),
});

function pathOf(match: PathMatch): ProtoMessage {
  if ('prefix' in match) return { prefix: match.prefix };
  if ('exact' in match) return { path: match.exact };
  if ('regex' in match) return { safe_regex: regexOf(match.regex) };
  return { path_separated_prefix: match.separatedPrefix };
}

/** Returns a HeaderMatcher. */
export const headerMatchOf = ({
  name,
  text,
  isInverted,
  takesMissingForEmpty,
}: HeaderMatch): ProtoMessage => ({
  name,
  ...(text ? { string_match: textMatchOf(text) } : { present_match: true }),
  invert_match: isInverted,
  treat_missing_header_as_empty: takesMissingForEmpty,
});

const queryOf = ({ name, text }: QueryMatch): ProtoMessage => ({
  name,
  ...(text ? { string_match: textMatchOf(text) } : { present_match: true }),
});

/** Reads a RouteMatch. @throws Refusal for a condition that is not executed */
export function readRouteMatch(fields: Fields): RouteMatch {
  const ignoresCase = fields.message('case_sensitive', booleanOf) === false;
  const headers = fields.messages('headers', readHeaderMatch);
  const query = fields.messages('query_parameters', readQuery);
  return {
    ...readPath(fields),
    ...(ignoresCase && { ignoresCase: true }),
    ...(headers.length > 0 && { headers }),
    ...(query.length > 0 && { query }),
  };
}

function readPath(fields: Fields): PathMatch {
  const regex = fields.message('safe_regex', readRegex);
  if (regex !== undefined) return { regex };
  if (fields.has('prefix')) return { prefix: fields.string('prefix') };
  if (fields.has('path')) return { exact: fields.string('path') };
  if (fields.has('path_separated_prefix')) return { separatedPrefix: fields.string('path_separated_prefix') };
  throw new Refusal(`${fields.type}: only prefix, path, safe_regex and path_separated_prefix are simulated`);
}

/** Reads a HeaderMatcher. @throws Refusal for a test that is not executed */
export function readHeaderMatch(fields: Fields): HeaderMatch {
  const text = fields.message('string_match', readTextMatch) ?? readOlderText(fields);
  if (!text && fields.has('present_match') && !fields.boolean('present_match'))
    throw new Refusal(`${fields.type}: present_match false is not simulated`);
  return {
    name: fields.string('name').toLowerCase(),
    ...(text && { text }),
    ...(fields.boolean('invert_match') && { isInverted: true }),
    ...(fields.boolean('treat_missing_header_as_empty') && { takesMissingForEmpty: true }),
  };
}

/** The fields that were there before string_match, which Istio 1.8 sends. */
function readOlderText(fields: Fields): HeaderMatch['text'] {
  const regex = fields.message('safe_regex_match', readRegex);
  if (regex !== undefined) return { regex };
  if (fields.has('exact_match')) return { exact: fields.string('exact_match') };
  if (fields.has('prefix_match')) return { prefix: fields.string('prefix_match') };
  if (fields.has('suffix_match')) return { suffix: fields.string('suffix_match') };
  if (fields.has('contains_match')) return { contains: fields.string('contains_match') };
  return undefined;
}

function readQuery(fields: Fields): QueryMatch {
  const text = fields.message('string_match', readTextMatch);
  if (!text && fields.has('present_match') && !fields.boolean('present_match'))
    throw new Refusal(`${fields.type}: present_match false is not simulated`);
  return { name: fields.string('name'), ...(text && { text }) };
}
