/**
 * What a proxy knows about one type, over all its streams: what it subscribes to and which versions it runs
 * (source/common/config/grpc_mux_impl.h @v1.16.0, source/extensions/config_subscription/grpc/
 * delta_subscription_state.h @v1.33.0).
 */
import type { Resource } from './messages.ts';

/** A resource that another one needs: the EDS of a cluster, the routes of a listener. */
export interface Reference {
  readonly typeUrl: string;
  readonly name: string;
}

/** What a response changes. */
export interface AdsUpdate<B> {
  /** Of the response: `version_info` or `system_version_info`. */
  readonly version: string;
  /** New or different, or the same again. */
  readonly resources: readonly Resource<B>[];
  /**
   * Names of what is gone. Of a type that is subscribed to by name: what does not exist, whether the proxy
   * had it or not.
   */
  readonly removed: readonly string[];
}

/** What pages and metrics show of a type. */
export interface SubscriptionState {
  readonly names: ReadonlySet<string> | 'all';
  /** Of the last response that the proxy accepted; empty until there is one. */
  readonly version: string;
  /** What it runs: name → version; in the state of the world, the version of the response. */
  readonly versions: ReadonlyMap<string, string>;
}

/** The memory of one type. */
export class Subscription implements SubscriptionState {
  readonly typeUrl: string;
  names: ReadonlySet<string> | 'all';
  version = '';
  /** Of the last response on this stream. */
  nonce = '';
  readonly #versions = new Map<string, string>();
  /** By the name of the resource that needs them; without those that need nothing. */
  readonly #references = new Map<string, readonly Reference[]>();

  constructor(typeUrl: string, names: ReadonlySet<string> | 'all') {
    this.typeUrl = typeUrl;
    this.names = names;
  }

  get versions(): ReadonlyMap<string, string> {
    return this.#versions;
  }

  /** What the resources need that the proxy runs. */
  get references(): readonly Reference[] {
    return [...this.#references.values()].flat();
  }

  /** False: a new stream begins without a request of this type, and what still comes is not looked at. */
  get isActive(): boolean {
    return this.names === 'all' || this.names.size > 0;
  }

  wants(name: string): boolean {
    return this.names === 'all' || this.names.has(name);
  }

  /**
   * Takes what was accepted.
   * @param referencesOf - what a resource needs
   * @returns whether that is something else than before
   */
  take<B>(update: AdsUpdate<B>, referencesOf: (resource: Resource<B>) => readonly Reference[]): boolean {
    this.version = update.version;
    let hasChanged = false;
    for (const resource of update.resources) {
      this.#versions.set(resource.name, resource.version || update.version);
      const references = referencesOf(resource);
      if (!areEqual(references, this.#references.get(resource.name) ?? [])) hasChanged = true;
      if (references.length > 0) this.#references.set(resource.name, references);
      else this.#references.delete(resource.name);
    }
    for (const name of update.removed) {
      this.#versions.delete(name);
      if (this.#references.delete(name)) hasChanged = true;
    }
    return hasChanged;
  }

  /** Takes other names, and forgets what is not wanted any more. */
  want(names: ReadonlySet<string>): void {
    this.names = names;
    for (const name of this.#versions.keys()) {
      if (names.has(name)) continue;
      this.#versions.delete(name);
      this.#references.delete(name);
    }
  }
}

const areEqual = (some: readonly Reference[], others: readonly Reference[]): boolean =>
  some.length === others.length &&
  some.every(({ typeUrl, name }, at) => others[at]?.typeUrl === typeUrl && others[at]?.name === name);
