/**
 * A local copy of a collection of Kubernetes objects, kept by list and watch as client-go's reflector does.
 */

import { INITIAL_EVENTS_END, type WatchEvent, type WatchOptions } from '../../../../base/api-client.ts';
import { type Clock, sleep } from '../../../../base/clock.ts';
import {
  KubernetesApiError,
  type KubernetesClient,
  type KubernetesObject,
  type ResourcePath,
  type Selectors,
} from '../../../../base/kubernetes-client.ts';
import type { Random } from '../../../../base/random.ts';
import { describeListFailure } from './client-go-errors.ts';
import { keyOf, ObjectCache, type ObjectCacheOptions } from './object-cache.ts';

/** What to watch, and how. */
export interface InformerOptions<T> extends ObjectCacheOptions<T> {
  /** Returns the client. The informer asks anew for each list, so that it uses a renewed token. */
  readonly client: () => KubernetesClient;
  readonly path: ResourcePath;
  /** `Service`; for messages. */
  readonly kind: string;
  readonly selectors?: Selectors;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
  /** Called when a list or watch failed; the message has client-go's words. The informer tries again. */
  readonly onFailure?: (message: string) => void;
  /** Begins when this one has tried: connections after a client's first one resume its TLS session. */
  readonly after?: { readonly tried: Promise<void> };
}

/**
 * k8s.io/client-go tools/cache/reflector.go @v0.19.3: 800 ms, doubled up to 30 s, with jitter; reset by a
 * success here.
 */
const FIRST_BACKOFF_MS = 800;
const MAX_BACKOFF_MS = 30_000;

/** Keeps the copy until its signal aborts, and reports every change of it. */
export class Informer<T> {
  readonly #options: InformerOptions<T>;
  readonly #cache: ObjectCache<T>;
  readonly #synced: Promise<void>;
  readonly #tried: Promise<void>;
  #markSynced: () => void = () => {};
  #markTried: () => void = () => {};
  #hasSynced = false;

  /** Starts at once and ends when the signal aborts. */
  constructor(options: InformerOptions<T>) {
    this.#options = options;
    this.#cache = new ObjectCache(options);
    this.#synced = new Promise(resolve => {
      this.#markSynced = resolve;
    });
    this.#tried = new Promise(resolve => {
      this.#markTried = resolve;
    });
    void this.#run();
  }

  /** Tells whether the first list has arrived, and `onChange` has had its objects. */
  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  /** Never rejects; stays pending if the API server cannot be reached. */
  get synced(): Promise<void> {
    return this.#synced;
  }

  /** Resolves when the first list has been answered or has failed. */
  get tried(): Promise<void> {
    return this.#tried;
  }

  get(key: string): T | undefined {
    return this.#cache.get(key);
  }

  keys(): IterableIterator<string> {
    return this.#cache.keys();
  }

  values(): IterableIterator<T> {
    return this.#cache.values();
  }

  async #run(): Promise<void> {
    const { client, path, kind, clock, random, signal, onFailure, after } = this.#options;
    await after?.tried;
    let backoffMs = FIRST_BACKOFF_MS;
    let resourceVersion: string | undefined;
    while (!signal.aborted) {
      try {
        if (resourceVersion === undefined && !client().streamsLists) resourceVersion = await this.#list();
        const openedAt = clock.now();
        resourceVersion =
          resourceVersion === undefined ? await this.#listByWatch() : await this.#watch(resourceVersion);
        // A watch that the server ends at once must not make this spin.
        if (clock.now() - openedAt > FIRST_BACKOFF_MS) backoffMs = FIRST_BACKOFF_MS;
        if (resourceVersion === undefined || clock.now() - openedAt > FIRST_BACKOFF_MS) continue;
      } catch (error) {
        if (signal.aborted) return;
        // An answer means that this version leads nowhere; a broken connection says nothing about it.
        if (error instanceof KubernetesApiError) resourceVersion = undefined;
        onFailure?.(describeListFailure(kind, path, serverOf(client), error));
        this.#markTried();
      }
      const delayMs = backoffMs * (1 + random.next());
      backoffMs = Math.min(backoffMs * 2, MAX_BACKOFF_MS);
      await sleep(clock, Math.min(delayMs, MAX_BACKOFF_MS), signal).catch(() => {});
    }
  }

  /** Lists, tells what differs from the copy, and returns the version to watch from. */
  async #list(): Promise<string> {
    const { client, path, selectors, signal } = this.#options;
    const { items, resourceVersion } = await client().list(path, selectors, signal);
    this.#take(items);
    return resourceVersion;
  }

  #take(items: readonly KubernetesObject[]): void {
    this.#cache.replace(items);
    if (this.#hasSynced) return;
    this.#hasSynced = true;
    this.#markSynced();
    this.#markTried();
  }

  /**
   * Lists and watches with one request (client-go @v0.36 tools/cache/reflector.go, watchList). A server that
   * does not do so, or not to the end, is asked for a list.
   * @returns as `#watch`
   */
  async #listByWatch(): Promise<string | undefined> {
    const initial: KubernetesObject[] = [];
    let hasBegun = false;
    let version: string | undefined;
    const query = { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' } as const;
    const onEvent = (event: WatchEvent) => {
      if (hasBegun) version = this.#onEvent(event, version);
      else if (event.type === 'ADDED') initial.push(event.object);
      else if (event.object.metadata.annotations?.[INITIAL_EVENTS_END] === 'true') {
        hasBegun = true;
        version = event.object.metadata.resourceVersion;
        this.#take(initial);
      }
    };
    try {
      await this.#open(query, onEvent);
    } catch (error) {
      if (hasBegun || !(error instanceof KubernetesApiError)) throw error;
    }
    return hasBegun || this.#options.signal.aborted ? version : await this.#watch(await this.#list());
  }

  /** @returns the version to go on from; undefined if it is too old and a new list is due */
  async #watch(from: string): Promise<string | undefined> {
    let version: string | undefined = from;
    await this.#open({ resourceVersion: from }, event => {
      version = this.#onEvent(event, version);
    });
    return version;
  }

  #open(query: WatchOptions, onEvent: (event: WatchEvent) => void): Promise<void> {
    const { client, path, selectors, signal } = this.#options;
    return client().watch(path, { ...selectors, ...query, allowWatchBookmarks: true }, onEvent, signal);
  }

  /** @returns the version to go on from, if there still is one */
  #onEvent({ type, object }: WatchEvent, version: string | undefined): string | undefined {
    if (type === 'ERROR') return undefined;
    if (type === 'DELETED') this.#cache.remove(keyOf(object));
    else if (type !== 'BOOKMARK') this.#cache.put(object);
    return version && (object.metadata.resourceVersion ?? version);
  }
}

/** The token file may be gone too: then there is no client to ask. */
function serverOf(client: () => KubernetesClient): string {
  try {
    return client().server;
  } catch {
    return 'https://kubernetes.default.svc';
  }
}
