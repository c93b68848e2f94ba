/** The client of components that live in the same process as their API server: no cache, no waiting. */
import type { DeleteOptions } from '../registry/deletion.ts';
import type { ClusterClient, Kind, Kinds, New, TypedEvent } from './cluster-client.ts';
import type { ObjectFilter } from './object-filter.ts';
import type { TypedClient } from './typed.ts';

/**
 * Reads the store itself. Writes act before they return: their promises are settled already, and no conflict
 * can come between a read and the write after it.
 */
export class LocalClusterClient implements ClusterClient {
  readonly #client: TypedClient;

  constructor(client: TypedClient) {
    this.#client = client;
  }

  get resourceVersion(): number {
    return this.#client.local.resourceVersion;
  }

  get<K extends Kind>(kind: K, namespace: string, name: string): Kinds[K] | undefined {
    return this.#client.get(kind, namespace, name);
  }

  list<K extends Kind>(kind: K, filter?: ObjectFilter): readonly Kinds[K][] {
    return this.#client.list(kind, filter);
  }

  watch<K extends Kind>(
    kind: K,
    filter: ObjectFilter,
    onEvent: (event: TypedEvent<Kinds[K]>) => void,
  ): () => void {
    return this.#client.watch(kind, filter, onEvent);
  }

  isOpen(namespace: string): boolean {
    return this.#client.isOpen(namespace);
  }

  // An async function runs on its caller's stack up to its first `await`: the write happens there.

  async create<K extends Kind>(kind: K, object: New<Kinds[K]>): Promise<Kinds[K]> {
    return this.#client.create(kind, object);
  }

  async update<K extends Kind>(kind: K, object: New<Kinds[K]>): Promise<Kinds[K]> {
    return this.#client.update(kind, object);
  }

  async updateStatus<K extends Kind>(kind: K, object: New<Kinds[K]>): Promise<Kinds[K]> {
    return this.#client.updateStatus(kind, object);
  }

  async delete(kind: Kind, namespace: string, name: string, options?: DeleteOptions): Promise<void> {
    this.#client.local.delete(kind, namespace, name, options);
  }
}
