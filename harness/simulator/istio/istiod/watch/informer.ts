/**
 * A local copy of a collection of Kubernetes objects, kept by list and watch as client-go's reflector does.
 */
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

/** What to watch, what to keep of it, and whom to tell. */
export interface InformerOptions<T> {
  /** Asked anew for each list, so that a renewed token is used. */
  readonly client: () => KubernetesClient;
  readonly path: ResourcePath;
  /** `Service`; for messages. */
  readonly kind: string;
  readonly selectors?: Selectors;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
  /** What is kept of an object: as little as possible, for there are many. `undefined` drops it. */
  readonly keep: (object: KubernetesObject) => T | undefined;
  /** Called for each object that appears, changes (as kept) or goes (`now` undefined). */
  readonly onChange: (key: string, now: T | undefined, before: T | undefined) => void;
  /** A list or watch failed, told in client-go's words; it is tried again. */
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

/**
 * The part of a path that names an object within an informer: `sample/helloworld`, or `istio-system` for what
 * has no namespace.
 */
export const keyOf = ({ metadata }: KubernetesObject): string =>
  metadata.namespace === undefined ? (metadata.name ?? '') : `${metadata.namespace}/${metadata.name}`;

/** Keeps the copy until its signal aborts, and tells of every change of what it keeps. */
export class Informer<T> {
  readonly #options: InformerOptions<T>;
  readonly #items = new Map<string, { readonly version: string; readonly value: T }>();
  readonly #synced: Promise<void>;
  readonly #tried: Promise<void>;
  #markSynced: () => void = () => {};
  #markTried: () => void = () => {};
  #hasSynced = false;

  /** Starts at once and ends when the signal aborts. */
  constructor(options: InformerOptions<T>) {
    this.#options = options;
    this.#synced = new Promise(resolve => {
      this.#markSynced = resolve;
    });
    this.#tried = new Promise(resolve => {
      this.#markTried = resolve;
    });
    void this.#run();
  }

  /** Whether the first list has arrived and its changes were told. */
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
    return this.#items.get(key)?.value;
  }

  keys(): IterableIterator<string> {
    return this.#items.keys();
  }

  *values(): IterableIterator<T> {
    for (const { value } of this.#items.values()) yield value;
  }

  async #run(): Promise<void> {
    const { client, path, kind, clock, random, signal, onFailure, after } = this.#options;
    await after?.tried;
    let backoffMs = FIRST_BACKOFF_MS;
    let resourceVersion: string | undefined;
    while (!signal.aborted) {
      try {
        resourceVersion ??= await this.#list();
        const openedAt = clock.now();
        resourceVersion = await this.#watch(resourceVersion);
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
    const present = new Set<string>();
    for (const object of items) {
      present.add(keyOf(object));
      this.#put(object);
    }
    for (const key of [...this.#items.keys()]) if (!present.has(key)) this.#remove(key);
    if (!this.#hasSynced) {
      this.#hasSynced = true;
      this.#markSynced();
      this.#markTried();
    }
    return resourceVersion;
  }

  /** @returns the version to go on from; undefined if it is too old and a new list is due */
  async #watch(from: string): Promise<string | undefined> {
    const { client, path, selectors, signal } = this.#options;
    let version: string | undefined = from;
    await client().watch(
      path,
      { ...selectors, resourceVersion: from, allowWatchBookmarks: true },
      event => {
        if (event.type === 'ERROR') {
          version = undefined;
          return;
        }
        if (version !== undefined) version = event.object.metadata.resourceVersion ?? version;
        if (event.type === 'DELETED') this.#remove(keyOf(event.object));
        else if (event.type !== 'BOOKMARK') this.#put(event.object);
      },
      signal,
    );
    return version;
  }

  #put(object: KubernetesObject): void {
    const { keep, onChange } = this.#options;
    const key = keyOf(object);
    const version = object.metadata.resourceVersion ?? '';
    const before = this.#items.get(key);
    if (before?.version === version && version !== '') return;
    const value = keep(object);
    if (value === undefined) {
      this.#remove(key);
      return;
    }
    this.#items.set(key, { version, value });
    onChange(key, value, before?.value);
  }

  #remove(key: string): void {
    const before = this.#items.get(key);
    if (!before) return;
    this.#items.delete(key);
    this.#options.onChange(key, undefined, before.value);
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
