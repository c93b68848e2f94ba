/** Changes of every object of every type that is stored, also of custom resources that come later. */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { DEFINITIONS } from '../registry/definitions.ts';
import type { ResourceRegistry } from '../registry/registry.ts';
import { keyOf, type ResourceKey, type ResourceType } from '../registry/resources.ts';
import type { LocalClient } from './local.ts';
import type { LocalEvent } from './local-watch.ts';

/** One change of an object, and which resource it is. */
export interface AnyEvent extends LocalEvent {
  readonly resource: ResourceKey;
}

/** Events come and go in numbers, own nothing and are owned by nothing; the second is a view of the first. */
const LEFT_OUT: ReadonlySet<ResourceKey> = new Set(['events', 'events.events.k8s.io']);

/** Watches every type that is stored, and follows as types come and go. */
export class AllObjects {
  readonly #client: LocalClient;
  readonly #registry: ResourceRegistry;
  readonly #listeners = new Set<(event: AnyEvent) => void>();
  readonly #watched = new Map<ResourceType, () => void>();
  readonly #stopDefinitions: () => void;

  constructor(client: LocalClient, registry: ResourceRegistry) {
    this.#client = client;
    this.#registry = registry;
    this.#watchTypes();
    this.#stopDefinitions = client.watch(DEFINITIONS, {}, () => this.#watchTypes());
  }

  /** Types whose objects are stored. */
  types(): readonly ResourceType[] {
    return this.#registry.all().filter(type => !type.virtual && !LEFT_OUT.has(keyOf(type)));
  }

  /** Calls back for every object that is there, at once, and for all later changes. @returns ends it */
  listen(listener: (event: AnyEvent) => void): () => void {
    this.#listeners.add(listener);
    for (const type of this.types()) {
      const resource = keyOf(type);
      for (const object of this.#client.list(resource)) {
        listener({ type: 'ADDED', resource, object, previous: undefined });
      }
    }
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Finds the type of an owner or target; undefined if it is not served. */
  resourceOf(apiVersion: string, kind: string): ResourceType | undefined {
    return this.#registry.byKind(apiVersion, kind);
  }

  /** Finds a type by its key; undefined if it is not served. */
  typeOf(resource: ResourceKey): ResourceType | undefined {
    return this.#registry.get(resource);
  }

  get(resource: ResourceKey, namespace: string, name: string): KubernetesObject | undefined {
    return this.#registry.get(resource) && this.#client.get(resource, namespace, name);
  }

  stop(): void {
    this.#stopDefinitions();
    for (const stop of this.#watched.values()) stop();
    this.#watched.clear();
    this.#listeners.clear();
  }

  #watchTypes(): void {
    const types = this.types();
    const added = types.filter(type => !this.#watched.has(type));
    // A type is replaced as a whole when its definition changes.
    if (this.#watched.size + added.length > types.length) this.#stopAllBut(new Set(types));
    for (const type of added) this.#watched.set(type, this.#watch(type));
  }

  #stopAllBut(types: ReadonlySet<ResourceType>): void {
    for (const [type, stop] of this.#watched) {
      if (types.has(type)) continue;
      stop();
      this.#watched.delete(type);
    }
  }

  #watch(type: ResourceType): () => void {
    const resource = keyOf(type);
    return this.#client.watch(resource, {}, event => {
      const told = { ...event, resource };
      for (const listener of [...this.#listeners]) listener(told);
    });
  }
}
