/**
 * The clock of a simulated world: it stands still while something happens and jumps to the next timer when
 * nothing does.
 */
import { type Clock, systemClock, type Timer } from '../../base/clock.ts';
import { type QueuedTimer, TimerQueue } from './timer-queue.ts';

/**
 * So many turns of the event loop in a row must pass without a sign of activity before the clock jumps.
 * Requests, watches and exec of client-node over TLS never needed more than one (docs/architecture.md, time);
 * the rest is margin.
 */
const QUIET_TURNS = 4;

/**
 * A clock that a pump moves. Whatever happens in the world (a socket written to, ended, destroyed; a timer
 * set or fired) calls `bump`. The pump looks on once in each turn of the event loop; after four turns without
 * a bump it moves the time to the earliest timer and fires what is due then, in the order in which it was
 * set. So nothing depends on the speed of the machine, provided that nothing which is awaited leaves the
 * event loop.
 */
export class VirtualClock implements Clock {
  /** `wall` for one that is to follow the wall later: then those who ask do all along as they do there. */
  readonly kind: Clock['kind'];
  /**
   * Called when the world is quiet and no timer is pending, so that nothing awaited can ever come. The pump
   * rests until the next bump.
   */
  onStall: (() => void) | undefined;
  readonly #timers = new TimerQueue();
  #now: number;
  #sequence = 0;
  #activity = 0;
  #seen = 0;
  #quietTurns = 0;
  #jumps = 0;
  #running = false;
  #armed: NodeJS.Immediate | undefined;
  /** Moves the time once it follows the wall. */
  #wall: WallPace | undefined;

  /**
   * @param startMs - milliseconds since the epoch; the wall's now by default, for OpenSSL checks certificates
   *   against the wall
   */
  constructor(startMs: number = systemClock.now(), kind: Clock['kind'] = 'virtual') {
    this.#now = Math.floor(startMs);
    this.kind = kind;
  }

  now(): number {
    return this.#wall?.now() ?? this.#now;
  }

  /**
   * From now on the time goes by as on the wall, and what is awaited may come from outside. A clock that is
   * behind the wall's jumps there; one that is ahead of it stays ahead.
   */
  followWall(wall: Clock): void {
    this.stop();
    this.#wall = new WallPace(wall, Math.max(0, this.#now - wall.now()), () => this.#jumpTo(this.now()));
    this.#running = true;
    this.bump();
  }

  /** The number of jumps of the time. A watchdog in real time sees by it if the world makes progress. */
  get jumps(): number {
    return this.#jumps;
  }

  /** The count of bumps: events so far. */
  get activity(): number {
    return this.#activity;
  }

  /** The number of pending timers. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  /** Tells the pump that something happened, so that the time stands still for some turns more. */
  bump(): void {
    this.#activity++;
    if (!this.#running) return;
    if (this.#wall) this.#wall.wakeAt(this.#timers.peek()?.due);
    else if (this.#armed === undefined) this.#arm();
  }

  setTimeout(callback: () => void, delayMs: number): QueuedTimer {
    const delay = Math.max(delayMs || 0, 0); // NaN and negative delays are "now", as with Node's timers
    const timer: QueuedTimer = { due: this.now() + delay, sequence: this.#sequence++, callback };
    if (delay !== Number.POSITIVE_INFINITY) this.#timers.add(timer);
    this.bump();
    return timer;
  }

  clearTimeout(timer: QueuedTimer | undefined): void {
    if (timer) this.#timers.clear(timer);
  }

  /** Starts the pump; it keeps the process alive until `stop`, or until the world stalls. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#quietTurns = 0;
    this.#arm();
  }

  /** Stops the pump; timers stay where they are. */
  stop(): void {
    this.#running = false;
    clearImmediate(this.#armed);
    this.#armed = undefined;
    this.#wall?.stop();
  }

  #arm(): void {
    this.#armed = setImmediate(this.#turn);
  }

  readonly #turn = (): void => {
    this.#armed = undefined;
    if (this.#activity !== this.#seen) {
      this.#seen = this.#activity;
      this.#quietTurns = 0;
    } else {
      this.#quietTurns++;
    }
    if (this.#quietTurns < QUIET_TURNS) {
      this.#arm();
      return;
    }
    this.#quietTurns = 0;
    const next = this.#timers.peek();
    if (next === undefined) {
      this.onStall?.();
      return;
    }
    this.#jumpTo(next.due);
  };

  #jumpTo(due: number): void {
    this.#jumps++;
    if (due > this.#now) this.#now = due;
    // A timer that is set while these fire waits for the next quiet moment, even if its delay is 0: else it
    // could hold the loop forever.
    const sequence = this.#sequence;
    try {
      for (;;) {
        const timer = this.#timers.peek();
        if (timer === undefined || timer.due > due || timer.sequence >= sequence) break;
        this.#timers.shift();
        const callback = timer.callback;
        timer.callback = undefined;
        callback?.();
      }
    } finally {
      // A callback that throws ends the process or a test; the pump itself goes on for whoever catches that.
      this.bump();
    }
  }
}

/** The pace of the wall: wakes at a time, the earliest that it was told. */
class WallPace {
  readonly #wall: Clock;
  readonly #aheadMs: number;
  readonly #wake: () => void;
  #timer: Timer | undefined;
  #due = Number.POSITIVE_INFINITY;

  constructor(wall: Clock, aheadMs: number, wake: () => void) {
    this.#wall = wall;
    this.#aheadMs = aheadMs;
    this.#wake = wake;
  }

  now(): number {
    return this.#wall.now() + this.#aheadMs;
  }

  wakeAt(due: number | undefined): void {
    if (due === undefined || due >= this.#due) return;
    this.stop();
    this.#due = due;
    this.#timer = this.#wall.setTimeout(
      () => {
        this.#due = Number.POSITIVE_INFINITY;
        this.#wake();
      },
      Math.max(0, due - this.now()),
    );
  }

  stop(): void {
    this.#wall.clearTimeout(this.#timer);
    this.#due = Number.POSITIVE_INFINITY;
  }
}
