/**
 * A proxy's end of discovery, as far as both dialects agree: what it subscribes to, how it answers, what it
 * remembers when the stream breaks. It follows Envoy, source/common/config/grpc_mux_impl.cc @v1.16.0 and
 * source/extensions/config_subscription/grpc/new_grpc_mux_impl.cc @v1.33.0.
 */
import type { XdsNode } from '../node.ts';
import type { ErrorDetail, Resource } from './messages.ts';
import { type AdsUpdate, type Reference, Subscription, type SubscriptionState } from './subscription.ts';
import { isWildcardType, TYPE_URLS } from './type-urls.ts';

/** What a proxy does with what it is told. */
export interface AdsClientOptions<B> {
  readonly node: XdsNode;
  /**
   * Uses an update, all of it or nothing.
   * @returns why it is refused, or undefined if it is accepted
   */
  readonly apply: (typeUrl: string, update: AdsUpdate<B>) => string | undefined;
  /** What an accepted resource needs: the proxy subscribes to it by name as long as it runs the resource. */
  readonly references: (typeUrl: string, resource: Resource<B>) => readonly Reference[];
  /** Told of names that the proxy no longer subscribes to: what it had of them is gone, without an update. */
  readonly onDropped?: (typeUrl: string, names: readonly string[]) => void;
  /** Types that it subscribes to as a whole, from the beginning; without it CDS and LDS. */
  readonly roots?: readonly string[];
}

/** How the names of a subscription change. */
export interface NamesChange {
  readonly added: readonly string[];
  readonly dropped: readonly string[];
}

/** gRPC's `INTERNAL`, which Envoy puts into every refusal. */
const INTERNAL = 13;

/**
 * One proxy over all its streams. It sends nothing by itself: methods return the messages to send, in order.
 * Unlike Envoy, it asks for listeners at once and not after the first clusters have warmed.
 */
export abstract class AdsClientStream<B, Request, Response extends { typeUrl: string; nonce: string }> {
  readonly #options: AdsClientOptions<B>;
  /** In the order of their first subscription, as Envoy sends them again. */
  readonly #subscriptions = new Map<string, Subscription>();

  /** @throws Error if a root has no wildcard */
  constructor(options: AdsClientOptions<B>) {
    this.#options = options;
    for (const typeUrl of options.roots ?? [TYPE_URLS.cds, TYPE_URLS.lds]) {
      if (!isWildcardType(typeUrl)) throw new Error(`${typeUrl} is subscribed to by name`);
      this.#subscriptions.set(typeUrl, new Subscription(typeUrl, 'all'));
    }
  }

  /** By type URL. */
  get subscriptions(): ReadonlyMap<string, SubscriptionState> {
    return this.#subscriptions;
  }

  /**
   * Begins a stream: the first, or another after it broke.
   * @returns a request for each subscription, with what the proxy still runs; the node is in the first
   */
  open(): readonly Request[] {
    for (const subscription of this.#subscriptions.values()) subscription.nonce = '';
    const active = [...this.#subscriptions.values()].filter(({ isActive }) => isActive);
    return active.map((subscription, at) =>
      this.opening(subscription, at === 0 ? this.#options.node : undefined),
    );
  }

  /**
   * Takes a response.
   * @returns requests for what the new resources need, then the answer; nothing for an unknown type
   */
  receive(response: Response): readonly Request[] {
    const { apply, references } = this.#options;
    const { typeUrl, nonce } = response;
    const subscription = this.#subscriptions.get(typeUrl);
    if (!subscription) return [];
    subscription.nonce = nonce;
    if (!subscription.isActive) return [this.answer(subscription, undefined)]; // it came too late
    const update = this.updateOf(subscription, response);
    const fault = apply(typeUrl, update);
    if (fault !== undefined) return [this.answer(subscription, { code: INTERNAL, message: fault })];
    const hasChanged = subscription.take(update, resource => references(typeUrl, resource));
    return [...(hasChanged ? this.#resubscribe() : []), this.answer(subscription, undefined)];
  }

  /** The request that begins a stream for a type, with what the proxy still runs of it. */
  protected abstract opening(subscription: Subscription, node: XdsNode | undefined): Request;

  /** The request that changes names, which may be the type's first; they are changed already. */
  protected abstract change(subscription: Subscription, change: NamesChange): Request;

  /** An ACK or NACK of the response with the subscription's nonce. */
  protected abstract answer(subscription: Subscription, errorDetail: ErrorDetail | undefined): Request;

  /** Reads a response, without what was not asked for. */
  protected abstract updateOf(subscription: Subscription, response: Response): AdsUpdate<B>;

  /** Subscribes to what the accepted resources need, and to nothing else. */
  #resubscribe(): readonly Request[] {
    const wanted = new Map<string, Set<string>>();
    for (const { references } of this.#subscriptions.values()) {
      for (const { typeUrl, name } of references)
        wanted.set(typeUrl, (wanted.get(typeUrl) ?? new Set()).add(name));
    }
    const typeUrls = new Set([...this.#subscriptions.keys(), ...wanted.keys()]);
    return [...typeUrls].flatMap(typeUrl => this.#wantNames(typeUrl, wanted.get(typeUrl) ?? new Set()));
  }

  #wantNames(typeUrl: string, names: ReadonlySet<string>): readonly Request[] {
    const subscription = this.#subscriptions.get(typeUrl) ?? new Subscription(typeUrl, new Set());
    const before = subscription.names;
    if (before === 'all') return [];
    const added = [...names].filter(name => !before.has(name));
    const dropped = [...before].filter(name => !names.has(name));
    if (added.length === 0 && dropped.length === 0) return [];
    this.#subscriptions.set(typeUrl, subscription);
    subscription.want(names);
    if (dropped.length > 0) this.#options.onDropped?.(typeUrl, dropped);
    return [this.change(subscription, { added, dropped })];
  }
}
