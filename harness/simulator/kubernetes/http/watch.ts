/** Watches over HTTP: a stream of JSON lines that starts where the client left off. */
import type { ServerResponse } from 'node:http';
import type { Clock } from '../../../base/clock.ts';
import type { Change } from '../registry/change.ts';
import type { KubernetesObject } from '../registry/json.ts';
import { apiVersionOf, type ResourceType } from '../registry/resources.ts';
import { matchesFilter } from '../registry/selectors/filter.ts';
import { expired } from '../registry/status.ts';
import type { Store } from '../registry/store.ts';
import { encodeObject } from './encoding.ts';
import { type ListOptions, parseResourceVersion } from './list-options.ts';
import { encodeOne, type Representation } from './representation.ts';
import { renderTable } from './tables/table.ts';

/** A client that takes nothing gets cut off at this much unsent text. */
const MAX_UNSENT_BYTES = 64 * 1024 * 1024;
const BOOKMARK_INTERVAL_MS = 60_000;
/** How long before its end a watch tells where it stands. */
const LAST_BOOKMARK_MS = 2_000;

/** What a watch shows, and how. */
export interface WatchTarget {
  readonly store: Store;
  readonly clock: Clock;
  readonly type: ResourceType;
  readonly version: string;
  readonly options: ListOptions;
  readonly representation: Representation;
  /** The server's end: closes the watch. */
  readonly signal: AbortSignal;
}

/**
 * Lines of events without selectors or special forms, by change: encoded once for all watchers of a version.
 */
const lines = new WeakMap<Change, Map<string, string>>();

function lineOf(change: Change, type: ResourceType, version: string): string {
  let byVersion = lines.get(change);
  if (!byVersion) {
    byVersion = new Map();
    lines.set(change, byVersion);
  }
  let line = byVersion.get(version);
  if (line === undefined) {
    line = `{"type":"${change.type}","object":${encodeObject(type, version, change.object)}}\n`;
    byVersion.set(version, line);
  }
  return line;
}

/**
 * Serves a watch until the client goes, its time is up, its type or the server ends. Sends its headers at
 * once: clients block on them.
 */
export function serveWatch(response: ServerResponse, target: WatchTarget): void {
  const asked = parseResourceVersion(target.options.resourceVersion);
  response.writeHead(200, {
    'Content-Type': 'application/json',
    'Cache-Control': 'no-cache, private',
  });
  response.flushHeaders();
  new Watch(response, target, asked).start();
}

class Watch {
  readonly #response: ServerResponse;
  readonly #target: WatchTarget;
  /** The version from which on the client asks for changes. */
  readonly #asked: number | undefined;
  readonly #timers: ReturnType<Clock['setTimeout']>[] = [];
  #unsubscribe = () => {};
  #unsent = '';
  #isFlushScheduled = false;
  #hasEnded = false;
  #hasSentColumns = false;

  constructor(response: ServerResponse, target: WatchTarget, asked: number | undefined) {
    this.#response = response;
    this.#target = target;
    this.#asked = asked;
  }

  start(): void {
    const { store, type, signal } = this.#target;
    this.#unsubscribe = store.subscribe(type, this.#onChange, this.#end);
    this.#response.on('close', this.#end);
    signal.addEventListener('abort', this.#end, { once: true });
    if (!this.#sendPast()) return;
    this.#limitTime();
    this.#remindOfVersion();
  }

  /** Sends what is stored, or what changed since the version asked for. @returns false if that is too old */
  #sendPast(): boolean {
    const { store, type, options } = this.#target;
    const asked = this.#asked;
    if (asked === undefined || asked === 0 || options.sendInitialEvents) {
      for (const object of store.list(type, options.filter)) this.#writeEvent('ADDED', object);
      if (options.sendInitialEvents) this.#writeBookmark({ 'k8s.io/initial-events-end': 'true' });
      return true;
    }
    const missed = store.changesSince(type, asked);
    if (!missed) {
      const { status } = expired(`too old resource version: ${asked} (${store.resourceVersion})`);
      this.#write(`{"type":"ERROR","object":${JSON.stringify(status)}}\n`);
      this.#end();
      return false;
    }
    for (const change of missed) this.#onChange(change);
    return true;
  }

  #limitTime(): void {
    const { clock, options } = this.#target;
    if (options.timeoutSeconds === undefined || options.timeoutSeconds <= 0) return;
    const timeoutMs = options.timeoutSeconds * 1000;
    if (options.allowWatchBookmarks && timeoutMs > LAST_BOOKMARK_MS) {
      this.#timers.push(clock.setTimeout(() => this.#writeBookmark(), timeoutMs - LAST_BOOKMARK_MS));
    }
    this.#timers.push(clock.setTimeout(this.#end, timeoutMs));
  }

