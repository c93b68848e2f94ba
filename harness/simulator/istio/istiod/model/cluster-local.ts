/** Which services stay within their clusters. pilot/pkg/model/cluster_local.go @1.8.0, @1.30.3 */

/** A host, or `*.` and the end of hosts, and whether it stays. */
export interface LocalityOfHost {
  readonly host: string;
  readonly isClusterLocal: boolean;
}

const isWildcard = (host: string): boolean => host.startsWith('*');

/** @param discovery - the host name of the proxies' istiod, without the domain */
const defaultsOf = (domain: string, discovery: string): readonly string[] => [
  `*.kube-system.svc.${domain}`,
  `kubernetes.default.svc.${domain}`,
  `istiod.istio-system.svc.${domain}`,
  `${discovery}.${domain}`,
];

/**
 * Tells whether endpoints of a service serve the proxies of their own cluster only: by the setting that fits
 * best, a whole name before a longer and then a shorter ending; or else by what Istio keeps local by itself.
 * @param settings - of the mesh (`serviceSettings`)
 */
export function isClusterLocal(
  hostname: string,
  settings: readonly LocalityOfHost[],
  { domain, discovery }: { readonly domain: string; readonly discovery: string },
): boolean {
  const isOverridden = (fallback: string) =>
    settings.some(
      ({ host, isClusterLocal }) =>
        !isClusterLocal && (host === fallback || (isWildcard(fallback) && host.endsWith(fallback.slice(1)))),
    );
  const fallbacks = defaultsOf(domain, discovery)
    .filter(host => !isOverridden(host))
    .map(host => ({ host, isClusterLocal: true }));
  const [best] = [...settings, ...fallbacks]
    .filter(({ host }) => (isWildcard(host) ? hostname.endsWith(host.slice(1)) : host === hostname))
    .sort((a, b) => Number(isWildcard(a.host)) - Number(isWildcard(b.host)) || b.host.length - a.host.length);
  return best?.isClusterLocal ?? false;
}
