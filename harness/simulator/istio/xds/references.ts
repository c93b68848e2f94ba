/** What resources need of other types, by name. */
import type { DiscoveredName, Listener } from './resources.ts';

/** Returns the names of the route configurations that a listener's chains get by RDS, each once. */
export function routeNamesOf({ filterChains, defaultFilterChain }: Listener): readonly string[] {
  const names = new Set<string>();
  for (const { filter } of defaultFilterChain ? [...filterChains, defaultFilterChain] : filterChains)
    if (filter.type === 'http_connection_manager' && filter.rds !== undefined) names.add(filter.rds);
  return [...names];
}

/** Returns the filters that a listener's chains get by ECDS. */
export const discoveredBy = ({ filterChains, defaultFilterChain }: Listener): readonly DiscoveredName[] =>
  [...filterChains, ...(defaultFilterChain ? [defaultFilterChain] : [])].flatMap(({ filter }) =>
    filter.type === 'http_connection_manager' ? (filter.discovers ?? []) : [],
  );
