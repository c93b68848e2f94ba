/** In what two istiods differ that tell the same proxy: names, and what a proxy makes of each resource. */
import { CODECS } from '../../harness/simulator/istio/xds/envoy-v3/resource-codecs.ts';
import { messageJson } from '../../harness/simulator/istio/xds/proto/message-json.ts';
import type { ResourceType } from '../../harness/simulator/istio/xds/resources.ts';
import type { Sent, Told } from './recording.ts';

/** Types that a proxy runs. */
export const RUN = {
  cds: 'cluster',
  eds: 'endpoint',
  lds: 'listener',
  rds: 'route',
} as const satisfies Record<string, ResourceType>;

const NAME_TABLE = 'istio.networking.nds.v1.NameTable';

/** One difference; `what` is the same for resources that differ in the same. */
export interface Difference {
  readonly what: string;
  readonly resource: string;
  readonly ours: unknown;
  readonly real: unknown;
}

/** Lists where two JSON values differ, by the path to it without places in lists. */
function* pathsOf(ours: unknown, real: unknown, path: string): Generator<Omit<Difference, 'resource'>> {
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null;
  if (!isObject(ours) || !isObject(real) || Array.isArray(ours) !== Array.isArray(real)) {
    if (ours !== real) yield { what: path, ours, real };
    return;
  }
  for (const key of new Set([...Object.keys(ours), ...Object.keys(real)]))
    yield* pathsOf(ours[key], real[key], Array.isArray(ours) ? path : `${path}.${key}`);
}

/** Lists that have no order: by what their items are told apart. */
const ORDERED_BY: Readonly<Record<string, (item: never) => string>> = {
  filterChains: (chain: { match?: object }) => JSON.stringify(sorted(chain.match ?? {})),
  endpoints: ({ address }: { address: string }) => address,
  virtualHosts: ({ name }: { name: string }) => name,
};
const UNORDERED = new Set(['domains', 'applicationProtocols', 'matchSubjectAltNames', 'retryOn']);

/** The same value with lists in an order of their content, where theirs means nothing. */
function sorted(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    const items = value.map(item => sorted(item));
    const by = UNORDERED.has(key) ? (item: never) => String(item) : ORDERED_BY[key];
    // A cast: each list holds what its name says.
    return by ? items.sort((a, b) => (by(a as never) < by(b as never) ? -1 : 1)) : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, item]) => name !== 'match' || Object.keys(item).length > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, item]) => [name, sorted(item, name)]),
  );
}

const byName = (sent: readonly Sent[]) => new Map(sent.map(({ name, body }) => [name, body]));

/** @returns what differs; both must be what our decoder takes; the name table is compared besides */
export function differencesOf(ours: Told, real: Told): readonly Difference[] {
  const differences = Object.entries(RUN).flatMap(([short, type]) => {
    const [own, other] = [byName(ours[short as keyof typeof RUN]), byName(real[short as keyof typeof RUN])];
    return [...new Set([...own.keys(), ...other.keys()])].flatMap(resource => {
      const [mine, theirs] = [own.get(resource), other.get(resource)];
      if (!mine || !theirs)
        return [{ what: `${short} name`, resource, ours: Boolean(mine), real: Boolean(theirs) }];
      const [a, b] = [mine, theirs].map(body => sorted(CODECS[type].decode(body)));
      return [...pathsOf(a, b, short)].map(each => ({ ...each, resource }));
    });
  });
  const [a, b] = [ours, real].map(({ nds }) => nds.map(({ body }) => messageJson(NAME_TABLE, body)));
  return [...differences, ...[...pathsOf(a, b, 'nds')].map(each => ({ ...each, resource: '' }))];
}
