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
import {
  dropFinalizer,
  FOREGROUND,
  finalizersOf,
  isWaitingForDependents,
  ORPHAN,
} from '../registry/finalizers.ts';
import { blocks, OwnerGraph, type Place } from './owner-graph.ts';

/** kubernetes/kubernetes pkg/controller/garbagecollector/garbagecollector.go. */
class GarbageCollector implements Controller {
  readonly #context: ControllerContext;
  readonly #all: AllObjects;
  readonly #graph: OwnerGraph;
  readonly #queue: WorkQueue;
  readonly #stops: (() => void)[];

  constructor(context: ControllerContext, all: AllObjects) {
    this.#context = context;
    this.#all = all;
    this.#queue = new WorkQueue(context.component, uid => this.#sync(uid));
    this.#graph = new OwnerGraph(uid => this.#queue.add(uid));
    this.#stops = [
      () => this.#queue.stop(),
      all.listen(({ type, resource, object }) => {
        if (type === 'DELETED') this.#graph.forget(object);
        else this.#graph.learn(resource, object);
      }),
    ];
  }

  stop(): void {
    stopAll(this.#stops);
  }

  #objectOf(uid: string): { readonly place: Place; readonly object: KubernetesObject } | undefined {
    const place = this.#graph.placeOf(uid);
    const object = place && this.#all.get(place.resource, place.namespace, place.name);
    return place && object?.metadata.uid === uid ? { place, object } : undefined;
  }

  #dependentsOf(uid: string) {
    return this.#graph
      .dependentsOf(uid)
      .map(dependent => this.#objectOf(dependent))
      .filter(found => found !== undefined);
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
    const { solid, isAwaited } = this.#ownersOf(references, place.namespace);
    if (solid.length === references.length) return;
    if (solid.length > 0) {
      this.#modify(place, draft => {
        draft.metadata.ownerReferences = solid;
      });
      return;
    }
    const hasDependents = this.#graph.dependentsOf(uid).length > 0;
    const mayBeInRing = this.#dependentsOf(uid).some(dependent => isWaitingForDependents(dependent.object));
    if (isAwaited && mayBeInRing) {
      // Objects that own each other would wait for each other forever (attemptToDeleteItem there).
      this.#modify(place, draft => {
        for (const reference of draft.metadata.ownerReferences ?? []) reference.blockOwnerDeletion &&= false;
      });
    }
    this.#delete(place, uid, isAwaited && hasDependents ? 'Foreground' : 'Background');
  }

  /** Sorts owners: those that hold the object, and whether another one waits for its dependents. */
  #ownersOf(references: readonly OwnerReference[], namespace: string) {
    const solid: OwnerReference[] = [];
    let isAwaited = false;
    for (const reference of references) {
      const owner = this.#ownerOf(reference, namespace);
      if (owner === 'unknown') solid.push(reference);
      else if (owner && isWaitingForDependents(owner)) isAwaited = true;
      else if (owner) solid.push(reference);
    }
    return { solid, isAwaited };
  }

  #ownerOf(reference: OwnerReference, namespace: string): KubernetesObject | 'unknown' | undefined {
    const known = this.#objectOf(reference.uid);
    if (known) return known.object;
    const type = this.#all.resourceOf(reference.apiVersion, reference.kind);
    // If the server does not serve a type, nobody can tell whether an owner of it is gone.
    if (!type) return 'unknown';
    const resource = type.group === '' ? type.plural : `${type.plural}.${type.group}`;
    const owner = this.#all.get(resource, type.namespaced ? namespace : '', reference.name);
    return owner?.metadata.uid === reference.uid ? owner : undefined;
  }

  #deleteDependents(uid: string, place: Place): void {
    let isBlocked = false;
    for (const { object } of this.#dependentsOf(uid)) {
      if (object.metadata.deletionTimestamp === undefined) this.#queue.add(object.metadata.uid ?? '');
      if (blocks(object, uid)) isBlocked = true;
    }
    if (!isBlocked) this.#removeFinalizer(place, FOREGROUND);
  }

  #orphanDependents(uid: string, place: Place): void {
    for (const dependent of this.#dependentsOf(uid)) {
      this.#modify(dependent.place, draft => {
        draft.metadata.ownerReferences =
          draft.metadata.ownerReferences?.filter(owner => owner.uid !== uid) ?? [];
        if (draft.metadata.ownerReferences.length === 0) delete draft.metadata.ownerReferences;
      });
    }
    this.#removeFinalizer(place, ORPHAN);
  }

  #removeFinalizer(place: Place, finalizer: string): void {
    this.#modify(place, draft => dropFinalizer(draft, finalizer));
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
