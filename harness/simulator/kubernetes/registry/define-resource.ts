/** Makes a resource type from what differs from the usual. */
import {
  ALL_VERBS,
  type NameRule,
  type ResourceKey,
  type ResourceType,
  type Subresource,
} from './resources.ts';

interface Row {
  readonly names?: readonly string[];
  readonly categories?: readonly string[];
  readonly cluster?: true;
  readonly status?: true;
  readonly keepsStatus?: true;
  readonly generation?: true;
  readonly scale?: true;
  readonly extra?: readonly Subresource[];
  readonly verbs?: readonly string[];
  readonly nameRule?: NameRule;
  readonly virtual?: true;
  readonly notSimulated?: string;
  readonly isInert?: true;
  readonly deprecated?: string;
  readonly since?: number;
  readonly storedAs?: ResourceKey;
}

/** The verbs of `status`, `scale` and the like. */
export const READ_WRITE = ['get', 'patch', 'update'];

/**
 * Makes a type.
 * @param versions - the preferred one first
 * @param row - what is unusual about it
 */
export function define(
  group: string,
  versions: readonly string[],
  plural: string,
  kind: string,
  row: Row = {},
): ResourceType {
  const subresources: Subresource[] = [...(row.extra ?? [])];
  if (row.scale) {
    subresources.push({
      name: 'scale',
      verbs: READ_WRITE,
      kind: 'Scale',
      group: 'autoscaling',
      version: 'v1',
    });
  }
  if (row.status) subresources.push({ name: 'status', verbs: READ_WRITE, kind });
  subresources.sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    group,
    versions,
    plural,
    kind,
    singular: kind.toLowerCase(),
    listKind: `${kind}List`,
    namespaced: !row.cluster,
    shortNames: row.names ?? [],
    categories: row.categories ?? [],
    verbs: row.virtual ? ['create'] : (row.verbs ?? ALL_VERBS),
    subresources,
    hasStatus: row.status ?? false,
    ...(row.keepsStatus && { keepsStatus: true }),
    hasGeneration: row.generation ?? false,
    nameRule: row.nameRule ?? 'subdomain',
    virtual: row.virtual ?? false,
    ...(row.notSimulated !== undefined && { notSimulated: row.notSimulated }),
    ...(row.isInert && { isInert: true }),
    ...(row.deprecated !== undefined && { deprecated: row.deprecated }),
    ...(row.since !== undefined && { since: row.since }),
    ...(row.storedAs !== undefined && { storedAs: row.storedAs }),
  };
}

/** For the kinds that `kubectl get all` shows. */
export const all = { categories: ['all'] };
/** Makes the subresource that passes requests on. @param kind - of its options */
export const proxy = (kind: string): Subresource => ({
  name: 'proxy',
  verbs: ['create', 'delete', 'get', 'patch', 'update'],
  kind,
});
