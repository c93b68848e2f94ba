/**
 * The local client with the kinds that the cluster's own components know: objects come with a type, and each
 * write makes a new object.
 */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { ApiError } from '../registry/status.ts';
import type { ClusterReader, Kind, Kinds, New, TypedEvent } from './cluster-client.ts';
import type { LocalClient } from './local.ts';
import type { ObjectFilter } from './object-filter.ts';

/** The client of the controllers: reads and writes act at once, so that no write meets a conflict. */
export class TypedClient implements ClusterReader {
  readonly local: LocalClient;

  constructor(local: LocalClient) {
    this.local = local;
  }

  get<K extends Kind>(kind: K, namespace: string, name: string): Kinds[K] | undefined {
    // Stored objects went through validation and defaults.
    return this.local.get(kind, namespace, name) as Kinds[K] | undefined;
  }

  list<K extends Kind>(kind: K, filter: ObjectFilter = {}): readonly Kinds[K][] {
    return this.local.list(kind, filter) as readonly unknown[] as readonly Kinds[K][]; // as for `get`
  }

  watch<K extends Kind>(
    kind: K,
    filter: ObjectFilter,
    onEvent: (event: TypedEvent<Kinds[K]>) => void,
  ): () => void {
    return this.local.watch(kind, filter, event => onEvent(event as unknown as TypedEvent<Kinds[K]>)); // as for `get`
  }

  create<K extends Kind>(kind: K, object: New<Kinds[K]>): Kinds[K] {
    // The client copies what it is given.
    return this.local.create(kind, object as unknown as KubernetesObject) as unknown as Kinds[K];
  }

  /** Replaces all but the status. */
  update<K extends Kind>(kind: K, object: New<Kinds[K]>): Kinds[K] {
    return this.local.update(kind, object as unknown as KubernetesObject) as unknown as Kinds[K]; // as for `create`
  }

  /** Replaces the status alone. */
  updateStatus<K extends Kind>(kind: K, object: New<Kinds[K]>): Kinds[K] {
    return this.local.updateStatus(kind, object as unknown as KubernetesObject) as unknown as Kinds[K]; // as for `create`
  }

  isOpen(namespace: string): boolean {
    const found = this.get('namespaces', '', namespace);
    return found !== undefined && found.metadata.deletionTimestamp === undefined;
  }
}

/** Tells whether an error is the API's answer with this status: 404, 409, … */
export function hasCode(error: unknown, code: ApiError['code']): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
