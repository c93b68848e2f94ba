/**
 * A rate-limited queue of keys: each key is worked on by one call at a time, and failures come back later and
 * later.
 */
import type { Timer } from '../../../base/clock.ts';
import { TokenBucket } from '../../../base/token-bucket.ts';
import type { ResourceKey } from '../registry/resources.ts';
import { ApiError } from '../registry/status.ts';
import type { Subject } from './defect.ts';
import { RETRY_RATE, retryDelayMs } from './retry-rate.ts';
import { type Component, ComponentStopped } from './supervisor.ts';

/**
 * The number of keys that are worked on at once: kube-controller-manager's --concurrent-…-syncs is 5 for most
 * controllers.
 */
const WORKERS = 5;

/** A key that is worked on so often, with less than `REST_MS` in between each time, is in a loop. */
const MAX_RUNS_WITHOUT_REST = 10_000;
const REST_MS = 100;
/** The number of keys at rest that are kept before a clean-up. */
const REMEMBERED_KEYS = 1_000;

/**
 * A key waits so long before it is worked on, where time goes by as on the wall: whoever creates an object
 * can still update it with the version that the answer had. A real controller hears of objects from an
 * informer; Kubernetes 1.34.3 wrote 13 to 36 ms after the creation of a Deployment or a ReplicaSet.
 */
const BEAT_MS = 50;
/** What calls for a key so soon after the work on it is the work's own echo, which waits for nothing. */
const ECHO_MS = 5;

interface Entry {
  state: 'idle' | 'queued' | 'working' | 'working-again';
  failures: number;
  timer: Timer | undefined;
  timerAt: number;
  /** Since it last rested. */
  runs: number;
  endedAt: number;
}

/** Calls `work` for each key that is added, at most five keys at a time. */
export class WorkQueue {
  readonly #component: Component;
  readonly #work: (key: string) => Promise<void> | void;
  readonly #resource: ResourceKey | undefined;
  readonly #beatMs: number;
  readonly #entries = new Map<string, Entry>();
  readonly #retries = new TokenBucket(RETRY_RATE);
  #ready: string[] = [];
  /** How many keys there are at the next clean-up: twice as many as the last one has left. */
  #cleanUpAt = REMEMBERED_KEYS;
  #busy = 0;
  #isStopped = false;

  /**
   * @param component - catches what goes wrong
   * @param work - brings the object of this key nearer to what it should be; runs as a task of its own. An
   *   ApiError that it throws means "again, later". Anything else is a defect of the simulator: it is
   *   reported, and the key comes again later
   * @param resource - the resource that the keys `namespace/name` name, for reports of defects; absent for
   *   keys of another sort
   * @param beatMs - how long a key waits first on a clock of the wall; 0 for what real ones do within a
   *   millisecond or two: accounts and certificates of namespaces, definitions
   */
  constructor(
    component: Component,
    work: (key: string) => Promise<void> | void,
    resource?: ResourceKey,
    beatMs = BEAT_MS,
  ) {
    this.#component = component;
    this.#work = work;
    this.#resource = resource;
    this.#beatMs = component.clock.kind === 'wall' ? beatMs : 0;
    component.onStop(() => this.stop());
  }

  /** Asks for work on a key soon; many askings before it starts count as one. */
  add(key: string): void {
    if (this.#isStopped) return;
    const entry = this.#entryOf(key);
    if (entry.state === 'working') entry.state = 'working-again';
    if (entry.state !== 'idle') return;
    entry.state = 'queued';
    const isEcho = this.#component.clock.now() - entry.endedAt < ECHO_MS;
    if (this.#beatMs === 0 || isEcho) this.#enqueue(key);
    else this.#component.clock.setTimeout(() => this.#enqueue(key), this.#beatMs);
  }

  #enqueue(key: string): void {
    if (this.#isStopped) return;
    this.#ready.push(key);
    this.#startNext();
  }

  /** Asks for work after `delayMs` milliseconds, unless it is asked for sooner. */
  addAfter(key: string, delayMs: number): void {
    if (this.#isStopped) return;
    const { clock } = this.#component;
    const entry = this.#entryOf(key);
    const at = clock.now() + delayMs;
    if (entry.timer && entry.timerAt <= at) return;
    clock.clearTimeout(entry.timer);
    entry.timerAt = at;
    entry.timer = clock.setTimeout(() => {
      entry.timer = undefined;
      this.add(key);
    }, delayMs);
  }

  /** Ends all work that has not started. */
  stop(): void {
    this.#isStopped = true;
    for (const entry of this.#entries.values()) this.#component.clock.clearTimeout(entry.timer);
    this.#entries.clear();
    this.#ready = [];
  }

  #entryOf(key: string): Entry {
    let entry = this.#entries.get(key);
    if (!entry) {
      if (this.#entries.size >= this.#cleanUpAt) this.#forgetRested();
      entry = {
        state: 'idle',
        failures: 0,
        timer: undefined,
        timerAt: 0,
        runs: 0,
        endedAt: Number.NEGATIVE_INFINITY,
      };
      this.#entries.set(key, entry);
    }
    return entry;
  }

  #forgetRested(): void {
    const now = this.#component.clock.now();
    for (const [key, { state, timer, endedAt, failures }] of this.#entries) {
      if (state === 'idle' && !timer && failures === 0 && now - endedAt >= REST_MS) this.#entries.delete(key);
    }
    this.#cleanUpAt = Math.max(REMEMBERED_KEYS, 2 * this.#entries.size);
  }

  #startNext(): void {
    if (this.#busy >= WORKERS || this.#ready.length === 0) return;
    const key = this.#ready.shift() as string; // there is one
    this.#busy += 1;
    this.#component.soon(this.#subjectOf(key), () => void this.#run(key));
  }

  async #run(key: string): Promise<void> {
    const entry = this.#entries.get(key);
    if (this.#isStopped || !entry) return;
    if (this.#component.clock.now() - entry.endedAt >= REST_MS) entry.runs = 0;
    entry.runs += 1;
    if (entry.runs > MAX_RUNS_WITHOUT_REST) {
      const how = `its work on this object called for more of the same, ${MAX_RUNS_WITHOUT_REST} times without a rest`;
      this.#component.looped([this.#subjectOf(key)], how);
      return;
    }
    entry.state = 'working';
    try {
      await this.#work(key);
      entry.failures = 0;
    } catch (error) {
      this.#retry(key, entry, error);
    }
    this.#busy -= 1;
    if (this.#isStopped) return;
    entry.endedAt = this.#component.clock.now();
    // Read through the map's type: `add` may have changed it meanwhile.
    const again = (entry.state as Entry['state']) === 'working-again';
    entry.state = 'idle';
    if (again) this.add(key);
    this.#startNext();
  }

  #retry(key: string, entry: Entry, error: unknown): void {
    if (this.#isStopped || error instanceof ComponentStopped) return;
    if (!(error instanceof ApiError)) this.#component.failed(this.#subjectOf(key), error);
    const delayMs = Math.max(
      retryDelayMs(entry.failures),
      this.#retries.reserve(this.#component.clock.now()),
    );
    this.addAfter(key, delayMs);
    entry.failures += 1;
  }

  #subjectOf(key: string): Subject {
    const resource = this.#resource;
    return resource === undefined ? { key } : { resource, key };
  }
}
