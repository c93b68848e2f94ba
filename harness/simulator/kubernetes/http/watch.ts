/** Watches over HTTP: a stream of JSON lines that starts where the client left off. */
import type { ServerResponse } from 'node:http';
import type { Clock } from '../../../base/clock.ts';
import type { KubernetesObject } from '../registry/json.ts';
import { apiVersionOf, type ResourceType } from '../registry/resources.ts';
import { matchesFilter } from '../registry/selectors/filter.ts';
import { expired, type Status } from '../registry/status.ts';
import type { Change, Store } from '../registry/store.ts';
import { encodeObject } from './encoding.ts';
import { type ListOptions, parseResourceVersion } from './list-options.ts';
import { encodeOne, type Representation } from './representation.ts';
import { renderTable } from './tables/table.ts';

/** A client that takes nothing gets cut off at this much unsent text. */
const MAX_UNSENT_BYTES = 64 * 1024 * 1024;
const BOOKMARK_INTERVAL_MS = 60_000;
/** How long before its end a watch tells where it stands. */
const LAST_BOOKMARK_MS = 2_000;

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
  const { store, clock, type, version, options, representation, signal } = target;
  const { filter } = options;
  const asked = parseResourceVersion(options.resourceVersion);
  response.writeHead(200, {
    'Content-Type': 'application/json',
    'Cache-Control': 'no-cache, private',
  });
  response.flushHeaders();

  let unsent = '';
  let scheduled = false;
  let ended = false;
  let sentColumns = false;
  const flush = () => {
    scheduled = false;
    if (unsent === '' || ended) return;
    const text = unsent;
    unsent = '';
    response.write(text);
    if (response.writableLength > MAX_UNSENT_BYTES) response.destroy();
  };
  // Events of one turn leave in one piece.
  const write = (line: string) => {
    unsent += line;
    if (scheduled) return;
    scheduled = true;
    queueMicrotask(flush);
  };
  const encode = (object: KubernetesObject): string => {
    if (representation.kind !== 'table') return encodeOne(representation, type, version, object, clock.now());
    const table = renderTable(type, version, [object], clock.now(), {
      metadata: { resourceVersion: object.metadata.resourceVersion ?? '' },
      includeObject: representation.includeObject,
      withColumns: !sentColumns,
    });
    sentColumns = true;
    return table;
  };
  const writeEvent = (kind: string, object: KubernetesObject) =>
    write(`{"type":"${kind}","object":${encode(object)}}\n`);
  const writeBookmark = (annotations?: Record<string, string>) => {
    const metadata = { resourceVersion: String(store.resourceVersion), ...(annotations && { annotations }) };
    const kind = representation.kind === 'metadata' ? 'PartialObjectMetadata' : type.kind;
    const apiVersion =
      representation.kind === 'metadata' ? 'meta.k8s.io/v1' : apiVersionOf(type.group, version);
    write(`{"type":"BOOKMARK","object":${JSON.stringify({ kind, apiVersion, metadata })}}\n`);
  };
  const end = () => {
    if (ended) return;
    flush();
    ended = true;
    for (const timer of timers) clock.clearTimeout(timer);
    unsubscribe();
    signal.removeEventListener('abort', end);
    response.end();
  };
  const onChange = (change: Change) => {
    // Watches start in the future silently (docs/reference/kubernetes.md K4).
    if (ended || (asked !== undefined && change.resourceVersion <= asked)) return;
    const before = change.previous !== undefined && matchesFilter(filter, type, change.previous);
    const after = change.type !== 'DELETED' && matchesFilter(filter, type, change.object);
    if (!before && !after) return;
    if (before && change.type !== 'DELETED' && !after) {
      // Leaves the selection: gone in its old state, with the version of the change.
      const old = change.previous as KubernetesObject; // there is one: it matched
      writeEvent('DELETED', {
        ...old,
        metadata: { ...old.metadata, resourceVersion: change.object.metadata.resourceVersion ?? '' },
      });
      return;
    }
    const kind = change.type === 'DELETED' ? 'DELETED' : before ? 'MODIFIED' : 'ADDED';
    if (kind === change.type && representation.kind === 'object') write(lineOf(change, type, version));
    else writeEvent(kind, change.object);
  };

  const unsubscribe = store.subscribe(type, onChange, end);
  const timers: ReturnType<Clock['setTimeout']>[] = [];
  response.on('close', end);
  signal.addEventListener('abort', end, { once: true });

  const fromStart = asked === undefined || asked === 0;
  if (fromStart || options.sendInitialEvents) {
    for (const object of store.list(type, filter)) writeEvent('ADDED', object);
    if (options.sendInitialEvents) writeBookmark({ 'k8s.io/initial-events-end': 'true' });
  } else {
    const missed = store.changesSince(type, asked);
    if (!missed) {
      writeError(expired(`too old resource version: ${asked} (${store.resourceVersion})`).status);
      end();
      return;
    }
    for (const change of missed) onChange(change);
  }
  if (options.timeoutSeconds !== undefined && options.timeoutSeconds > 0) {
    const timeoutMs = options.timeoutSeconds * 1000;
    if (options.allowWatchBookmarks && timeoutMs > LAST_BOOKMARK_MS) {
      timers.push(clock.setTimeout(() => writeBookmark(), timeoutMs - LAST_BOOKMARK_MS));
    }
    timers.push(clock.setTimeout(end, timeoutMs));
  }
  // Unlike Kubernetes, periodic bookmarks come on the wall's clock only: on the virtual one every idle minute
  // would be work.
  if (options.allowWatchBookmarks && clock.kind === 'wall') {
    const remind = (index: number) => {
      timers[index] = clock.setTimeout(() => {
        if (ended) return;
        writeBookmark();
        remind(index);
      }, BOOKMARK_INTERVAL_MS);
    };
    remind(timers.length);
  }

  function writeError(status: Status): void {
    write(`{"type":"ERROR","object":${JSON.stringify(status)}}\n`);
  }
}
