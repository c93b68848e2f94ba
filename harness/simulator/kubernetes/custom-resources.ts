/** Serves what CustomResourceDefinitions define, and tells in their status that it does. */

import { byPriority } from './api/handlers/discovery.ts';
import {
  equal,
  type JsonObject,
  type KubernetesObject,
  listOf,
  objectOf,
  objectsOf,
  stringOf,
  timestamp,
} from './api/json.ts';
import type { Machinery } from './api/machinery.ts';
import { ALL_VERBS, keyOf, type ResourceType, type Subresource } from './api/resources.ts';

const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';

/** @returns ends it */
export function startCustomResources({ client, registry, store }: Machinery, now: () => number): () => void {
  return client.watch(DEFINITIONS, {}, ({ type, object, previous }) => {
    const resource = resourceTypeOf(object);
    const key = keyOf(resource);
    if (type === 'DELETED') {
      for (const instance of client.list(key)) {
        client.delete(key, instance.metadata.namespace ?? '', instance.metadata.name ?? '');
      }
      registry.remove(key);
      store.drop(key);
      return;
    }
    // Our own words in its status are no reason to serve it anew.
    if (type === 'MODIFIED' && equal(previous?.['spec'], object['spec'])) return;
    if (registry.get(key)?.custom === undefined && registry.get(key) !== undefined) return;
    registry.add(resource);
    establish(object);
  });

  function establish(definition: KubernetesObject): void {
    const names = objectOf(objectOf(definition['spec'])['names']);
    client.modifyStatus(DEFINITIONS, '', definition.metadata.name ?? '', draft => {
      const status = objectOf(draft['status']);
      const conditions = [...objectsOf(status['conditions'])];
      const set = (type: string, reason: string, message: string) => {
        if (conditions.some(condition => condition['type'] === type && condition['status'] === 'True')) return;
        conditions.push({ type, status: 'True', lastTransitionTime: timestamp(now()), reason, message });
      };
      set('NamesAccepted', 'NoConflicts', 'no conflicts found');
      set('Established', 'InitialNamesAccepted', 'the initial names have been accepted');
      const stored = new Set(listOf(status['storedVersions']));
      stored.add(storageVersion(draft));
      draft['status'] = { ...status, conditions, acceptedNames: { ...names }, storedVersions: [...stored] };
    });
  }
}

function versionsOf(definition: KubernetesObject): readonly JsonObject[] {
  return objectsOf(objectOf(definition['spec'])['versions']);
}

function storageVersion(definition: KubernetesObject): string {
  return stringOf(versionsOf(definition).find(version => version['storage'] === true)?.['name']) ?? 'v1';
}

function resourceTypeOf(definition: KubernetesObject): ResourceType {
  const spec = objectOf(definition['spec']);
  const names = objectOf(spec['names']);
  const kind = stringOf(names['kind']) ?? '';
  const versions = versionsOf(definition).filter(version => version['served'] === true);
  const schemas: Record<string, unknown> = {};
  const columns: Record<string, readonly unknown[]> = {};
  let status = false;
  let scale = false;
  for (const version of versions) {
    const name = stringOf(version['name']) ?? '';
    schemas[name] = objectOf(version['schema'])['openAPIV3Schema'];
    const printed = listOf(version['additionalPrinterColumns']);
    if (printed.length > 0) columns[name] = printed;
    const subresources = objectOf(version['subresources']);
    status ||= 'status' in subresources;
    scale ||= 'scale' in subresources;
  }
  const verbs = ['get', 'patch', 'update'];
  const subresources: Subresource[] = [
    ...(scale ? [{ name: 'scale', verbs, kind: 'Scale', group: 'autoscaling', version: 'v1' }] : []),
    ...(status ? [{ name: 'status', verbs, kind }] : []),
  ];
  return {
    group: stringOf(spec['group']) ?? '',
    versions: versions.map(version => stringOf(version['name']) ?? '').sort(byPriority),
    plural: stringOf(names['plural']) ?? '',
    singular: stringOf(names['singular']) ?? kind.toLowerCase(),
    kind,
    listKind: stringOf(names['listKind']) ?? `${kind}List`,
    namespaced: spec['scope'] === 'Namespaced',
    shortNames: listOf(names['shortNames']).filter(name => typeof name === 'string'),
    categories: listOf(names['categories']).filter(name => typeof name === 'string'),
    verbs: ALL_VERBS,
    subresources,
    hasStatus: status,
    hasGeneration: true,
    nameRule: 'subdomain',
    virtual: false,
    custom: {
      definition: definition.metadata.name ?? '',
      storageVersion: storageVersion(definition),
      schemas,
      columns,
    },
  };
}
