/** Routes that no call reaches: others take theirs (validation.go, analyzeUnreachable…Rules @1.30.3). */
import { type Tree, tree, trees } from '../../../../base/untyped.ts';
import { each, type Findings, NONE, warning } from './findings.ts';
import { textOf } from './values.ts';

const nameOf = (fields: Tree, at: number): string =>
  textOf(fields, 'name') === '' ? `#${at}` : JSON.stringify(textOf(fields, 'name'));

const unused = (rule: string, reason: string): Findings =>
  warning(`virtualService rule ${rule} not used (${reason})`);
const ineffective = (rule: string, match: string, other: string): Findings =>
  warning(
    `virtualService rule ${rule} match ${match} is not used (duplicate/overlapping match in rule ${other})`,
  );

/** Warns of routes behind one for all, and of conditions that stand before. */
export const unreachableRules = (spec: Tree): Findings => [
  ...among(trees(spec['http']), true),
  ...among(trees(spec['tcp']), false),
  ...among(trees(spec['tls']), false),
];

function among(routes: readonly Tree[], areHttp: boolean): Findings {
  const seen = new Map<string, number>();
  const prefixes: Prefix[] = [];
  let forAll = -1;
  const found = each(routes, (route, at) => {
    const rule = nameOf(areHttp ? route : {}, at);
    const matches = trees(route['match']);
    if (matches.length === 0) {
      const isSecond = forAll >= 0;
      forAll = at;
      return isSecond ? unused(rule, 'only the last rule can have no matches') : NONE;
    }
    let twice = 0;
    const ofMatches = each(matches, (match, index) => {
      if (forAll >= 0) return unused(rule, 'route without matches defined before');
      const { name: _name, ...conditions } = match;
      const key = JSON.stringify(areHttp ? conditions : match);
      const before = seen.get(key);
      if (before !== undefined) {
        twice++;
        const other = nameOf(areHttp ? tree(routes[before]) : {}, before);
        return ineffective(rule, nameOf(areHttp ? match : {}, index), other);
      }
      seen.set(key, at);
      if (areHttp) prefixes.push(...prefixOf(match, rule, nameOf(match, index)));
      return NONE;
    });
    return [
      ...ofMatches,
      ...(twice === matches.length ? unused(rule, 'all matches used by prior rules') : NONE),
    ];
  });
  return [...found, ...overlapping(prefixes)];
}

/** A condition that begins with a prefix, with what else it asks for. */
interface Prefix {
  readonly rule: string;
  readonly match: string;
  readonly prefix: string;
  readonly port: unknown;
  readonly method: string;
  readonly authority: string;
  readonly maps: readonly Readonly<Record<string, string>>[];
}

const conditionOf = (value: unknown): string => {
  const { exact, prefix } = tree(value);
  return exact ? `exact|${exact}` : prefix ? `prefix|${prefix}` : '';
};

function prefixOf(match: Tree, rule: string, name: string): readonly Prefix[] {
  const prefix = textOf(match['uri'], 'prefix');
  if (prefix === '') return [];
  const maps = ['headers', 'queryParams', 'withoutHeaders'].map(field =>
    Object.fromEntries(Object.entries(tree(match[field])).map(([key, value]) => [key, conditionOf(value)])),
  );
  const method = conditionOf(match['method']) || 'exact|GET';
  const authority = conditionOf(match['authority']);
  return [{ rule, match: name, prefix, port: match['port'] ?? 0, method, authority, maps }];
}

/** Whether the first takes all that the second would. */
function covers(one: Prefix, other: Prefix): boolean {
  if (!other.prefix.startsWith(one.prefix) || one.port !== other.port) return false;
  if (!one.method.startsWith(other.method) || !one.authority.startsWith(other.authority)) return false;
  return one.maps.every((map, at) => {
    const second = other.maps[at] ?? {};
    const keys = Object.keys(map);
    return (
      keys.length === Object.keys(second).length &&
      keys.every(key => Object.hasOwn(second, key) && (map[key] ?? '').startsWith(second[key] ?? ''))
    );
  });
}

const overlapping = (prefixes: readonly Prefix[]): Findings =>
  each(prefixes, (one, at) =>
    each(prefixes.slice(at + 1), other =>
      one.prefix !== other.prefix && covers(one, other)
        ? ineffective(
            other.rule,
            `${other.match} of prefix ${other.prefix}`,
            `${one.match} of prefix ${one.prefix} on ${one.rule}`,
          )
        : NONE,
    ),
  );
