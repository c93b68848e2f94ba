/** Limits how often an istiod writes one object. */
import { type Clock, sleep } from '../../../../base/clock.ts';

/** What is written at once before writes wait: more than an installation needs. */
const BURST = 5;
const MS_PER_WRITE = 1_000;

interface Bucket {
  tokens: number;
  atMs: number;
  /** What is to be done at the end of the wait; undefined while nothing waits. */
  waiting: (() => void) | undefined;
}

/**
 * Paces the writes of each object: five at once, then one a second. Two istiods that disagree, as the old and
 * the new one do while a Deployment with another root rolls over, write the same object in turn as long as
 * both live. Real ones are held up by the network and by client-go's limit (80 requests a second of
 * pilot-discovery @1.30, kubernetesApiQPS); in a network that takes no time the clock would stand still for
 * ever.
 */
export class WritePace {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #buckets = new Map<string, Bucket>();

  /** @param signal - ends all that waits */
  constructor(clock: Clock, signal: AbortSignal) {
    this.#clock = clock;
    this.#signal = signal;
  }

  /**
   * Calls `write` now, or when the object may be written again; the last of those that wait replaces the
   * others. It must look at what is there then.
   */
  run(key: string, write: () => void): void {
    const bucket = this.#bucketOf(key);
    if (bucket.waiting) {
      bucket.waiting = write;
      return;
    }
    bucket.tokens--;
    if (bucket.tokens >= 0) {
      write();
      return;
    }
    bucket.waiting = write;
    sleep(this.#clock, -bucket.tokens * MS_PER_WRITE, this.#signal)
      .then(() => {
        const { waiting } = bucket;
        bucket.waiting = undefined;
        waiting?.();
      })
      .catch(() => {}); // only when istiod ends
  }

  #bucketOf(key: string): Bucket {
    const now = this.#clock.now();
    const bucket = this.#buckets.get(key) ?? { tokens: BURST, atMs: now, waiting: undefined };
    bucket.tokens = Math.min(BURST, bucket.tokens + (now - bucket.atMs) / MS_PER_WRITE);
    bucket.atMs = now;
    this.#buckets.set(key, bucket);
    return bucket;
  }
}
