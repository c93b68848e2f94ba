/**
 * Garbage collection: owned objects go after their owner (background), before it (foreground), or stay behind
 * (orphan).
 */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { AllObjects } from '../client/all-objects.ts';
import { type Controller, type ControllerContext, eventRecorder, stopAll } from '../client/controller.ts';
import { type EventRecorder, referenceTo } from '../client/event-recorder.ts';
import type { OwnerReference, Stored } from '../client/kinds.ts';
import { hasCode } from '../client/typed.ts';
import { WorkQueue } from '../client/work-queue.ts';
import { DEFINITIONS } from '../registry/definitions.ts';
import type { DeleteOptions } from '../registry/deletion.ts';
import {
  dropFinalizer,
  FOREGROUND,
  finalizersOf,
  isWaitingForDependents,
  ORPHAN,
} from '../registry/finalizers.ts';
import { keyOf, type ResourceKey, storageApiVersion } from '../registry/resources.ts';
import { blocks, OwnerGraph, type Place } from './owner-graph.ts';

/** How long after a change of definitions the types are asked for again. */
const RETRY_MS = 1_000;

type Policy = NonNullable<DeleteOptions['propagationPolicy']>;

/** Returns the policy by which garbage goes: that of an earlier deletion, if there was one. */
function policyOf(object: KubernetesObject): Policy {
  const finalizers = finalizersOf(object);
  if (finalizers.includes(ORPHAN)) return 'Orphan';
  return finalizers.includes(FOREGROUND) ? 'Foreground' : 'Background';
}

/** pkg/controller/garbagecollector/garbagecollector.go @v1.34. */
class GarbageCollector implements Controller {
  readonly #context: ControllerContext;
  readonly #all: AllObjects;
  readonly #graph: OwnerGraph;
  readonly #queue: WorkQueue;
  readonly #events: EventRecorder;
  readonly #stops: (() => void)[];
  /** Objects with an owner of a type that is not served, or that can not be an owner. */
  readonly #undecided = new Set<string>();

  constructor(context: ControllerContext, all: AllObjects) {
    this.#context = context;
    this.#all = all;
    this.#events = eventRecorder(context, 'garbage-collector-controller');
    this.#queue = new WorkQueue(context.component, uid => this.#sync(uid), undefined, 0);
    this.#graph = new OwnerGraph({
      onDoubt: uid => this.#queue.add(uid),
      resourceOf: ({ apiVersion, kind }) => {
        const type = all.resourceOf(apiVersion, kind);
        return type && keyOf(type);
      },
      onStray: (reference, resource, object) => this.#tellStray(reference, resource, object),
    });
    this.#stops = [
      () => this.#queue.stop(),
      all.listen(({ type, resource, object }) => {
        if (type === 'DELETED') this.#graph.forget(object);
        else this.#graph.learn(resource, object);
      }),
      // A definition may serve the type that was missing.
      context.client.local.watch(DEFINITIONS, {}, () => this.#judgeAgain()),
    ];
  }

  stop(): void {
    stopAll(this.#stops);
  }

  #judgeAgain(): void {
    for (const uid of this.#undecided) this.#queue.addAfter(uid, RETRY_MS);
    this.#undecided.clear();
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
    const owners = this.#ownersOf(references, place.namespace);
    if (owners === 'undecided') {
      this.#undecided.add(uid);
      return;
    }
    const { solid, isAwaited } = owners;
    if (solid.length === references.length) return;
    if (solid.length > 0) {
      this.#modify(place, draft => {
        draft.metadata.ownerReferences = solid;
      });
      return;
    }
    if (!isAwaited || this.#graph.dependentsOf(uid).length === 0) {
      this.#delete(place, uid, policyOf(object));
      return;
    }
    if (this.#dependentsOf(uid).some(dependent => isWaitingForDependents(dependent.object))) {
      // Objects that own each other would wait for each other forever (attemptToDeleteItem there).
      this.#modify(place, draft => {
        for (const reference of draft.metadata.ownerReferences ?? []) reference.blockOwnerDeletion &&= false;
      });
    }
    this.#delete(place, uid, 'Foreground');
  }

  /**
   * Sorts owners: those that hold the object, and whether another one waits for its dependents.
   * @returns `undecided` if there is an owner of which nobody can tell whether it is there
   */
  #ownersOf(references: readonly OwnerReference[], namespace: string) {
    const solid: OwnerReference[] = [];
    let isAwaited = false;
    for (const reference of references) {
      const type = this.#all.resourceOf(reference.apiVersion, reference.kind);
      // A type that is not served; or an object of the whole cluster that names an owner in a namespace.
      if (!type || (type.namespaced && namespace === '')) return 'undecided';
      const owner = this.#all.get(keyOf(type), type.namespaced ? namespace : '', reference.name);
      if (owner?.metadata.uid !== reference.uid || !owner) continue;
      if (isWaitingForDependents(owner)) isAwaited = true;
      else solid.push(reference);
    }
    return { solid, isAwaited };
  }

  /** Tells in an event that an owner is in another namespace (reportInvalidNamespaceOwnerRef there). */
  #tellStray({ apiVersion, kind, name, uid }: OwnerReference, resource: ResourceKey, object: Stored): void {
    const type = this.#all.typeOf(resource);
    if (!type) return;
    const about = referenceTo(object, type.kind, storageApiVersion(type));
    const namespace = object.metadata.namespace ?? '';
    const owner = `[${apiVersion}/${kind}, namespace: ${namespace}, name: ${name}, uid: ${uid}]`;
    const text = `ownerRef ${owner} does not exist in namespace ${JSON.stringify(namespace)}`;
    this.#events.record(about, 'Warning', 'OwnerRefInvalidNamespace', text);
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

  #delete({ resource, namespace, name }: Place, uid: string, propagationPolicy: Policy): void {
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
