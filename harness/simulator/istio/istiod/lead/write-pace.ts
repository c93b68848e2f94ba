/** Limits how often an istiod writes one object. */
import { type Clock, sleep } from '../../../../base/clock.ts';
import { TokenBucket } from '../../../../base/token-bucket.ts';

/** What is written at once before writes wait: more than an installation needs. */
const RATE = { burst: 5, perSecond: 1 };

/** The pace of one object. */
interface Pace {
  readonly bucket: TokenBucket;
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
  readonly #paces = new Map<string, Pace>();

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
    const pace = this.#paces.get(key) ?? { bucket: new TokenBucket(RATE), waiting: undefined };
    this.#paces.set(key, pace);
    if (pace.waiting) {
      pace.waiting = write;
      return;
    }
    const waitMs = pace.bucket.reserve(this.#clock.now());
    if (waitMs === 0) {
      write();
      return;
    }
    pace.waiting = write;
    sleep(this.#clock, waitMs, this.#signal)
      .then(() => {
        const { waiting } = pace;
        pace.waiting = undefined;
        waiting?.();
      })
      .catch(() => {}); // only when istiod ends
  }
}
