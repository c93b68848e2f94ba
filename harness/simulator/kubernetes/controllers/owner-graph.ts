/**
 * The graph of owners and dependents, as far as the API has shown them (kubernetes/kubernetes
 * pkg/controller/garbagecollector/graph_builder.go).
 */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { OwnerReference } from '../client/kinds.ts';
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

const NO_OWNERS: readonly OwnerReference[] = [];

/** Who hears what the graph finds out. */
interface GraphListener {
  /** Gets the uid of an object that may have to go, or may be able to go, since a change. */
  onDoubt(uid: string): void;
  /** Gets a reference to an owner that is in another namespace than the object. */
  onStray(reference: OwnerReference, resource: ResourceKey, object: KubernetesObject): void;
  /** Finds the resource of an owner by its apiVersion and kind; undefined if it is not served. */
  resourceOf(reference: OwnerReference): ResourceKey | undefined;
}

/** The graph of owners and dependents. It may hold both before the API has shown them. */
export class OwnerGraph {
  /** Every object by its uid. */
  readonly #places = new Map<string, Place>();
  /** Uid of an owner → uids of those that name it. */
  readonly #dependents = new Map<string, Set<string>>();
  /** Uid of an object → the references to its owners. */
  readonly #owners = new Map<string, readonly OwnerReference[]>();
  readonly #listener: GraphListener;

  constructor(listener: GraphListener) {
    this.#listener = listener;
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
    const { uid = '', namespace = '', name = '', ownerReferences = NO_OWNERS } = object.metadata;
    if (!this.#places.has(uid)) this.#places.set(uid, { resource, namespace, name });
    const before = this.#owners.get(uid) ?? NO_OWNERS;
    // States of an object share what they have in common.
    const mayBeGarbage = before !== ownerReferences && this.#learnOwners(resource, object, before);
    const finalizers = finalizersOf(object);
    const isOnItsWay = object.metadata.deletionTimestamp !== undefined && finalizers.length > 0;
    if (isOnItsWay && (finalizers.includes(FOREGROUND) || finalizers.includes(ORPHAN)))
      this.#listener.onDoubt(uid);
    else if (mayBeGarbage) this.#listener.onDoubt(uid);
  }

  /** Takes note of the owners of an object. @returns whether one of them may not be there */
  #learnOwners(resource: ResourceKey, object: KubernetesObject, before: readonly OwnerReference[]): boolean {
    const { uid = '', namespace = '', ownerReferences = NO_OWNERS } = object.metadata;
    if (ownerReferences.length > 0) this.#owners.set(uid, ownerReferences);
    else this.#owners.delete(uid);
    const owners = new Set(ownerReferences.map(owner => owner.uid));
    for (const owner of before) {
      if (!owners.has(owner.uid)) this.#dependents.get(owner.uid)?.delete(uid);
      // It may have waited for this one, which has let go of it, or no longer blocks it.
      if (!blocks(object, owner.uid)) this.#listener.onDoubt(owner.uid);
    }
    let mayBeGarbage = false;
    for (const reference of ownerReferences) {
      this.#addDependent(reference.uid, uid);
      const owner = this.#places.get(reference.uid);
      const isStray = owner !== undefined && owner.namespace !== '' && owner.namespace !== namespace;
      if (isStray && !before.some(known => known.uid === reference.uid))
        this.#listener.onStray(reference, resource, object);
      // A name or a kind that is another one than the owner's is that of no owner.
      const isNamed =
        owner?.name === reference.name && owner.resource === this.#listener.resourceOf(reference);
      if (isStray || !isNamed) mayBeGarbage = true;
    }
    return mayBeGarbage;
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
    for (const owner of this.#owners.get(uid) ?? NO_OWNERS) {
      this.#dependents.get(owner.uid)?.delete(uid);
      // An owner in the foreground may have waited for this one.
      this.#listener.onDoubt(owner.uid);
    }
    this.#owners.delete(uid);
    for (const dependent of this.#dependents.get(uid) ?? []) this.#listener.onDoubt(dependent);
    this.#dependents.delete(uid);
  }
}
