/**
 * The resource types that are served at the moment: the built-in ones, and those of
 * CustomResourceDefinitions.
 */
import { apiVersionOf, keyOf, type ResourceKey, type ResourceType } from './resources.ts';

/** The types that the API serves now: the built-in ones, and those of definitions. */
export class ResourceRegistry {
  readonly #byKey = new Map<ResourceKey, ResourceType>();
  readonly #byPath = new Map<string, ResourceType>();
  readonly #byKind = new Map<string, ResourceType>();
  #revision = 0;

  /** The minor version of Kubernetes, 34 for 1.34: kinds and fields that are newer are not there. */
  readonly minor: number;

  constructor(types: readonly ResourceType[], minor: number) {
    this.minor = minor;
    for (const type of types) if ((type.since ?? 0) <= minor) this.add(type);
  }

  /** Grows with every change: for caches of discovery documents. */
  get revision(): number {
    return this.#revision;
  }

  /** Adds or replaces a type. */
  add(type: ResourceType): void {
    this.remove(keyOf(type));
    this.#revision++;
    this.#byKey.set(keyOf(type), type);
    for (const version of type.versions) {
      this.#byPath.set(`${apiVersionOf(type.group, version)}/${type.plural}`, type);
      this.#byKind.set(`${apiVersionOf(type.group, version)}/${type.kind}`, type);
    }
  }

  remove(key: ResourceKey): void {
    const type = this.#byKey.get(key);
    if (!type) return;
    this.#revision++;
    this.#byKey.delete(key);
    for (const version of type.versions) {
      this.#byPath.delete(`${apiVersionOf(type.group, version)}/${type.plural}`);
      this.#byKind.delete(`${apiVersionOf(type.group, version)}/${type.kind}`);
    }
  }

  /**
   * Finds a type.
   * @param key - `pods`, `deployments.apps`
   */
  get(key: ResourceKey): ResourceType | undefined {
    return this.#byKey.get(key);
  }

  /**
   * Finds a type that must be served. @throws Error for a key that is not served: a mistake of the caller's
   */
  require(key: ResourceKey): ResourceType {
    const type = this.#byKey.get(key);
    if (!type) throw new Error(`no resource type "${key}" is served`);
    return type;
  }

  byPath(group: string, version: string, plural: string): ResourceType | undefined {
    return this.#byPath.get(`${apiVersionOf(group, version)}/${plural}`);
  }

  byKind(apiVersion: string, kind: string): ResourceType | undefined {
    return this.#byKind.get(`${apiVersion}/${kind}`);
  }

  /** Lists the types in order of registration, custom resources last. */
  all(): readonly ResourceType[] {
    return [...this.#byKey.values()];
  }

  /** Tells if a group has types that are not custom ones. */
  hasBuiltIn(group: string): boolean {
    for (const type of this.#byKey.values()) if (type.group === group && !type.custom) return true;
    return false;
  }
}
