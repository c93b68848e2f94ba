/** The documents of discovery: groups and resources, in the aggregated and the legacy form. */

import type { Group } from '../../registry/groups.ts';
import type { JsonObject } from '../../registry/json.ts';
import { apiVersionOf, type ResourceType } from '../../registry/resources.ts';

/**
 * The answer for a type in deletion (apiextensions-apiserver
 * pkg/apiserver/customresource_discovery_controller.go @v1.32).
 */
const VERBS_WHILE_TERMINATING: readonly string[] = ['delete', 'deletecollection', 'get', 'list', 'watch'];

const verbsOf = (type: ResourceType): readonly string[] =>
  type.custom?.terminating ? VERBS_WHILE_TERMINATING : type.verbs;

function aggregatedResource(type: ResourceType): JsonObject {
  return {
    resource: type.plural,
    responseKind: { group: '', version: '', kind: type.kind },
    scope: type.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: type.singular,
    ...(type.shortNames.length > 0 && { shortNames: type.shortNames }),
    ...(type.categories.length > 0 && { categories: type.categories }),
    verbs: verbsOf(type),
    ...(type.subresources.length > 0 && {
      subresources: type.subresources.map(({ name, kind, verbs, group = '', version = '' }) => ({
        subresource: name,
        responseKind: { group, version, kind },
        verbs,
      })),
    }),
  };
}

/** Makes the entry of a group in an APIGroupDiscoveryList. @param group - empty for the core group */
export function aggregatedGroup(
  types: readonly ResourceType[],
  group: string,
  versions: readonly string[],
): JsonObject {
  return {
    metadata: group === '' ? {} : { name: group },
    versions: versions.map(version => ({
      version,
      resources: types
        .filter(type => type.group === group && type.versions.includes(version))
        .map(aggregatedResource),
      freshness: 'Current',
    })),
  };
}

/** Makes an APIGroup, which names its first version as the preferred one. */
export function legacyGroup({ name, versions }: Group): JsonObject {
  const all = versions.map(version => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: all, preferredVersion: all[0] };
}

/** Makes the APIResourceList of one version of a group; subresources stand behind their resources. */
export function legacyResources(types: readonly ResourceType[], group: string, version: string): JsonObject {
  const resources = types
    .filter(type => type.group === group && type.versions.includes(version))
    .flatMap(type => [
      {
        name: type.plural,
        singularName: type.singular,
        namespaced: type.namespaced,
        kind: type.kind,
        verbs: verbsOf(type),
        ...(type.shortNames.length > 0 && { shortNames: type.shortNames }),
        ...(type.categories.length > 0 && { categories: type.categories }),
      },
      ...type.subresources.map(sub => ({
        name: `${type.plural}/${sub.name}`,
        singularName: '',
        namespaced: type.namespaced,
        ...(sub.version !== undefined && { group: sub.group ?? '', version: sub.version }),
        kind: sub.kind,
        verbs: sub.verbs,
      })),
    ]);
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersionOf(group, version), resources };
}
