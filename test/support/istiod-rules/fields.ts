/** The fields that a rule touches, of all fields of Envoy's messages, and where two istiods differ in them. */
import { list, tree, trees } from '../../../harness/base/untyped.ts';
import { TYPE_URLS } from '../../../harness/simulator/istio/xds/ads/type-urls.ts';
import { looseJson } from '../loose-json.ts';
import { type Changes, type TypeName, type View, type Views, withChanges } from './answers.ts';
import { PROXIES } from './mesh.ts';

/** Path of a field → its value as text. */
type Fields = ReadonlyMap<string, string>;

/** A field that a rule touches, and what each istiod says in it; undefined where it says nothing. */
export interface Compared {
  readonly proxy: string;
  /** `rds 5000 virtual_hosts[helloworld…:5000].routes[0].route.cluster` */
  readonly field: string;
  readonly ours: string | undefined;
  readonly real: string | undefined;
}

/** What tells the items of a list apart that has no order, or of which one is looked for by name. */
const KEYS: Readonly<Record<string, (item: never) => unknown>> = {
  virtual_hosts: ({ name }: { name: string }) => name,
  filters: ({ name }: { name: string }) => name,
  http_filters: ({ name }: { name: string }) => name,
  transport_socket_matches: ({ name }: { name: string }) => name,
  filter_chains: ({ filter_chain_match: match }: { filter_chain_match?: object }) =>
    JSON.stringify(sortedKeys(match ?? {})),
  lb_endpoints: (item: { endpoint?: { address?: { socket_address?: { address?: string } } } }) =>
    item.endpoint?.address?.socket_address?.address,
  endpoints: ({ locality }: { locality?: { region?: string; zone?: string } }) =>
    `${locality?.region ?? ''}/${locality?.zone ?? ''}`,
  domains: item => item,
  match_typed_subject_alt_names: item => JSON.stringify(item),
  match_subject_alt_names: item => JSON.stringify(item),
};

function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value))
    return value.every(item => typeof item === 'string') ? [...value].sort() : value.map(sortedKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sortedKeys(item)]),
  );
}

/** Lists each field of a JSON value that holds no other fields; of an object or list without any, itself. */
function* leavesOf(value: unknown, path: string, name: string): Generator<[string, string]> {
  if (typeof value !== 'object' || value === null) {
    yield [path, JSON.stringify(value)];
    return;
  }
  const seen = new Map<string, number>();
  const entries = Array.isArray(value)
    ? value.map((item, at): [string, unknown, string] => {
        // A cast: each list holds what its name says.
        const key = String(KEYS[name]?.(item as never) ?? at);
        const count = seen.get(key) ?? 0;
        seen.set(key, count + 1);
        return [`${path}[${key}${count > 0 ? `#${count}` : ''}]`, item, ''];
      })
    : Object.entries(value).map(([key, item]): [string, unknown, string] => [`${path}.${key}`, item, key]);
  if (entries.length === 0) yield [path, Array.isArray(value) ? '[]' : '{}'];
  for (const [below, item, key] of entries) yield* leavesOf(item, below, key);
}

/** A real istiod lists localities whose endpoints have all been left out; a proxy sees nobody in them. */
const withoutEmptyLocalities = (message: unknown): object => ({
  ...tree(message),
  endpoints: trees(tree(message)['endpoints']).filter(locality => list(locality['lb_endpoints']).length > 0),
});

const kept = new WeakMap<Uint8Array, Fields>();
function fieldsOf(short: TypeName, body: Uint8Array | undefined): Fields {
  if (!body) return new Map();
  const known = kept.get(body);
  if (known) return known;
  const message = looseJson(TYPE_URLS[short], body);
  const fields = new Map(leavesOf(short === 'eds' ? withoutEmptyLocalities(message) : message, '', ''));
  kept.set(body, fields);
  return fields;
}

/** @returns the paths whose values are others, with the new ones */
function touched(before: Fields, after: Fields): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter(
    path => before.get(path) !== after.get(path),
  );
}

/** Its endpoints are on loopback where it is real, which no gateway leads to. */
const API_SERVER = '|kubernetes.default.';

/** What is told without rules, and with them. */
export interface BothMoments {
  readonly base: Views;
  readonly changes: Changes;
}

/** @returns each field that the rules touch at one of the two, once */
export function comparedFields(ours: BothMoments, real: BothMoments): readonly Compared[] {
  return PROXIES.flatMap(proxy => {
    const [own, other] = [ours.changes.get(proxy), real.changes.get(proxy)];
    const viewOf = (both: BothMoments): View => both.base.get(proxy) ?? new Map();
    const ownNow = withChanges(viewOf(ours), own);
    const otherNow = withChanges(viewOf(real), other);
    return [...new Set([...(own?.keys() ?? []), ...(other?.keys() ?? [])])].flatMap(resource => {
      if (resource.includes(API_SERVER)) return [];
      const short = resource.slice(0, 3) as TypeName; // the resources' names begin so
      const [a, b] = [ownNow, otherNow].map(view => fieldsOf(short, view.get(resource)));
      if (!a || !b) return [];
      const paths = new Set([
        ...touched(fieldsOf(short, viewOf(real).get(resource)), b),
        ...touched(fieldsOf(short, viewOf(ours).get(resource)), a),
      ]);
      return [...paths].map(path => ({
        proxy,
        field: `${resource} ${path.replace(/^\./, '')}`,
        ours: a.get(path),
        real: b.get(path),
      }));
    });
  });
}
