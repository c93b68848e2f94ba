/** What `istioctl x describe` says of a VirtualService. istioctl/pkg/describe/describe.go @1.30.3 */
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import { type Tree, tree, trees } from '../../../../base/untyped.ts';
import { type Service, shownName } from './objects.ts';
import { protoText } from './proto-text.ts';
import type { Subsets } from './rule-text.ts';

const DOMAIN = '.svc.cluster.local';
const DEEPER = '   ';

/** What a VirtualService is looked at for. */
interface RouteView {
  readonly service: Service;
  readonly subsets: Subsets;
  /** The name of the rule that has the subsets, as it is shown. */
  readonly destinationRule: string | undefined;
  /** Blanks before each line. */
  readonly indent: string;
  /** The namespace that is described. */
  readonly at: string;
}

/** A route: whether it leads to the Service, and what there is to say. */
interface RouteFacts {
  readonly isMatch: boolean;
  readonly facts: readonly string[];
}

/** Describes what a VirtualService has for the view's Service. */
export function* virtualServiceLines(virtual: KubernetesObject, view: RouteView): Generator<string> {
  const { indent, at } = view;
  const spec = tree(virtual['spec']);
  const below = `${indent}${DEEPER}`;
  yield `${indent}VirtualService: ${shownName(virtual.metadata, at)}`;
  const [http, tcp] = [trees(spec['http']), trees(spec['tcp'])];
  const namespace = virtual.metadata.namespace ?? '';
  const looked = [
    ...http.map(route => httpFacts(route, namespace, view)),
    ...tcp.map(route => tcpFacts(route, namespace, view)),
  ];
  const matches = looked.filter(({ isMatch }) => isMatch);
  const facts = matches.flatMap(each => each.facts);
  const mismatches = looked.filter(({ isMatch }) => !isMatch).flatMap(each => each.facts);
  for (const fact of facts) yield `${below}${fact}`;
  if (matches.length === 0) {
    const warning = (kind: string, routes: readonly Tree[]) =>
      `${below}WARNING: No destinations match pod subsets (checked ${routes.length} ${kind} routes)`;
    if (http.length > 0) yield warning('HTTP', http);
    if (tcp.length > 0) yield warning('TCP', tcp);
    for (const mismatch of mismatches) yield `${below}${DEEPER}${mismatch}`;
    return;
  }
  const others = looked.length + trees(spec['tls']).length - matches.length;
  if (others > 0) {
    yield `${below}${others} additional destination(s) that will not reach this pod`;
    if (facts.length === 0) for (const mismatch of mismatches) yield `${below}${DEEPER}${mismatch}`;
    return;
  }
  if (facts.length > 0) return;
  if (http.length > 0) yield `${below}${http.length} HTTP route(s)`;
  if (tcp.length > 0) yield `${below}${tcp.length} TCP route(s)`;
}

function httpFacts(route: Tree, namespace: string, view: RouteView): RouteFacts {
  const facts: string[] = [];
  const mismatches: string[] = [];
  let isMatch = false;
  for (const each of trees(route['route'])) {
    const { host, subset } = destinationOf(each);
    const weight = Number(each['weight'] ?? 0);
    if (fullName(host, namespace) !== hostOf(view.service)) {
      facts.push(
        subset === ''
          ? `Route to host "${host}" with weight ${weight}%`
          : `Route to ${host} with invalid config`,
      );
      continue;
    }
    const mismatch = subset === '' ? undefined : mismatchOf(subset, route, view);
    if (mismatch !== undefined) {
      mismatches.push(mismatch);
      continue;
    }
    isMatch = true;
    if (weight > 0)
      facts.push(
        `Route to host "${host}"${subset === '' ? '' : ` subset "${subset}"`} with weight ${weight}%`,
      );
  }
  if (!isMatch) return { isMatch, facts: [...facts, ...mismatches] };
  const conditions = [
    ...(route['fault'] ? [`Fault injection ${protoText(tree(route['fault']))}`] : []),
    ...trees(route['match']).map(matchText),
  ];
  return { isMatch, facts: conditions.length === 0 ? facts : [...facts, conditions.join(', ')] };
}

/** Why a route to a subset does not lead to the pods that are described. */
function mismatchOf(subset: string, route: Tree, { subsets, destinationRule }: RouteView) {
  if (subsets.others.includes(subset)) {
    const matches = trees(route['match']);
    const text = matches.length === 0 ? 'everything' : matches.map(matchText).join(', ');
    return `Route to non-matching subset ${subset} for (${text})`;
  }
  if (subsets.matching.includes(subset)) return undefined;
  return destinationRule === undefined
    ? `Warning: Route to subset ${subset} but NO DESTINATION RULE defining subsets!`
    : `Warning: Route to UNKNOWN subset ${subset}; check DestinationRule ${destinationRule}`;
}

function tcpFacts(route: Tree, namespace: string, { service }: RouteView): RouteFacts {
  const isMatch = trees(route['route']).some(
    each => fullName(destinationOf(each).host, namespace) === hostOf(service),
  );
  return { isMatch, facts: isMatch ? trees(route['match']).map(each => protoText(each)) : [] };
}

function destinationOf(route: Tree): { readonly host: string; readonly subset: string } {
  const { host = '', subset = '' } = tree(route['destination']);
  return { host: String(host), subset: String(subset) };
}

const hostOf = ({ metadata }: Service): string =>
  `${metadata.name ?? ''}.${metadata.namespace ?? ''}${DOMAIN}`;

/** Returns the full name of a host, which names of one word have by the rule's namespace. */
function fullName(host: string, namespace: string): string {
  const full = host.includes('.') || host === '*' ? host : `${host}.${namespace}${DOMAIN}`;
  return full.startsWith('*') || full.endsWith(DOMAIN) ? full : `${full}${DOMAIN}`;
}

function matchText(match: Tree): string {
  const uri = match['uri'] ? stringText(tree(match['uri'])) : '';
  const uncased = match['uri'] && match['ignoreUriCase'] ? ' uncased' : '';
  const headers = Object.entries(tree(match['headers'])).map(([key, value]) => {
    return `${key}=${stringText(tree(value))}`;
  });
  const when = headers.length > 0 ? ` when headers are ${headers.sort().join('; ')}` : '';
  return `Match: ${uri}${uncased}${when}`.trim();
}

const stringText = ({ exact, prefix, ...others }: Tree): string =>
  exact !== undefined ? String(exact) : prefix !== undefined ? `${String(prefix)}*` : protoText(others);
