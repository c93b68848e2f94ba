/** A rate-limited queue of keys: each key is worked on by one call at a time, and failures come back later and later. */
import type { Clock, Timer } from '../../../base/clock.ts';
import { ApiError } from '../api/status.ts';

/** client-go's default for controllers: 5 ms, doubling, up to 1000 s (kubernetes/client-go util/workqueue/default_rate_limiters.go). */
const BASE_DELAY_MS = 5;
const MAX_DELAY_MS = 1_000_000;

/** How long the n-th failure in a row keeps a key back; the first is n = 0. */
export function retryDelayMs(failures: number): number {
  return Math.min(BASE_DELAY_MS * 2 ** failures, MAX_DELAY_MS);
}

interface Entry {
  state: 'idle' | 'queued' | 'working' | 'working-again';
  failures: number;
  timer: Timer | undefined;
  timerAt: number;
}

export class WorkQueue {
  readonly #clock: Clock;
  readonly #work: (key: string) => Promise<void> | void;
  readonly #entries = new Map<string, Entry>();
  #stopped = false;

  /**
   * @param work - brings the object of this key nearer to what it should be. An ApiError that it throws means "again, later";
   *   anything else is a defect of ours, which ends the process rather than being tried again for ever
   */
  constructor(clock: Clock, work: (key: string) => Promise<void> | void) {
    this.#clock = clock;
    this.#work = work;
  }

  /** Asks for work on a key soon; many askings before it starts count as one. */
  add(key: string): void {
    if (this.#stopped) return;
    const entry = this.#entryOf(key);
    if (entry.state === 'working') entry.state = 'working-again';
    if (entry.state !== 'idle') return;
    entry.state = 'queued';
    queueMicrotask(() => void this.#run(key, entry));
  }

  /** Asks for work after a while, unless it is asked for sooner. */
  addAfter(key: string, delayMs: number): void {
    if (this.#stopped) return;
    const entry = this.#entryOf(key);
    const at = this.#clock.now() + delayMs;
    if (entry.timer && entry.timerAt <= at) return;
    this.#clock.clearTimeout(entry.timer);
    entry.timerAt = at;
    entry.timer = this.#clock.setTimeout(() => {
      entry.timer = undefined;
      this.add(key);
    }, delayMs);
  }

  stop(): void {
    this.#stopped = true;
    for (const entry of this.#entries.values()) this.#clock.clearTimeout(entry.timer);
    this.#entries.clear();
  }

  #entryOf(key: string): Entry {
    let entry = this.#entries.get(key);
    if (!entry) {
      entry = { state: 'idle', failures: 0, timer: undefined, timerAt: 0 };
      this.#entries.set(key, entry);
    }
    return entry;
  }

  async #run(key: string, entry: Entry): Promise<void> {
    if (this.#stopped) return;
    entry.state = 'working';
    try {
      await this.#work(key);
      entry.failures = 0;
    } catch (error) {
      if (this.#stopped) return;
      if (!(error instanceof ApiError)) throw error;
      this.addAfter(key, retryDelayMs(entry.failures));
      entry.failures += 1;
    }
    // Read through the map's type: `add` may have changed it meanwhile.
    const again = (entry.state as Entry['state']) === 'working-again';
    entry.state = 'idle';
    if (again) this.add(key);
    else if (!entry.timer) this.#entries.delete(key);
  }
}
