/** How names of hosts with wildcards cover each other (pkg/config/host/name.go @1.30.3). */

/** Tells whether a host, which may be `*` or `*.suffix`, covers a name, which may have a wildcard too. */
export function hostCovers(pattern: string, name: string): boolean {
  if (pattern === '*' || pattern === name) return true;
  if (pattern.startsWith('*')) return name.endsWith(pattern.slice(1));
  return name === '*' || (name.startsWith('*') && pattern.endsWith(name.slice(1)));
}

/** Returns of two hosts that cover each other the one that covers less; undefined where they do not. */
export function commonHost(one: string, other: string): string | undefined {
  if (hostCovers(one, other) && (!other.startsWith('*') || other.length >= one.length)) return other;
  return hostCovers(other, one) ? one : undefined;
}

/** Finds the item for a host: the exact one, or that of the longest wildcard that covers it. */
export function mostSpecific<T extends { readonly host: string }>(
  items: readonly T[],
  hostname: string,
): T | undefined {
  let best: T | undefined;
  for (const item of items) {
    if (item.host === hostname) return item;
    if (!item.host.startsWith('*') || !hostname.endsWith(item.host.slice(1))) continue;
    if (!best || item.host.length > best.host.length) best = item;
  }
  return best;
}
