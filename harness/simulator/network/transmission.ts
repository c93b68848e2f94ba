/** One direction of a TCP connection: segments on their way, sent again when they are lost. */
import type { WorldClock } from './world-clock.ts';

/** A segment under way: data, the end of the data, or a reset. */
export type Segment = Buffer | readonly Buffer[] | 'fin' | 'rst';

/** The effect of the way between two ends on a segment: a delay in milliseconds, or `drop`. */
export interface Path {
  readonly verdict: () => number | 'drop';
}

/** Who sends, as the segments see it. */
interface NearEnd {
  /** It is closed: nobody retransmits the rest. */
  readonly destroyed: boolean;
  /** Nothing gets through any more. */
  giveUp(): void;
}

/** Whom the segments are for. */
interface FarEnd {
  receive(segment: Segment): void;
}

/**
 * Linux sends a lost segment again after 200 ms, doubles that up to 120 s, and gives up after 15 times
 * (tcp_retries2).
 */
const FIRST_RETRANSMISSION_MS = 200;
const MAX_RETRANSMISSION_MS = 120_000;
const RETRANSMISSIONS = 15;

/**
 * Segments travel one at a time and in order, each with one `setImmediate`: a turn of the event loop lies
 * between a write and its arrival. So a busy connection starves neither the pump of the clock nor signals,
 * and arrivals are in the order of the writes all over the world.
 */
export class Transmission {
  readonly #clock: WorldClock;
  readonly #path: Path;
  readonly #near: NearEnd;
  readonly #far: FarEnd;
  readonly #outbox: Segment[] = [];
  #travelling = false;
  #finSent = false;
  #resetSent = false;
  #isOver = false;

  constructor(clock: WorldClock, path: Path, near: NearEnd, far: FarEnd) {
    this.#clock = clock;
    this.#path = path;
    this.#near = near;
    this.#far = far;
  }

  send(segment: Segment): void {
    this.#outbox.push(segment);
    if (!this.#travelling) this.#travel(0);
  }

  /** Sends a FIN: there is no more data. */
  finish(): void {
    if (this.#finSent) return;
    this.#finSent = true;
    this.send('fin');
  }

  /** Sends a reset, once and to a connection that still stands. */
  reset(): void {
    if (this.#isOver || this.#resetSent) return;
    this.#resetSent = true;
    this.send('rst');
  }

  /**
   * Closes as Linux does (tcp_close): data that nobody read makes it a reset; else it is a FIN, also when the
   * program gave up with an error of its own.
   */
  close(hasUnread: boolean): void {
    if (this.#isOver || this.#resetSent) return;
    if (hasUnread) this.reset();
    else this.finish();
  }

  /** Takes back what has not arrived. */
  clear(): void {
    this.#outbox.length = 0;
  }

  /** Ends a connection that no longer exists: closing it sends nothing. */
  abandon(): void {
    this.clear();
    this.#isOver = true;
  }

  #travel(attempt: number): void {
    this.#travelling = true;
    const verdict = this.#path.verdict();
    if (verdict === 0) {
      setImmediate(this.#arrive);
    } else if (verdict !== 'drop') {
      this.#clock.setTimeout(this.#arrive, verdict);
    } else if (this.#outbox[0] === 'rst' || this.#near.destroyed) {
      // A reset is never sent again; and the rest of what a closed end sent need not arrive (orphans live for
      // a minute at most).
      this.clear();
      this.#travelling = false;
    } else if (attempt >= RETRANSMISSIONS) {
      this.abandon();
      this.#travelling = false;
      this.#near.giveUp();
    } else {
      const delay = Math.min(FIRST_RETRANSMISSION_MS * 2 ** attempt, MAX_RETRANSMISSION_MS);
      this.#clock.setTimeout(() => this.#travel(attempt + 1), delay);
    }
  }

  readonly #arrive = (): void => {
    this.#clock.bump?.();
    const segment = this.#outbox.shift();
    if (segment !== undefined) this.#far.receive(segment);
    if (this.#outbox.length > 0) this.#travel(0);
    else this.#travelling = false;
  };
}
