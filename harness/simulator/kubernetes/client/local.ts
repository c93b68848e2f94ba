/**
 * The API for the cluster's own components: reads and writes act at once, without authorization, admission or
 * validation.
 */

import type { DeleteOptions, Deletion } from '../registry/deletion.ts';
import { copy, type KubernetesObject } from '../registry/json.ts';
import { contentFinalizers, NAMESPACE_FINALIZER } from '../registry/namespaces.ts';
import type { Change } from '../registry/new-state.ts';
import type { ObjectService } from '../registry/object-service.ts';
import type { ResourceKey } from '../registry/resources.ts';
import { controlPlaneContext } from '../registry/write-context.ts';
import { type LocalEvent, subscribe } from './local-watch.ts';
import { type ObjectFilter, parsedFilter } from './object-filter.ts';
import type { Component } from './supervisor.ts';

/** Changes a draft in place. */
type Edit = (draft: KubernetesObject) => void;

/**
 * Objects that are returned are the stored ones: frozen. To change one use `modify`, or `update` with a copy.
 * Kinds are named by their resource key: `pods`, `deployments.apps`, `endpointslices.discovery.k8s.io`. All
 * methods but `createThroughAdmission` act at once; subscribers hear of the changes in a later microtask, in
 * the order of the writes. Methods throw ApiError (registry/status.ts): `code` 404, 409 and so on.
 */
export class LocalClient {
  readonly #objects: ObjectService;
  readonly #component: Component | undefined;

  /** @param component - its writes are counted, and an error in its subscribers is caught */
  constructor(objects: ObjectService, component?: Component) {
    this.#objects = objects;
    this.#component = component;
  }

  /** Of the newest write. */
  get resourceVersion(): number {
    return this.#objects.store.resourceVersion;
  }

  /**
   * Reads an object.
   * @returns undefined if the store has no such object
   */
  get(resource: ResourceKey, namespace: string, name: string): KubernetesObject | undefined {
    return this.#objects.store.get(this.#objects.registry.require(resource), namespace, name);
  }

  /**
   * Lists objects in the order of namespace and name. A type that is not served (a custom resource without
   * its definition) has none.
   */
  list(resource: ResourceKey, filter: ObjectFilter = {}): readonly KubernetesObject[] {
    const type = this.#objects.registry.get(resource);
    return type ? this.#objects.store.list(type, parsedFilter(type, filter)) : [];
  }

  /**
   * Creates an object.
   * @param object - apiVersion, kind and namespace may be left out @throws ApiError 409 if it exists
   */
  create(resource: ResourceKey, object: KubernetesObject): KubernetesObject {
    const type = this.#objects.registry.require(resource);
    this.#wrote(resource, object.metadata.namespace, object.metadata.name);
    return this.#objects.createDirectly(type, object.metadata.namespace ?? '', copy(object));
  }

  /**
   * Creates through admission and validation, webhooks included, as the ReplicaSet controller creates pods.
   * @throws ApiError as the API server would have answered; its message is what goes into `Error creating: …`
   */
  createThroughAdmission(resource: ResourceKey, object: KubernetesObject): Promise<KubernetesObject> {
    const type = this.#objects.registry.require(resource);
    this.#wrote(resource, object.metadata.namespace, object.metadata.name);
    return this.#objects.create(type, object.metadata.namespace ?? '', copy(object), {
      ...controlPlaneContext(type),
      options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
    });
  }

  /** Replaces all but the status. @throws ApiError 409 if `metadata.resourceVersion` is set and stale; 404 */
  update(resource: ResourceKey, object: KubernetesObject): KubernetesObject {
    return this.#update(resource, object.metadata, () => copy(object), '');
  }

  /** Replaces the status only. @throws ApiError 409 if `metadata.resourceVersion` is set and stale; 404 */
  updateStatus(resource: ResourceKey, object: KubernetesObject): KubernetesObject {
    const change: Change = () => ({
      ...object,
      metadata: { ...object.metadata },
      status: copy(object['status']),
    });
    return this.#update(resource, object.metadata, change, 'status');
  }

  /**
   * Changes an object in place: no conflicts, since it acts at once. All but the status is kept.
   * @param change - gets a copy to change; nothing is written if it comes out the same
   */
  modify(resource: ResourceKey, namespace: string, name: string, change: Edit): KubernetesObject {
    return this.#update(resource, { namespace, name }, applying(change), '');
  }

  /** Changes the status, as `modify` does the rest. */
  modifyStatus(resource: ResourceKey, namespace: string, name: string, change: Edit): KubernetesObject {
    return this.#update(resource, { namespace, name }, applying(change), 'status');
  }

  /**
   * Deletes as a DELETE request does: grace for pods, finalizers, preconditions. The kubelet ends a pod with
   * `{ gracePeriodSeconds: 0 }`. @throws ApiError 404
   */
  delete(resource: ResourceKey, namespace: string, name: string, options: DeleteOptions = {}): Deletion {
    this.#wrote(resource, namespace, name);
    return this.#objects.deleteDirectly(this.#objects.registry.require(resource), namespace, name, options);
  }

  /** Takes the controller's own finalizer out of a Namespace's `spec.finalizers`. */
  finalizeNamespace(name: string): void {
    const change: Change = (draft, current) => ({
      ...draft(),
      spec: { finalizers: contentFinalizers(current).filter(entry => entry !== NAMESPACE_FINALIZER) },
    });
    this.#update('namespaces', { name }, change, 'finalize');
  }

  /**
   * Calls back for each object that is there (ADDED, at once) and then for every change, in order, in a later
   * microtask.
   * @returns ends the subscription
   */
  watch(resource: ResourceKey, filter: ObjectFilter, onEvent: (event: LocalEvent) => void): () => void {
    const type = this.#objects.registry.require(resource);
    const component = this.#component;
    const tell = (event: LocalEvent) => {
      if (component) component.run({ resource, key: keyOf(event.object) }, () => onEvent(event));
      else onEvent(event);
    };
    const stop = subscribe(this.#objects.store, type, parsedFilter(type, filter), tell);
    const forget = component?.onStop(stop);
    return () => {
      forget?.();
      stop();
    };
  }

  #update(
    resource: ResourceKey,
    { namespace = '', name = '' }: KubernetesObject['metadata'],
    change: Change,
    subresource: string,
  ): KubernetesObject {
    const type = this.#objects.registry.require(resource);
    this.#wrote(resource, namespace, name);
    return this.#objects.updateDirectly(type, namespace, name, change, subresource);
  }

  #wrote(resource: ResourceKey, namespace = '', name = ''): void {
    this.#component?.wrote({ resource, key: keyOf({ metadata: { namespace, name } }) });
  }
}

const keyOf = ({ metadata: { namespace = '', name = '' } }: KubernetesObject): string =>
  namespace === '' ? name : `${namespace}/${name}`;

const applying =
  (edit: Edit): Change =>
  draft => {
    const updated = draft();
    edit(updated);
    return updated;
  };
