/** Events: what a component wants people to know about an object, counted instead of repeated. */
import type { Clock } from '../../../base/clock.ts';
import { RecentMap } from '../../../base/recent-map.ts';
import { ApiError } from '../registry/status.ts';
import type { ClusterClient } from './cluster-client.ts';
import type { Subject } from './defect.ts';
import { type ObjectReference, type Stored, timestamp } from './kinds.ts';

/** Returns the reference to the object, or to a part of it, that an event is about. */
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
 * A source may send this many events about one object at once, and one more each five minutes (client-go
 * tools/record/events_cache.go).
 */
const SPAM_BURST = 25;
const SPAM_REFILL_MS = 300_000;
/** So many objects and events are remembered, those that were told of last (maxLruCacheEntries there). */
const REMEMBERED = 4096;

interface Bucket {
  tokens: number;
  refilledAt: number;
}

/** Who tells, and where to. */
export interface EventRecorderOptions {
  readonly client: ClusterClient;
  readonly clock: Clock;
  /** The name that events show as their source: `kubelet`, `deployment-controller`. */
  readonly source: string;
  /** The node, for a kubelet. */
  readonly host?: string;
  /** Called with an event that a defect of the simulator kept from being written. */
  readonly onError: (subject: Subject, error: unknown) => void;
}

/**
 * Records events for one source. Equal ones are counted, and a flood is cut off, as client-go's recorder does
 * (tools/record/events_cache.go). An event that the API refuses is lost, as there (tools/record/event.go).
 */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #known = new RecentMap<string, { readonly namespace: string; readonly name: string }>(REMEMBERED);
  readonly #buckets = new RecentMap<string, Bucket>(REMEMBERED);

  constructor(options: EventRecorderOptions) {
    this.#options = options;
  }

  /** Sends an event about an object, without waiting for the API's answer. */
  record(about: ObjectReference, type: 'Normal' | 'Warning', reason: string, message: string): void {
    // A terminating namespace accepts no new events.
    if (!this.#options.client.isOpen(about.namespace ?? 'default')) return;
    if (!this.#take(`${about.kind}/${about.uid}`)) return;
    this.#write(about, type, reason, message).catch((error: unknown) => {
      if (error instanceof ApiError) return;
      const subject = { key: `an event of ${about.kind} ${about.namespace ?? ''}/${about.name}` };
      this.#options.onError(subject, error);
    });
  }

  /** Counts the event if it is known, and creates it otherwise. */
  async #write(
    about: ObjectReference,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
  ): Promise<void> {
    const { client, clock, source, host } = this.#options;
    const now = timestamp(clock.now());
    const key = JSON.stringify([about.uid, about.fieldPath, type, reason, message]);
    const known = this.#known.get(key);
    const existing = known && client.get('events', known.namespace, known.name);
    if (existing) {
      const count = Number((existing as { readonly count?: number }).count ?? 1) + 1;
      await client.update('events', { ...existing, count, lastTimestamp: now } as Stored);
      return;
    }
    const namespace = about.namespace ?? 'default';
    // Unlike client-go, which appends the time: a list goes by name, and tells what happened in its order.
    const name = `${about.name}.${client.resourceVersion.toString(16).padStart(16, '0')}`;
    this.#known.set(key, { namespace, name });
    await client.create('events', {
      metadata: { name, namespace },
      involvedObject: about,
      reason,
      message,
      type,
      count: 1,
      firstTimestamp: now,
      lastTimestamp: now,
      eventTime: null,
      source: { component: source, ...(host !== undefined && { host }) },
      reportingComponent: source,
      reportingInstance: host ?? '',
    } as Stored);
  }

  #take(key: string): boolean {
    const now = this.#options.clock.now();
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
