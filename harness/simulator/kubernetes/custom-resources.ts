/**
 * Serves what CustomResourceDefinitions define, says so in their status, and clears up behind those that go.
 */

import type { Component } from './client/supervisor.ts';
import { WorkQueue } from './client/work-queue.ts';
import { type NamedSchema, resourceTypeOf, storageVersion } from './custom-resource-type.ts';
import type { Machinery } from './machinery.ts';
import { acceptNames, hasItsNames } from './registry/definition-names.ts';
import {
  approvalCondition,
  CLEANUP_FINALIZER,
  DEFINITIONS,
  type DefinitionCondition,
  isConditionTrue,
  setCondition,
} from './registry/definitions.ts';
import { copy, equal, type JsonObject, type KubernetesObject, listOf, objectOf } from './registry/json.ts';
import type { ResourceKey } from './registry/resources.ts';

/**
 * Brings what is served in line with the definitions, one by one, whatever state it finds them in.
 * A definition's name is the key of what it defines: the API lets no other one pass.
 * @returns ends it
 */
export function startCustomResources(
  machinery: Machinery,
  component: Component,
  schemaNamed: NamedSchema = () => undefined,
): () => void {
  const { registry, store } = machinery;
  const { clock } = component;
  const client = machinery.clientFor(component);
  /** Definitions whose instances are on their way out → ends the watch of these. */
  const leaving = new Map<ResourceKey, () => void>();

  const sync = (key: ResourceKey): void => {
    const definition = client.get(DEFINITIONS, '', key);
    if (!definition) {
      unserve(key);
      reconsiderGroup(key.slice(key.indexOf('.') + 1));
      return;
    }
    const serves = !isBuiltIn(key);
    const names = serves ? namesOf(definition) : undefined;
    if (names) serve(key, definition, names);
    if (definition.metadata.deletionTimestamp === undefined) {
      if (names) establish(definition, names);
    } else if (listOf(definition.metadata['finalizers']).includes(CLEANUP_FINALIZER))
      finalize(key, names !== undefined);
  };

  /** @returns the names under which the definition is served; undefined if it never had all of its own */
  const namesOf = (definition: KubernetesObject): JsonObject | undefined => {
    if (hasItsNames(definition)) return objectOf(objectOf(definition['spec'])['names']);
    const { names, condition } = acceptNames(definition, client.list(DEFINITIONS));
    reconsiderGroup(objectOf(definition['spec'])['group'], definition.metadata.name);
    if (condition.status === 'True') return names;
    const isEstablished = isConditionTrue(definition, 'Established');
    client.modifyStatus(DEFINITIONS, '', definition.metadata.name ?? '', draft => {
      setCondition(draft, condition, clock.now());
      if (!isEstablished) setCondition(draft, NOT_ACCEPTED, clock.now());
      draft['status'] = { ...objectOf(draft['status']), acceptedNames: names };
    });
    return isEstablished ? names : undefined;
  };

  /** Names may have become free. */
  const reconsiderGroup = (group: unknown, except = ''): void => {
    for (const other of client.list(DEFINITIONS)) {
      const { name = '' } = other.metadata;
      if (objectOf(other['spec'])['group'] === group && name !== except && !hasItsNames(other))
        queue.add(name);
    }
  };

  const isBuiltIn = (key: ResourceKey): boolean => {
    const type = registry.get(key);
    return type !== undefined && type.custom === undefined;
  };

  const serve = (key: ResourceKey, definition: KubernetesObject, names: JsonObject): void => {
    const served = registry.get(key);
    const resource = resourceTypeOf(definition, names, schemaNamed);
    // Our own words in its status are no reason to serve it anew.
    if (served && equal(served, resource)) return;
    // Where objects lie follows from the scope. Unlike Kubernetes, which leaves the old ones in etcd, we drop
    // them.
    if (served && served.namespaced !== resource.namespaced) unserve(key);
    registry.add(resource);
  };

  /** Ends the type, its objects and the watches on it. */
  const unserve = (key: ResourceKey): void => {
    leaving.get(key)?.();
    leaving.delete(key);
    if (registry.get(key)?.custom === undefined) return;
    registry.remove(key);
    store.drop(key);
  };

  const say = (key: ResourceKey, condition: DefinitionCondition): void => {
    client.modifyStatus(DEFINITIONS, '', key, draft => setCondition(draft, condition, clock.now()));
  };

  /**
   * Sets the conditions of a definition (apiextensions-apiserver
   * pkg/controller/{status,establish,apiapproval} @v1.34).
   */
  const establish = (definition: KubernetesObject, names: JsonObject): void => {
    const isComplete = equal(names, objectOf(objectOf(definition['spec'])['names']));
    const approval = approvalCondition(definition);
    client.modifyStatus(DEFINITIONS, '', definition.metadata.name ?? '', draft => {
      if (approval) setCondition(draft, approval, clock.now());
      for (const condition of isComplete ? SERVED : [])
        if (!isConditionTrue(draft, condition.type)) setCondition(draft, condition, clock.now());
      const status = objectOf(draft['status']);
      const stored = new Set(listOf(status['storedVersions']));
      stored.add(storageVersion(draft));
      draft['status'] = { ...status, acceptedNames: copy(names), storedVersions: [...stored] };
    });
  };

  /**
   * Ends a definition once its instances are gone (apiextensions-apiserver
   * pkg/controller/finalizer/crd_finalizer.go @v1.32, sync). Kubernetes looks for them every five seconds,
   * and reports after a minute; this listens to the store.
   */
  const finalize = (key: ResourceKey, served: boolean): void => {
    if (served) {
      say(key, {
        type: 'Terminating',
        status: 'True',
        reason: 'InstanceDeletionInProgress',
        message: 'CustomResource deletion is in progress',
      });
      for (const { metadata } of client.list(key)) {
        if (metadata.deletionTimestamp === undefined)
          client.delete(key, metadata.namespace ?? '', metadata.name ?? '');
      }
      if (client.list(key).length > 0) {
        if (!leaving.has(key))
          leaving.set(
            key,
            client.watch(key, {}, () => queue.add(key)),
          );
        return;
      }
    }
    say(key, served ? REMOVED : NEVER_SERVED);
    const finalizers = listOf(client.get(DEFINITIONS, '', key)?.metadata['finalizers']);
    const others = finalizers.filter(finalizer => finalizer !== CLEANUP_FINALIZER);
    // Without another finalizer the definition goes now, and with it what it defines.
    if (others.length === 0) unserve(key);
    client.modify(DEFINITIONS, '', key, draft => {
      draft.metadata['finalizers'] = others;
    });
  };

  const queue = new WorkQueue(component, sync, DEFINITIONS, 0);
  const stopWatch = client.watch(DEFINITIONS, {}, ({ object }) => queue.add(object.metadata.name ?? ''));
  return () => {
    stopWatch();
    queue.stop();
    for (const stop of leaving.values()) stop();
  };
}

const SERVED: readonly DefinitionCondition[] = [
  { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' },
  {
    type: 'Established',
    status: 'True',
    reason: 'InitialNamesAccepted',
    message: 'the initial names have been accepted',
  },
];

const NOT_ACCEPTED: DefinitionCondition = {
  type: 'Established',
  status: 'False',
  reason: 'NotAccepted',
  message: 'not all names are accepted',
};

const REMOVED: DefinitionCondition = {
  type: 'Terminating',
  status: 'False',
  reason: 'InstanceDeletionCompleted',
  message: 'removed all instances',
};

const NEVER_SERVED: DefinitionCondition = {
  type: 'Terminating',
  status: 'False',
  reason: 'NeverEstablished',
  message: 'resource was never established',
};
