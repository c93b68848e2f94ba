/** Watches over HTTP: a stream of JSON lines that starts where the client left off. */
import type { Clock } from '../../../base/clock.ts';
import type { Change } from '../registry/change.ts';
import type { KubernetesObject } from '../registry/json.ts';
import { changeSeen } from '../registry/seen-change.ts';
import { expired } from '../registry/status.ts';
import type { Exchange, UpgradeExchange } from './exchange.ts';
import { type LineSink, LineWriter, MessageWriter } from './line-writer.ts';
import { type ListOptions, parseResourceVersion } from './list-options.ts';
import { acceptWebSocket, offered, refuseWebSocket } from './streaming/accept-websocket.ts';
import { transportOf } from './streaming/upgrade.ts';
import { EventEncoder, sharedLine, type WatchedType } from './watch-events.ts';

const BOOKMARK_INTERVAL_MS = 60_000;
/** How long before its end a watch tells where it stands. */
const LAST_BOOKMARK_MS = 2_000;

/** What a watch shows, how, and for how long. */
export interface WatchTarget extends WatchedType {
  readonly options: ListOptions;
  /** The server's end: closes the watch. */
  readonly signal: AbortSignal;
}

/**
 * Serves a watch until the client goes, its time is up, its type or the server ends. Sends its headers at
 * once: clients block on them.
 * @throws ApiError 500 for a resource version that is no number
 */
export function serveWatch(exchange: Exchange, target: WatchTarget): void {
  const asked = parseResourceVersion(target.options.resourceVersion);
  const { response, upgrade } = exchange;
  if (upgrade && transportOf(upgrade) === 'websocket') {
    serveOverWebSocket({ ...exchange, upgrade }, target, asked);
    return;
  }
  response.writeHead(200, {
    'Content-Type': 'application/json',
    'Cache-Control': 'no-cache, private',
  });
  response.flushHeaders();
  new Watch(new LineWriter(response), target, asked).start();
}

/**
 * Serves a watch as messages of text. The client says where it comes from, as a browser does, and gets the
 * one subprotocol that it may name, whichever that is (golang.org/x/net/websocket server.go, hybi.go: Handler,
 * checkOrigin, AcceptHandshake).
 */
function serveOverWebSocket(exchange: UpgradeExchange, target: WatchTarget, asked: number | undefined): void {
  const { request } = exchange;
  const [protocol = '', ...more] = offered(request);
  if ((request.headers.origin ?? '') === '') refuseWebSocket(exchange, 403);
  else if (more.length > 0) refuseWebSocket(exchange, 400);
  else
    acceptWebSocket(exchange, protocol, client => {
      new Watch(new MessageWriter(client), target, asked).start();
    });
}

class Watch {
  readonly #target: WatchTarget;
  /** The version from which on the client asks for changes. */
  readonly #asked: number | undefined;
  readonly #timers: ReturnType<Clock['setTimeout']>[] = [];
  #unsubscribe = () => {};
  readonly #lines: LineSink;
  readonly #encoder: EventEncoder;
  #hasEnded = false;

  constructor(lines: LineSink, target: WatchTarget, asked: number | undefined) {
    this.#lines = lines;
    this.#target = target;
    this.#encoder = new EventEncoder(target);
    this.#asked = asked;
  }

  start(): void {
    const { store, type, signal } = this.#target;
    this.#unsubscribe = store.subscribe(type, this.#onChange, this.#end);
    this.#lines.onGone(this.#end);
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
      if (options.sendInitialEvents && options.allowWatchBookmarks)
        this.#sendBookmark({ 'k8s.io/initial-events-end': 'true' });
      return true;
    }
    const missed = store.changesSince(type, asked);
    if (!missed) {
      const { status } = expired(`too old resource version: ${asked} (${store.resourceVersion})`);
      this.#lines.write(`{"type":"ERROR","object":${JSON.stringify(status)}}\n`);
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
      this.#timers.push(clock.setTimeout(() => this.#sendBookmark(), timeoutMs - LAST_BOOKMARK_MS));
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
        this.#sendBookmark();
        remind();
      }, BOOKMARK_INTERVAL_MS);
    };
    remind();
  }

  readonly #onChange = (change: Change): void => {
    const { type, version, options, representation } = this.#target;
    // Watches start in the future silently (docs/reference/kubernetes.md K4).
    if (this.#hasEnded || (this.#asked !== undefined && change.resourceVersion <= this.#asked)) return;
    const kind = changeSeen(options.filter, change);
    if (!kind) return;
    if (kind === 'DELETED' && change.type !== 'DELETED') {
      // Leaves the selection: gone in its old state, with the version of the change.
      const old = change.previous as KubernetesObject; // there is one: it matched
      this.#writeEvent('DELETED', {
        ...old,
        metadata: { ...old.metadata, resourceVersion: change.object.metadata.resourceVersion ?? '' },
      });
      return;
    }
    if (kind === change.type && representation.kind === 'object')
      this.#lines.write(sharedLine(change, type, version));
    else this.#writeEvent(kind, change.object);
  };

  #writeEvent(kind: string, object: KubernetesObject): void {
    this.#lines.write(this.#encoder.event(kind, object));
  }

  #sendBookmark(annotations?: Record<string, string>): void {
    this.#lines.write(this.#encoder.bookmark(annotations));
  }

  readonly #end = (): void => {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    for (const timer of this.#timers) this.#target.clock.clearTimeout(timer);
    this.#unsubscribe();
    this.#target.signal.removeEventListener('abort', this.#end);
    this.#lines.end();
  };
}
