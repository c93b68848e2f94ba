/**
 * VirtualServices whose routes others hold: each such route is replaced by those of its delegate
 * (pilot/pkg/model/virtualservice.go @1.30.3, MergeHTTPRoutes). Works on resources as they are stored.
 */
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import { list, tree } from '../../../../base/untyped.ts';
import { fullHost, text, texts } from './config-fields.ts';
import { isExportedTo } from './visibility.ts';

type Tree = ReturnType<typeof tree>;

/** What a delegate takes from the route that leads to it, where it says nothing itself. */
const INHERITED = [
  ...['rewrite', 'directResponse', 'timeout', 'retries', 'fault', 'corsPolicy', 'headers'],
  ...['mirror', 'mirrors', 'mirrorPercent', 'mirrorPercentage'],
];
const TESTED = ['uri', 'scheme', 'method', 'authority'] as const;
const TESTED_BY_NAME = ['headers', 'withoutHeaders', 'queryParams'] as const;

const specOf = (object: KubernetesObject): Tree => tree(object['spec']);
const isPresent = (value: unknown): boolean => value !== undefined && value !== null;

/** Whether a VirtualService has routes of others. */
export const hasDelegates = (object: KubernetesObject): boolean =>
  list(specOf(object)['http']).some(route => isPresent(tree(route)['delegate']));

/** How delegates are found, and what their short names of hosts mean. */
interface DelegateLookup {
  readonly domain: string;
  /** @returns the VirtualService of that namespace and name, as it is stored */
  find(namespace: string, name: string): KubernetesObject | undefined;
}

/**
 * Puts the routes of delegates in their places. A route whose delegate is not there, is for others, or
 * contradicts it is left out.
 */
export function withDelegates(object: KubernetesObject, lookup: DelegateLookup): KubernetesObject {
  const spec = specOf(object);
  const own = object.metadata.namespace ?? '';
  const http = list(spec['http'])
    .map(tree)
    .flatMap(route => {
      if (!isPresent(route['delegate'])) return [route];
      const { name, namespace } = tree(route['delegate']);
      const found = lookup.find(text(namespace) || own, text(name) ?? '');
      return found && isDelegateFor(found, own) ? mergedRoutes(route, found, lookup.domain) : [];
    });
  return { ...object, spec: { ...spec, http } };
}

/** A delegate has no hosts of its own, and delegates nothing further. */
function isDelegateFor(object: KubernetesObject, namespace: string): boolean {
  const { hosts, exportTo } = specOf(object);
  const exported = { namespace: object.metadata.namespace ?? '', exportTo: texts(exportTo) };
  return list(hosts).length === 0 && !hasDelegates(object) && isExportedTo(exported, ['*'], namespace);
}

function mergedRoutes(root: Tree, delegate: KubernetesObject, domain: string): Tree[] {
  const namespace = delegate.metadata.namespace ?? '';
  return list(specOf(delegate)['http']).flatMap(item => {
    const route = withFullHosts(tree(item), host => fullHost(host, namespace, domain));
    const match = mergedMatches(list(root['match']).map(tree), list(route['match']).map(tree));
    if (!match) return [];
    const inherited = INHERITED.filter(field => !isPresent(route[field]) && isPresent(root[field]));
    const name = [root['name'], route['name']].filter(isPresent).join('-');
    return [
      {
        ...route,
        ...Object.fromEntries(inherited.map(field => [field, root[field]])),
        ...(name !== '' && { name }),
        ...(match.length > 0 && { match }),
      },
    ];
  });
}

/** Completes the destinations of a route. */
function withFullHosts(route: Tree, complete: (host: string) => string): Tree {
  const destination = (value: unknown): Tree => {
    const target = tree(value);
    return { ...target, ...(isPresent(target['host']) && { host: complete(text(target['host']) ?? '') }) };
  };
  const within = (value: unknown): Tree => ({
    ...tree(value),
    ...(isPresent(tree(value)['destination']) && { destination: destination(tree(value)['destination']) }),
  });
  return {
    ...route,
    ...(isPresent(route['route']) && { route: list(route['route']).map(within) }),
    ...(isPresent(route['mirror']) && { mirror: destination(route['mirror']) }),
    ...(isPresent(route['mirrors']) && { mirrors: list(route['mirrors']).map(within) }),
  };
}

/** @returns undefined if one of the delegate's conditions fits into none of the root's */
function mergedMatches(root: readonly Tree[], delegate: readonly Tree[]): readonly Tree[] | undefined {
  if (root.length === 0) return delegate;
  if (delegate.length === 0) return root;
  const merged = delegate.map(own =>
    root.filter(above => !contradict(above, own)).map(above => mergedMatch(above, own)),
  );
  return merged.some(({ length }) => length === 0) ? undefined : merged.flat();
}

function mergedMatch(root: Tree, own: Tree): Tree {
  const name = [root['name'], own['name']].filter(isPresent).join('-');
  const maps = [...TESTED_BY_NAME, 'sourceLabels'].filter(
    field => isPresent(root[field]) || isPresent(own[field]),
  );
  return {
    ...root,
    ...own,
    ...Object.fromEntries(maps.map(field => [field, { ...tree(root[field]), ...tree(own[field]) }])),
    ...(name !== '' && { name }),
  };
}

function contradict(root: Tree, own: Tree): boolean {
  const texts = TESTED.some(field => textsContradict(root[field], own[field]));
  const named = TESTED_BY_NAME.some(field =>
    Object.entries(tree(own[field])).some(([name, test]) => textsContradict(tree(root[field])[name], test)),
  );
  const labels = Object.entries(tree(own['sourceLabels'])).some(([name, value]) => {
    const above = tree(root['sourceLabels'])[name];
    return isPresent(above) && above !== value;
  });
  const differs = (field: string): boolean =>
    isPresent(root[field]) && isPresent(own[field]) && root[field] !== own[field];
  const [above, below] = [list(root['gateways']), list(own['gateways'])];
  return (
    texts ||
    named ||
    labels ||
    (root['ignoreUriCase'] === true) !== (own['ignoreUriCase'] === true) ||
    differs('port') ||
    (isPresent(root['sourceNamespace']) && own['sourceNamespace'] !== root['sourceNamespace']) ||
    (above.length > 0 && below.some(gateway => !above.includes(gateway)))
  );
}

/** The root's must be a prefix of the delegate's (stringMatchConflict); expressions are not looked into. */
function textsContradict(root: unknown, own: unknown): boolean {
  if (!isPresent(root) || !isPresent(own)) return false;
  const [above, below] = [tree(root), tree(own)];
  const prefix = text(above['prefix']);
  if (isPresent(above['regex']) || isPresent(below['regex'])) return true;
  if (prefix === undefined) return text(above['exact']) !== text(below['exact']);
  return !(text(below['prefix']) ?? text(below['exact']) ?? '').startsWith(prefix);
}
