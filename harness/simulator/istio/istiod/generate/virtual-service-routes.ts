/**
 * The routes of a VirtualService for one kind of caller (pilot/pkg/networking/core/route/route.go @1.30.3,
 * BuildHTTPRoutesForVirtualService).
 */

import { RETRY_CONDITIONS, type RetryPolicy } from '../../xds/retry-policy.ts';
import type {
  Forwarding,
  HeaderChanges,
  HeaderMatch,
  Mirror,
  Redirect,
  Route,
  RouteAction,
  RouteMatch,
  WeightedCluster,
} from '../../xds/routes.ts';
import type { PushContext } from '../mesh/push-context.ts';
import type { Destination } from '../model/destination.ts';
import type {
  HttpAction,
  HttpMatch,
  HttpRedirect,
  HttpRouteConfig,
  RouteHeaders,
  WeightedDestination,
} from '../model/http-route.ts';
import type { VirtualServiceConfig } from '../model/istio-config.ts';
import { includesLabels } from '../model/label-selector.ts';
import { hashPolicies } from './hash-policies.ts';
import { outboundName } from './names.ts';
import { rulePath } from './rule-paths.ts';

/** Who calls, and where the requests come in. */
export interface Caller {
  /** `mesh`, or the key of a Gateway. */
  readonly gateway: string;
  readonly listenerPort: number;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Returns the routes for a caller, up to the first that takes everything. */
export function virtualServiceRoutes(
  context: PushContext,
  { key, http }: Pick<VirtualServiceConfig, 'key' | 'http'>,
  caller: Caller,
): Route[] {
  const rule = rulePath(context, 'virtual-service', key);
  const routes: Route[] = [];
  for (const route of http) {
    const matches =
      route.matches.length > 0 ? route.matches.filter(it => isFor(it, caller)).map(matchOf) : [ALL];
    for (const match of matches) {
      routes.push({ ...routeOf(context, route, match, caller), rule });
      if (takesAll(match)) return routes;
    }
  }
  return routes;
}

const ALL: RouteMatch = { prefix: '/' };

/** Whether a condition holds for every request (IsCatchAllRoute). */
export const takesAll = (match: RouteMatch): boolean =>
  !match.headers &&
  !match.query &&
  (('prefix' in match && match.prefix === '/') || ('regex' in match && match.regex === '.*'));

/** sourceMatchHTTP: where Gateways are named, labels and namespace of the caller are not looked at. */
function isFor(match: HttpMatch, { gateway, listenerPort, namespace, labels }: Caller): boolean {
  if (match.port !== undefined && match.port !== listenerPort) return false;
  if (match.gateways && match.gateways.length > 0) return match.gateways.includes(gateway);
  return (
    includesLabels(labels, match.sourceLabels) &&
    (match.sourceNamespace === undefined || match.sourceNamespace === namespace)
  );
}

function matchOf({ uri, ignoresUriCase, headers, query }: HttpMatch): RouteMatch {
  return {
    ...(uri ?? ALL),
    ignoresCase: ignoresUriCase,
    ...(headers.length > 0 && { headers: headers.map(headerMatchOf) }),
    ...(query.length > 0 && { query: query.map(({ name, text }) => ({ name, ...(text && { text }) })) }),
  };
}

/** A header that must not say something may be missing. */
const headerMatchOf = ({ name, text, isInverted }: HttpMatch['headers'][number]): HeaderMatch => ({
  name,
  ...(text && { text }),
  ...(isInverted && { isInverted: true }),
  ...(isInverted && text && { takesMissingForEmpty: true }),
});

function routeOf(context: PushContext, route: HttpRouteConfig, match: RouteMatch, caller: Caller): Route {
  const { action, fault, cors } = route;
  const only =
    action.kind === 'route' && action.destinations.length === 1 ? action.destinations[0] : undefined;
  const headers = joined(changesOf(route.headers), changesOf(only?.headers));
  return {
    match,
    ...actionOf(context, action, route.headers?.host, caller),
    ...(fault && { fault }),
    ...(headers && { headers }),
    ...(cors && { cors }),
  };
}

function actionOf(
  context: PushContext,
  action: HttpAction,
  host: string | undefined,
  caller: Caller,
): RouteAction {
  const { listenerPort } = caller;
  switch (action.kind) {
    case 'redirect':
      return { redirect: redirectOf(action.redirect, listenerPort) };
    case 'direct-response':
      return { directResponse: action.response };
    case 'route': {
      const hashed = action.destinations.map(({ destination: { host: to, port, subset } }) => ({
        host: to,
        port: port ?? listenerPort,
        subset,
      }));
      const mirrors = mirrorsOf(context, action, caller);
      const forwarding = {
        ...forwardingOf(context, action, host),
        ...hashPolicies(context, hashed),
        ...(mirrors.length > 0 && { mirrors }),
      };
      const [first, ...others] = action.destinations;
      if (first && others.length === 0)
        return { cluster: clusterOf(context, first.destination, caller), ...forwarding };
      const weighted = action.destinations
        .filter(({ weight }) => weight > 0)
        .map(destination => weightedOf(context, destination, caller));
      return { weightedClusters: weighted, ...forwarding };
    }
  }
}

function forwardingOf(
  context: PushContext,
  { timeoutMs, retries, rewrite, destinations }: Extract<HttpAction, { kind: 'route' }>,
  host: string | undefined,
): Forwarding {
  const retryPolicy = retryPolicyOf(context, retries);
  // What rewrites the Host most closely to the rule as a whole wins.
  const only = destinations.length === 1 ? destinations[0]?.headers?.host : undefined;
  const named = rewrite?.host ?? host ?? only;
  const changes = { ...rewrite, ...(named !== undefined && { host: named }) };
  return {
    timeoutMs: timeoutMs ?? 0,
    ...(retryPolicy && { retryPolicy }),
    ...(Object.keys(changes).length > 0 && { rewrite: changes }),
  };
}

const mirrorsOf = (
  context: PushContext,
  { mirrors }: Extract<HttpAction, { kind: 'route' }>,
  caller: Caller,
): readonly Mirror[] =>
  mirrors.map(({ destination, share }) => ({
    cluster: clusterOf(context, destination, caller),
    share,
    ...(context.behaviour.marksMirrors && { marksHost: true }),
  }));

/** Returns a rule's, the mesh's or the release's retries (retry/retry.go @1.30.3, ConvertPolicy). */
export function retryPolicyOf(
  context: PushContext,
  own: Extract<HttpAction, { kind: 'route' }>['retries'],
): RetryPolicy | undefined {
  const { retryPolicy: base, takesDefaultRetries } = context.behaviour;
  const retries = own ?? (takesDefaultRetries ? context.state.mesh.defaultRetries : undefined);
  if (!retries) return base;
  const { attempts, retryOn, perTryTimeoutMs, ignoresPreviousHosts, backOffMs } = retries;
  if (attempts <= 0) return undefined;
  return {
    ...base,
    numRetries: attempts,
    ...(retryOn !== undefined && conditionsOf(retryOn)),
    ...(perTryTimeoutMs !== undefined && { perTryTimeoutMs }),
    ...(backOffMs !== undefined && { backOffMs }),
    ...(ignoresPreviousHosts === false && { hostSelectionRetryMaxAttempts: 0 }),
  };
}

/** Numbers are status codes, and ask for the condition that looks at them. */
function conditionsOf(retryOn: string): Pick<RetryPolicy, 'retryOn' | 'retriableStatusCodes'> {
  const words = retryOn.split(',').map(word => word.trim());
  const codes = words.filter(word => /^\d+$/.test(word)).map(Number);
  const named = words.flatMap(word => RETRY_CONDITIONS.find(condition => condition === word) ?? []);
  const isAsked = codes.length === 0 || named.includes('retriable-status-codes');
  return {
    retryOn: isAsked ? named : [...named, 'retriable-status-codes'],
    retriableStatusCodes: codes,
  };
}

function weightedOf(
  context: PushContext,
  { destination, weight, headers }: WeightedDestination,
  caller: Caller,
): WeightedCluster {
  const changes = changesOf(headers);
  return {
    cluster: clusterOf(context, destination, caller),
    weight,
    ...(headers?.host !== undefined && { host: headers.host }),
    ...(changes && { headers: changes }),
  };
}

/**
 * Without a port in the destination it is the listener's, at a gateway the only one that the service has
 * (route.go @1.30.3, GetDestinationCluster: a sidecar looks the service up among those of the listener's
 * port).
 */
function clusterOf(
  context: PushContext,
  { host, port, subset }: Destination,
  { gateway, listenerPort }: Caller,
): string {
  const [only, ...others] = (gateway !== 'mesh' && context.state.service(host)?.ports) || [];
  const inferred = only && others.length === 0 ? only.port : listenerPort;
  return outboundName(port ?? inferred, subset ?? '', host);
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** ApplyRedirect: the default port of the scheme is not written. */
function redirectOf(
  { status, scheme, host, path, prefix, port }: HttpRedirect,
  listenerPort: number,
): Redirect {
  const wanted = port === 'request' ? listenerPort : port;
  const isDefault = wanted === DEFAULT_PORTS[scheme ?? 'http'];
  return {
    status,
    ...(scheme !== undefined && { scheme }),
    ...(host !== undefined && { host }),
    ...(wanted !== undefined && !isDefault && { port: wanted }),
    ...(prefix ? { prefix } : path && { path }),
  };
}

function changesOf(headers: RouteHeaders | undefined): HeaderChanges | undefined {
  const { request, response } = headers ?? {};
  return request || response ? { ...(request && { request }), ...(response && { response }) } : undefined;
}

/** Puts the changes of a route's only destination behind those of the route. */
function joined(
  first: HeaderChanges | undefined,
  second: HeaderChanges | undefined,
): HeaderChanges | undefined {
  if (!first || !second) return first ?? second;
  const both = (which: 'request' | 'response') => {
    const [one, other] = [first[which], second[which]];
    const edits =
      one && other
        ? { add: [...one.add, ...other.add], remove: [...one.remove, ...other.remove] }
        : (one ?? other);
    return edits && { [which]: edits };
  };
  return { ...both('request'), ...both('response') };
}
