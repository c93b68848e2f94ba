/** Which route serves a request: by Host header, then by what the request says. */
import type { Route, RouteConfiguration, VirtualHost } from '../../xds/routes.ts';
import { type RequestTraits, routeMatches } from './route-conditions.ts';

interface CompiledRoutes {
  readonly exact: ReadonlyMap<string, VirtualHost>;
  /** `*.example.com`, longest first. */
  readonly suffixes: readonly (readonly [string, VirtualHost])[];
  /** `example.*`, longest first. */
  readonly prefixes: readonly (readonly [string, VirtualHost])[];
  readonly rest: VirtualHost | undefined;
}

const compiled = new WeakMap<RouteConfiguration, CompiledRoutes>();

/**
 * Finds a virtual host in the order of Envoy: exact domain, suffix, prefix, `*` (envoyproxy/envoy
 * source/common/router/config_impl.cc, findVirtualHost, @v1.16.0).
 * @param request - its host is the Host header as it came
 */
export function findRoute(
  configuration: RouteConfiguration,
  request: RequestTraits,
): { readonly route: Route; readonly virtualHost: VirtualHost } | undefined {
  let routes = compiled.get(configuration);
  if (!routes) {
    routes = compile(configuration);
    compiled.set(configuration, routes);
  }
  const name = configuration.ignoresPort ? withoutPort(request.host) : request.host;
  const virtualHost = findVirtualHost(routes, name.toLowerCase());
  const route = virtualHost?.routes.find(({ match }) => routeMatches(match, request));
  return virtualHost && route && { route, virtualHost };
}

/** Takes the port off, if what follows the last colon is one (HeaderUtility::getPortStart). */
const withoutPort = (host: string): string => host.replace(/:\d+$/, '');

/** Finds a domain that occurs twice, which Envoy refuses. */
export function duplicateDomain(configuration: RouteConfiguration): string | undefined {
  const seen = new Set<string>();
  for (const { domains } of configuration.virtualHosts) {
    for (const domain of domains) {
      const key = domain.toLowerCase();
      if (seen.has(key)) return domain;
      seen.add(key);
    }
  }
  return undefined;
}

function compile({ virtualHosts }: RouteConfiguration): CompiledRoutes {
  const exact = new Map<string, VirtualHost>();
  const suffixes: [string, VirtualHost][] = [];
  const prefixes: [string, VirtualHost][] = [];
  let rest: VirtualHost | undefined;
  for (const virtualHost of virtualHosts) {
    for (const domain of virtualHost.domains.map(text => text.toLowerCase())) {
      if (domain === '*') rest ??= virtualHost;
      else if (domain.startsWith('*')) suffixes.push([domain.slice(1), virtualHost]);
      else if (domain.endsWith('*')) prefixes.push([domain.slice(0, -1), virtualHost]);
      else if (!exact.has(domain)) exact.set(domain, virtualHost);
    }
  }
  const longestFirst = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) =>
    b.length - a.length;
  return { exact, suffixes: suffixes.sort(longestFirst), prefixes: prefixes.sort(longestFirst), rest };
}

function findVirtualHost(
  { exact, suffixes, prefixes, rest }: CompiledRoutes,
  host: string,
): VirtualHost | undefined {
  return (
    exact.get(host) ??
    suffixes.find(([suffix]) => host.length > suffix.length && host.endsWith(suffix))?.[1] ??
    prefixes.find(([prefix]) => host.length > prefix.length && host.startsWith(prefix))?.[1] ??
    rest
  );
}
