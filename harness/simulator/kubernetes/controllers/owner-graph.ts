/**
 * The graph of owners and dependents, as far as the API has shown them (kubernetes/kubernetes
 * pkg/controller/garbagecollector/graph_builder.go).
 */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { FOREGROUND, finalizersOf, ORPHAN } from '../registry/finalizers.ts';
import type { ResourceKey } from '../registry/resources.ts';

/** The resource, namespace and name of an object. */
export interface Place {
  readonly resource: ResourceKey;
  /** Empty for kinds of the whole cluster. */
  readonly namespace: string;
  readonly name: string;
}

/** Tells whether an owner in foreground deletion waits for this object. */
export const blocks = (object: KubernetesObject, ownerUid: string): boolean =>
  object.metadata.ownerReferences?.some(
    ({ uid, blockOwnerDeletion }) => uid === ownerUid && blockOwnerDeletion,
  ) ?? false;

/** The graph of owners and dependents. It may hold both before the API has shown them. */
export class OwnerGraph {
  /** Every object by its uid. */
  readonly #places = new Map<string, Place>();
  /** Uid of an owner → uids of those that name it. */
  readonly #dependents = new Map<string, Set<string>>();
  readonly #owners = new Map<string, readonly string[]>();
  readonly #onDoubt: (uid: string) => void;

  /** @param onDoubt - gets the uid of an object that may have to go, or may be able to go, since a change */
  constructor(onDoubt: (uid: string) => void) {
    this.#onDoubt = onDoubt;
  }

  /**
   * Finds an object by its uid.
   * @returns undefined for an object that the API has not shown, or that is gone
   */
  placeOf(uid: string): Place | undefined {
    return this.#places.get(uid);
  }

  /** Lists the uids of the objects that name this one as an owner. */
  dependentsOf(uid: string): readonly string[] {
    return [...(this.#dependents.get(uid) ?? [])];
  }

  /** Takes note of a new object, or of the new state of one. */
  learn(resource: ResourceKey, object: KubernetesObject): void {
    const { uid = '', namespace = '', name = '', ownerReferences = [] } = object.metadata;
    if (!this.#places.has(uid)) this.#places.set(uid, { resource, namespace, name });
    const owners = ownerReferences.map(owner => owner.uid);
    const before = this.#owners.get(uid) ?? [];
    if (owners.length > 0) this.#owners.set(uid, owners);
    else this.#owners.delete(uid);
    for (const owner of before) {
      if (!owners.includes(owner)) this.#dependents.get(owner)?.delete(uid);
      // It may have waited for this one, which has let go of it, or no longer blocks it.
      if (!blocks(object, owner)) this.#onDoubt(owner);
    }
    let mayBeGarbage = false;
    for (const owner of owners) {
      this.#addDependent(owner, uid);
      if (!this.#places.has(owner)) mayBeGarbage = true;
    }
    const finalizers = finalizersOf(object);
    const isOnItsWay = object.metadata.deletionTimestamp !== undefined && finalizers.length > 0;
    if (isOnItsWay && (finalizers.includes(FOREGROUND) || finalizers.includes(ORPHAN))) this.#onDoubt(uid);
    else if (mayBeGarbage) this.#onDoubt(uid);
  }

  #addDependent(owner: string, uid: string): void {
    const dependents = this.#dependents.get(owner) ?? new Set();
    this.#dependents.set(owner, dependents);
    dependents.add(uid);
  }

  /** Takes note that an object is gone. */
  forget(object: KubernetesObject): void {
    const { uid = '' } = object.metadata;
    this.#places.delete(uid);
    for (const owner of this.#owners.get(uid) ?? []) {
      this.#dependents.get(owner)?.delete(uid);
      // An owner in the foreground may have waited for this one.
      this.#onDoubt(owner);
    }
    this.#owners.delete(uid);
    for (const dependent of this.#dependents.get(uid) ?? []) this.#onDoubt(dependent);
    this.#dependents.delete(uid);
  }
}
