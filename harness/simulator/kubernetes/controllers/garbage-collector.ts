/**
 * Garbage collection: owned objects go after their owner (background), before it (foreground), or stay behind
 * (orphan).
 */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { AllObjects } from '../client/all-objects.ts';
import { type Controller, type ControllerContext, stopAll } from '../client/controller.ts';
import type { OwnerReference } from '../client/kinds.ts';
import { hasCode } from '../client/typed.ts';
import { WorkQueue } from '../client/work-queue.ts';
import type { ResourceKey } from '../registry/resources.ts';

const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';

interface Place {
  readonly resource: ResourceKey;
  readonly namespace: string;
  readonly name: string;
}

const finalizersOf = (object: KubernetesObject): readonly string[] => {
  const { finalizers } = object.metadata;
  return Array.isArray(finalizers) ? finalizers.filter(entry => typeof entry === 'string') : [];
};
const blocks = (object: KubernetesObject, ownerUid: string): boolean =>
  object.metadata.ownerReferences?.some(
    ({ uid, blockOwnerDeletion }) => uid === ownerUid && blockOwnerDeletion,
  ) ?? false;
const isWaitingForDependents = (object: KubernetesObject): boolean =>
  object.metadata.deletionTimestamp !== undefined && finalizersOf(object).includes(FOREGROUND);

/** kubernetes/kubernetes pkg/controller/garbagecollector/garbagecollector.go. */
class GarbageCollector implements Controller {
  readonly #context: ControllerContext;
  readonly #all: AllObjects;
  /** Every object by its uid. */
  readonly #places = new Map<string, Place>();
  /** Uid of an owner → uids of those that name it. */
  readonly #dependents = new Map<string, Set<string>>();
  readonly #owners = new Map<string, readonly string[]>();
  readonly #queue: WorkQueue;
  readonly #stops: (() => void)[];

