/** Events: what a component wants people to know about an object, counted instead of repeated. */
import type { Clock } from '../../../base/clock.ts';
import { type ObjectReference, type Stored, timestamp } from './kinds.ts';
import type { TypedClient } from './typed.ts';

/** The reference to the object, or to a part of it, that an event is about. */
export function referenceTo(
  object: Stored,
  kind: string,
  apiVersion: string,
  fieldPath?: string,
): ObjectReference {
  const { namespace, name = '', uid = '', resourceVersion } = object.metadata;
  return {
    kind,
    ...(namespace !== undefined && { namespace }),
    name,
    uid,
    apiVersion,
    ...(resourceVersion !== undefined && { resourceVersion }),
    ...(fieldPath !== undefined && { fieldPath }),
  };
}

/**
 * A source may tell so much about one object at once, and one more each five minutes (client-go
 * tools/record/events_cache.go).
 */
const SPAM_BURST = 25;
const SPAM_REFILL_MS = 300_000;

interface Bucket {
  tokens: number;
  refilledAt: number;
}

export class EventRecorder {
  readonly #client: TypedClient;
  readonly #clock: Clock;
  readonly #component: string;
  readonly #host: string | undefined;
  readonly #known = new Map<string, { readonly namespace: string; readonly name: string }>();
  readonly #buckets = new Map<string, Bucket>();

  /** @param host - the node, for a kubelet */
  constructor(client: TypedClient, clock: Clock, component: string, host?: string) {
    this.#client = client;
    this.#clock = clock;
    this.#component = component;
    this.#host = host;
  }

  record(about: ObjectReference, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const namespace = about.namespace ?? 'default';
    // What is said of a namespace's content after its end began has no place to be kept in.
    if (!this.#client.isOpen(namespace) || !this.#take(`${about.kind}/${about.uid}`)) return;
    const now = timestamp(this.#clock.now());
    const key = JSON.stringify([about.uid, about.fieldPath, type, reason, message]);
    const known = this.#known.get(key);
    const existing = known && this.#client.get('events', known.namespace, known.name);
    if (existing) {
      const count = Number((existing as { readonly count?: number }).count ?? 1) + 1;
      this.#client.update('events', { ...existing, count, lastTimestamp: now } as Stored);
      return;
    }
    // Unlike client-go, which appends the time: a list goes by name, and tells what happened in its order.
    const name = `${about.name}.${this.#client.local.resourceVersion.toString(16).padStart(16, '0')}`;
    this.#known.set(key, { namespace, name });
    this.#client.create('events', {
      metadata: { name, namespace },
      involvedObject: about,
      reason,
      message,
      type,
      count: 1,
      firstTimestamp: now,
      lastTimestamp: now,
      eventTime: null,
      source: { component: this.#component, ...(this.#host !== undefined && { host: this.#host }) },
      reportingComponent: this.#component,
      reportingInstance: this.#host ?? '',
    } as Stored);
  }

  #take(key: string): boolean {
    const now = this.#clock.now();
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      bucket = { tokens: SPAM_BURST, refilledAt: now };
      this.#buckets.set(key, bucket);
    }
    const earned = Math.floor((now - bucket.refilledAt) / SPAM_REFILL_MS);
    if (earned > 0) {
      bucket.tokens = Math.min(bucket.tokens + earned, SPAM_BURST);
      bucket.refilledAt += earned * SPAM_REFILL_MS;
    }
    if (bucket.tokens === 0) return false;
    bucket.tokens -= 1;
    return true;
  }
}
