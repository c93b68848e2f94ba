/**
 * istiod's end of a discovery stream, as far as both dialects agree: which types a proxy watches, what a push
 * sends, and what the proxy answers (pilot/pkg/xds/ads.go @1.8.0, delta.go @1.30.3).
 */
import type { Clock } from '../../../../base/clock.ts';
import type { ErrorDetail, Resource } from './messages.ts';
import { inPushOrder } from './type-urls.ts';
import { type Difference, Watch, type WatchState } from './watch.ts';

/** What a proxy says to a response. */
export interface AdsAnswer {
  readonly typeUrl: string;
  /** Of the response; empty if the proxy names one that this stream never sent. */
  readonly version: string;
  readonly nonce: string;
  /** Why the proxy refuses it; absent if it accepts. */
  readonly error: ErrorDetail | undefined;
}

/** What a stream is made of; one for each connection of a proxy. */
export interface AdsServerOptions<B> {
  /**
   * What there is now for this proxy; no name twice.
   * @param names - those that it subscribes to; names that do not exist are left out of the answer
   */
  readonly resources: (typeUrl: string, names: ReadonlySet<string> | 'all') => readonly Resource<B>[];
  readonly clock: Pick<Clock, 'now'>;
  /** Of the last push: `2020-11-18T10:00:00Z/12`. */
  readonly version: () => string;
  /** Another text at each call. */
  readonly nonce: () => string;
  /** Who answers for a type, in JSON; for most types nobody says it. */
  readonly controlPlane?: (typeUrl: string) => string | undefined;
  /** Told of each response that the proxy accepts or refuses; not of an acceptance that comes too late. */
  readonly onAnswer?: (answer: AdsAnswer) => void;
}

/** The head of a response. */
export interface ResponseHead {
  readonly version: string;
  readonly nonce: string;
  readonly controlPlane?: string;
}

/**
 * One stream. It sends nothing by itself: methods return the messages to send, in order. Responses do not
 * wait for the answer to the one before. Unlike istiod @1.30.3, it never sends EDS again for clusters that
 * warm: the proxies' stand-in keeps the endpoints of a cluster when the cluster changes.
 */
export abstract class AdsServerStream<B, Request, Response> {
  readonly #options: AdsServerOptions<B>;
  readonly #watches = new Map<string, Watch>();

  constructor(options: AdsServerOptions<B>) {
    this.#options = options;
  }

  /** By type URL; a type is missing until the proxy subscribes to it. */
  get watches(): ReadonlyMap<string, WatchState> {
    return this.#watches;
  }

  /**
   * Takes a message of the proxy.
   * @returns an answer if its subscription is new or has changed; none to an ACK or NACK
   */
  abstract receive(request: Request): readonly Response[];

  /** Says what is different since the last response of each type, in the order CDS, EDS, LDS, RDS, others. */
  push(): readonly Response[] {
    const responses: Response[] = [];
    for (const typeUrl of inPushOrder(this.#watches.keys())) {
      const watch = this.#watches.get(typeUrl);
      if (!watch) continue;
      const resources = this.#options.resources(typeUrl, watch.wanted);
      const difference = watch.differenceTo(resources);
      const told = difference && this.pushed(typeUrl, watch, { resources, difference });
      if (told) responses.push(this.#respond(typeUrl, watch, told));
    }
    return responses;
  }

  /**
   * Says what a push of a type tells: the dialect's choice.
   * @returns undefined if there is nothing that the dialect could tell
   */
  protected abstract pushed(
    typeUrl: string,
    watch: Watch,
    now: { readonly resources: readonly Resource<B>[]; readonly difference: Difference<B> },
  ): Difference<B> | undefined;

  /** Writes a response in the dialect. */
  protected abstract responseOf(typeUrl: string, head: ResponseHead, told: Difference<B>): Response;

  protected watchOf(typeUrl: string): Watch | undefined {
    return this.#watches.get(typeUrl);
  }

  /** Begins to watch a type, as if nothing had been said about it before. */
  protected watch(typeUrl: string, names: ReadonlySet<string>, isWildcard: boolean): Watch {
    const watch = new Watch(names, isWildcard);
    this.#watches.set(typeUrl, watch);
    return watch;
  }

  protected unwatch(typeUrl: string): void {
    this.#watches.delete(typeUrl);
  }

  /**
   * Answers a subscription with all that is asked for, whatever the proxy was told before.
   * @param expected - names that count as removed if they do not exist
   */
  protected answer(
    typeUrl: string,
    watch: Watch,
    names: ReadonlySet<string> | 'all',
    expected: Iterable<string>,
  ): Response {
    const resources = this.#options.resources(typeUrl, names);
    const given = new Set(resources.map(({ name }) => name));
    const removed = [...new Set(expected)].filter(name => !given.has(name));
    return this.#respond(typeUrl, watch, { resources, removed });
  }

  /** Notes an ACK of the last response. */
  protected accept(typeUrl: string, watch: Watch): void {
    const { clock, onAnswer } = this.#options;
    if (!watch.accept(clock.now()) || !watch.sent) return;
    const { version, nonce } = watch.sent;
    onAnswer?.({ typeUrl, version, nonce, error: undefined });
  }

  /**
   * Notes a NACK. istiod reports those of older responses too, and takes nothing else out of it, not even a
   * changed subscription (`shouldRespond`, ads.go @1.8.0).
   */
  protected refuse(typeUrl: string, nonce: string, error: ErrorDetail): void {
    const { clock, onAnswer } = this.#options;
    const watch = this.#watches.get(typeUrl);
    watch?.refuse(nonce, error.message, clock.now());
    onAnswer?.({ typeUrl, version: watch?.refused?.version ?? '', nonce, error });
  }

  #respond(typeUrl: string, watch: Watch, told: Difference<B>): Response {
    const { clock } = this.#options;
    const version = this.#options.version();
    const nonce = this.#options.nonce();
    const controlPlane = this.#options.controlPlane?.(typeUrl);
    watch.tell(told, { version, nonce, timeMs: clock.now() });
    const head: ResponseHead = { version, nonce, ...(controlPlane !== undefined && { controlPlane }) };
    return this.responseOf(typeUrl, head, told);
  }
}
