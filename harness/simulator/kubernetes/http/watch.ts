/** Watches over HTTP: a stream of JSON lines that starts where the client left off. */

import type { Clock } from '../../../base/clock.ts';
import type { Change } from '../registry/change.ts';
import { convert } from '../registry/conversion.ts';
import type { KubernetesObject } from '../registry/json.ts';
import { changeSeen } from '../registry/seen-change.ts';
import { ApiError, expired } from '../registry/status.ts';
import { sendHead } from './answer-head.ts';
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
  /** Has objects converted by a webhook before they are shown; absent where none is asked. */
  readonly prepare?: (objects: readonly KubernetesObject[]) => Promise<void> | undefined;
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
  sendHead(exchange, 200, {
    'Content-Type': 'application/json',
    'Cache-Control': 'no-cache, private',
  });
  response.flushHeaders();
  new Watch(new LineWriter(response), target, asked).start();
}

/**
 * Serves a watch as messages of text. The client says where it comes from, as a browser does, and gets the
 * one subprotocol that it may name, whichever that is (golang.org/x/net/websocket server.go, hybi.go:
 * Handler,
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
  /** The version at which it began to send. */
  #begunAt = 0;
  #turn: Promise<void> = Promise.resolve();

  constructor(lines: LineSink, target: WatchTarget, asked: number | undefined) {
    this.#lines = lines;
    this.#target = target;
    this.#encoder = new EventEncoder(target);
    this.#asked = asked;
  }

  start(): void {
    const { store, type, signal, prepare } = this.#target;
    const onChange = prepare ? this.#onceConverted(prepare) : this.#onChange;
    this.#unsubscribe = store.subscribe(type, onChange, this.#end);
    this.#lines.onGone(this.#end);
    signal.addEventListener('abort', this.#end, { once: true });
    if (prepare) this.#later(() => this.#preparePast(prepare), this.#begin);
    else this.#begin();
  }

  readonly #begin = (): void => {
    this.#begunAt = this.#target.store.resourceVersion;
    if (!this.#sendPast()) return;
    this.#limitTime();
    this.#remindOfVersion();
  };

  /** Has all converted that the watch begins with, and what is written meanwhile. */
  async #preparePast(prepare: NonNullable<WatchTarget['prepare']>): Promise<void> {
    const { store, type } = this.#target;
    let seen = -1;
    while (seen !== store.resourceVersion) {
      seen = store.resourceVersion;
      const missed = this.#asked === undefined ? [] : (store.changesSince(type, this.#asked) ?? []);
      const changed = missed.flatMap(({ object, previous }) => (previous ? [previous, object] : [object]));
      await prepare([...store.list(type), ...changed]);
    }
  }

  /** Makes what takes changes one after another, each when its objects have been converted. */
  #onceConverted(prepare: NonNullable<WatchTarget['prepare']>): (change: Change) => void {
    return change => {
      const { object, previous } = change;
      const run = () => {
        // What was written before the beginning has been sent with it.
        if (change.resourceVersion > this.#begunAt) this.#onChange(change);
      };
      this.#later(() => prepare(previous ? [previous, object] : [object]), run);
    };
  }

  /** Does things in the order in which they are asked for; what fails ends the watch with the reason. */
  #later(task: () => Promise<void> | undefined, then: () => void): void {
    this.#turn = this.#turn.then(task).then(then, (error: unknown) => {
      if (this.#hasEnded) return;
      if (!(error instanceof ApiError)) throw error;
      this.#lines.write(`{"type":"ERROR","object":${JSON.stringify(error.status)}}\n`);
      this.#end();
    });
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
      const old = convert(type, version, change.previous as KubernetesObject); // there is one: it matched
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