  constructor(context: ControllerContext, all: AllObjects) {
    this.#context = context;
    this.#all = all;
    this.#queue = new WorkQueue(context.component, uid => this.#sync(uid));
    this.#stops = [
      () => this.#queue.stop(),
      all.listen(({ type, resource, object }) => {
        const { uid = '' } = object.metadata;
        if (type === 'DELETED') this.#forget(uid);
        else this.#learn(uid, resource, object);
      }),
    ];
  }

  stop(): void {
    stopAll(this.#stops);
  }

  #learn(uid: string, resource: ResourceKey, object: KubernetesObject): void {
    const { namespace = '', name = '', ownerReferences = [] } = object.metadata;
    if (!this.#places.has(uid)) this.#places.set(uid, { resource, namespace, name });
    const owners = ownerReferences.map(owner => owner.uid);
    const before = this.#owners.get(uid) ?? [];
    if (owners.length > 0) this.#owners.set(uid, owners);
    else this.#owners.delete(uid);
    for (const owner of before) {
      if (!owners.includes(owner)) this.#dependents.get(owner)?.delete(uid);
      // It may have waited for this one, which has let go of it, or blocks it no more.
      if (!blocks(object, owner)) this.#queue.add(owner);
    }
    let mayBeGarbage = false;
    for (const owner of owners) {
      let dependents = this.#dependents.get(owner);
      if (!dependents) {
        dependents = new Set();
        this.#dependents.set(owner, dependents);
      }
      dependents.add(uid);
      if (!this.#places.has(owner)) mayBeGarbage = true;
    }
    const finalizers = finalizersOf(object);
    const isOnItsWay = object.metadata.deletionTimestamp !== undefined && finalizers.length > 0;
    if (isOnItsWay && (finalizers.includes(FOREGROUND) || finalizers.includes(ORPHAN))) this.#queue.add(uid);
    else if (mayBeGarbage) this.#queue.add(uid);
  }

  #forget(uid: string): void {
    this.#places.delete(uid);
    for (const owner of this.#owners.get(uid) ?? []) {
      this.#dependents.get(owner)?.delete(uid);
      // An owner in the foreground may have waited for this one.
      this.#queue.add(owner);
    }
    this.#owners.delete(uid);
    for (const dependent of this.#dependents.get(uid) ?? []) this.#queue.add(dependent);
    this.#dependents.delete(uid);
  }

  #objectOf(uid: string): { readonly place: Place; readonly object: KubernetesObject } | undefined {
    const place = this.#places.get(uid);
    const object = place && this.#all.get(place.resource, place.namespace, place.name);
    return place && object?.metadata.uid === uid ? { place, object } : undefined;
  }

  #sync(uid: string): void {
    const found = this.#objectOf(uid);
    if (!found) return;
    const { place, object } = found;
    if (object.metadata.deletionTimestamp !== undefined) {
      const finalizers = finalizersOf(object);
      if (finalizers.includes(ORPHAN)) this.#orphanDependents(uid, place);
      else if (finalizers.includes(FOREGROUND)) this.#deleteDependents(uid, place);
      return;
    }
    this.#judge(uid, place, object);
  }

  /** Deletes an object whose owners are all gone or waiting for it. */
  #judge(uid: string, place: Place, object: KubernetesObject): void {
    const references = object.metadata.ownerReferences ?? [];
    if (references.length === 0) return;
    const solid: OwnerReference[] = [];
    let isAwaited = false;
    for (const reference of references) {
      const owner = this.#ownerOf(reference, place.namespace);
      if (owner === 'unknown') solid.push(reference);
      else if (owner && isWaitingForDependents(owner)) isAwaited = true;
      else if (owner) solid.push(reference);
    }
    if (solid.length === references.length) return;
    if (solid.length > 0) {
      this.#modify(place, draft => {
        draft.metadata.ownerReferences = solid;
      });
      return;
    }
    const hasDependents = (this.#dependents.get(uid)?.size ?? 0) > 0;
    if (isAwaited && this.#mayBeInRing(uid)) {
      // Objects that own each other would wait for each other for ever (attemptToDeleteItem there).
      this.#modify(place, draft => {
        for (const reference of draft.metadata.ownerReferences ?? []) reference.blockOwnerDeletion &&= false;
      });
    }
    this.#delete(place, uid, isAwaited && hasDependents ? 'Foreground' : 'Background');
  }

  /** Does one of those that it owns wait for its own dependents? */
  #mayBeInRing(uid: string): boolean {
    for (const dependent of this.#dependents.get(uid) ?? []) {
      const found = this.#objectOf(dependent);
      if (found && isWaitingForDependents(found.object)) return true;
    }
    return false;
  }

  #ownerOf(reference: OwnerReference, namespace: string): KubernetesObject | 'unknown' | undefined {
    const known = this.#objectOf(reference.uid);
    if (known) return known.object;
    const type = this.#all.resourceOf(reference.apiVersion, reference.kind);
    // Nobody can tell whether an owner is gone whose type is not served.
    if (!type) return 'unknown';
    const resource = type.group === '' ? type.plural : `${type.plural}.${type.group}`;
    const owner = this.#all.get(resource, type.namespaced ? namespace : '', reference.name);
    return owner?.metadata.uid === reference.uid ? owner : undefined;
  }

  #deleteDependents(uid: string, place: Place): void {
    let isBlocked = false;
    for (const dependent of [...(this.#dependents.get(uid) ?? [])]) {
      const found = this.#objectOf(dependent);
      if (!found) continue;
      if (found.object.metadata.deletionTimestamp === undefined) this.#queue.add(dependent);
      if (blocks(found.object, uid)) isBlocked = true;
    }
    if (!isBlocked) this.#removeFinalizer(place, FOREGROUND);
  }

  #orphanDependents(uid: string, place: Place): void {
    for (const dependent of [...(this.#dependents.get(uid) ?? [])]) {
      const found = this.#objectOf(dependent);
      if (!found) continue;
      this.#modify(found.place, draft => {
        draft.metadata.ownerReferences =
          draft.metadata.ownerReferences?.filter(owner => owner.uid !== uid) ?? [];
        if (draft.metadata.ownerReferences.length === 0) delete draft.metadata.ownerReferences;
      });
    }
    this.#removeFinalizer(place, ORPHAN);
  }

  #removeFinalizer(place: Place, finalizer: string): void {
    this.#modify(place, draft => {
      const rest = finalizersOf(draft).filter(entry => entry !== finalizer);
      if (rest.length > 0) draft.metadata['finalizers'] = rest;
      else delete draft.metadata['finalizers'];
    });
  }

  #modify({ resource, namespace, name }: Place, change: (draft: KubernetesObject) => void): void {
    try {
      this.#context.client.local.modify(resource, namespace, name, change);
    } catch (error) {
      if (!hasCode(error, 404)) throw error;
    }
  }

  #delete(
    { resource, namespace, name }: Place,
    uid: string,
    propagationPolicy: 'Background' | 'Foreground',
  ): void {
    try {
      this.#context.client.local.delete(resource, namespace, name, {
        propagationPolicy,
        preconditions: { uid },
      });
    } catch (error) {
      if (!hasCode(error, 404) && !hasCode(error, 409)) throw error;
    }
  }
}

/** Starts the collector of objects whose owners are gone. */
export function startGarbageCollector(context: ControllerContext, all: AllObjects): Controller {
  return new GarbageCollector(context, all);
}