  /**
   * Unlike Kubernetes, periodic bookmarks come on the wall's clock only: on the virtual one every idle minute
   * would be work.
   */
  #remindOfVersion(): void {
    const { clock, options } = this.#target;
    if (!options.allowWatchBookmarks || clock.kind !== 'wall') return;
    const index = this.#timers.length;
    const remind = () => {
      this.#timers[index] = clock.setTimeout(() => {
        if (this.#hasEnded) return;
        this.#writeBookmark();
        remind();
      }, BOOKMARK_INTERVAL_MS);
    };
    remind();
  }

  readonly #onChange = (change: Change): void => {
    const { type, version, options, representation } = this.#target;
    // Watches start in the future silently (docs/reference/kubernetes.md K4).
    if (this.#hasEnded || (this.#asked !== undefined && change.resourceVersion <= this.#asked)) return;
    const before = change.previous !== undefined && matchesFilter(options.filter, type, change.previous);
    const after = change.type !== 'DELETED' && matchesFilter(options.filter, type, change.object);
    if (!before && !after) return;
    if (before && change.type !== 'DELETED' && !after) {
      // Leaves the selection: gone in its old state, with the version of the change.
      const old = change.previous as KubernetesObject; // there is one: it matched
      this.#writeEvent('DELETED', {
        ...old,
        metadata: { ...old.metadata, resourceVersion: change.object.metadata.resourceVersion ?? '' },
      });
      return;
    }
    const kind = change.type === 'DELETED' ? 'DELETED' : before ? 'MODIFIED' : 'ADDED';
    if (kind === change.type && representation.kind === 'object') this.#write(lineOf(change, type, version));
    else this.#writeEvent(kind, change.object);
  };

  #writeEvent(kind: string, object: KubernetesObject): void {
    this.#write(`{"type":"${kind}","object":${this.#encode(object)}}\n`);
  }

  #encode(object: KubernetesObject): string {
    const { type, version, clock, representation } = this.#target;
    if (representation.kind !== 'table') return encodeOne(representation, type, version, object, clock.now());
    const table = renderTable(type, version, [object], clock.now(), {
      metadata: { resourceVersion: object.metadata.resourceVersion ?? '' },
      includeObject: representation.includeObject,
      withColumns: !this.#hasSentColumns,
    });
    this.#hasSentColumns = true;
    return table;
  }

  /** Tells the client up to which version it has seen everything. */
  #writeBookmark(annotations?: Record<string, string>): void {
    const { store, type, version, representation } = this.#target;
    const metadata = { resourceVersion: String(store.resourceVersion), ...(annotations && { annotations }) };
    const isPartial = representation.kind === 'metadata';
    const kind = isPartial ? 'PartialObjectMetadata' : type.kind;
    const apiVersion = isPartial ? 'meta.k8s.io/v1' : apiVersionOf(type.group, version);
    this.#write(`{"type":"BOOKMARK","object":${JSON.stringify({ kind, apiVersion, metadata })}}\n`);
  }

  /** Events of one turn leave in one piece. */
  #write(line: string): void {
    this.#unsent += line;
    if (this.#isFlushScheduled) return;
    this.#isFlushScheduled = true;
    queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    this.#isFlushScheduled = false;
    if (this.#unsent === '' || this.#hasEnded) return;
    const text = this.#unsent;
    this.#unsent = '';
    this.#response.write(text);
    if (this.#response.writableLength > MAX_UNSENT_BYTES) this.#response.destroy();
  }

  readonly #end = (): void => {
    if (this.#hasEnded) return;
    this.#flush();
    this.#hasEnded = true;
    for (const timer of this.#timers) this.#target.clock.clearTimeout(timer);
    this.#unsubscribe();
    this.#target.signal.removeEventListener('abort', this.#end);
    this.#response.end();
  };
}
