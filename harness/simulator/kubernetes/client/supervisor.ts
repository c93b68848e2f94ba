/**
 * Keeps a defect of one component from ending the others: an error ends the work that threw it, a loop ends
 * the component that spins. It reports both, and the API server goes on.
 */
import type { Clock, Timer } from '../../../base/clock.ts';
import { type Defect, nameOf, type Subject } from './defect.ts';

/**
 * Writes of one component within one turn of the event loop. While they go on no socket is read; no sound
 * component comes near, for its queue starts at most five pieces of work a turn.
 */
const MAX_WRITES_A_TURN = 20_000;
/** So many of the last writes are kept, to name a loop's objects. */
const REMEMBERED_SUBJECTS = 8;

/** Thrown by the client of a component that was stopped, to end what it still does. */
export class ComponentStopped extends Error {
  override readonly name = 'ComponentStopped';
}

/** Hears of a write to the API, by the component's name. */
export type OnWrite = (component: string, subject: Subject) => void;

/** All components of one cluster. */
export class Supervisor {
  readonly #clock: Clock;
  readonly #onDefect: (defect: Defect) => void;
  readonly #onWrite: OnWrite | undefined;

  /**
   * @param onDefect - must not throw
   * @param onWrite - called with each write of a component; must not throw
   */
  constructor(clock: Clock, onDefect: (defect: Defect) => void, onWrite?: OnWrite) {
    this.#clock = clock;
    this.#onDefect = onDefect;
    this.#onWrite = onWrite;
  }

  /** Makes the frame in which one component works. */
  component(name: string): Component {
    const onWrite = this.#onWrite;
    return new Component(name, this.#clock, this.#onDefect, onWrite && (subject => onWrite(name, subject)));
  }
}

/** Runs the work of one component: all that it starts later goes through here. */
export class Component {
  readonly name: string;
  /** The cluster's clock. Errors in its timers are caught like those of all other work. */
  readonly clock: Clock;
  readonly #clock: Clock;
  readonly #onDefect: (defect: Defect) => void;
  readonly #onWrite: ((subject: Subject) => void) | undefined;
  readonly #stops = new Set<() => void>();
  #lastWrites: Subject[] = [];
  #writes = 0;
  #isStopped = false;

  constructor(
    name: string,
    clock: Clock,
    onDefect: (defect: Defect) => void,
    onWrite?: (subject: Subject) => void,
  ) {
    this.name = name;
    this.#clock = clock;
    this.#onDefect = onDefect;
    this.#onWrite = onWrite;
    this.clock = {
      kind: clock.kind,
      now: () => clock.now(),
      setTimeout: (callback: () => void, delayMs: number): Timer =>
        clock.setTimeout(() => this.run({ key: 'a timer' }, callback), delayMs),
      clearTimeout: timer => clock.clearTimeout(timer),
      bump: () => clock.bump?.(),
    };
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Runs `work` now. An error ends the work, and is reported. */
  run(subject: Subject, work: () => void): void {
    if (this.#isStopped) return;
    try {
      work();
    } catch (error) {
      this.failed(subject, error);
    }
  }

  /** Runs `work` in a task of its own, in the next turn of the event loop; a virtual clock waits for it. */
  soon(subject: Subject, work: () => void): void {
    this.#clock.bump?.();
    setImmediate(() => {
      this.#clock.bump?.();
      this.run(subject, work);
    });
  }

  /** Runs `work`, which nobody awaits. */
  start(subject: Subject, work: () => Promise<void>): void {
    if (this.#isStopped) return;
    work().catch((error: unknown) => this.failed(subject, error));
  }

  /**
   * Reports an error that ended some work of the component. That includes answers of the API, since nobody
   * handled them.
   */
  failed(subject: Subject, error: unknown): void {
    if (error instanceof ComponentStopped || this.#isStopped) return;
    this.#tell('threw', [subject], error instanceof Error ? error : new Error(String(error)));
  }

  /** Stops the component for good, and tells why. */
  looped(subjects: readonly Subject[], how: string): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    for (const stop of this.#stops) stop();
    this.#stops.clear();
    this.#tell('looped', subjects, new Error(how));
  }

  /**
   * Calls `stop` when the component is stopped for looping: for watches and queues.
   * @returns forgets it, once it is stopped otherwise
   */
  onStop(stop: () => void): () => void {
    this.#stops.add(stop);
    return () => this.#stops.delete(stop);
  }

  /** Counts a write to the API. @throws ComponentStopped */
  wrote(subject: Subject): void {
    if (this.#isStopped) throw new ComponentStopped(`${this.name} was stopped.`);
    if (this.#writes === 0) {
      setImmediate(() => {
        this.#writes = 0;
        this.#lastWrites = [];
      });
    }
    this.#writes += 1;
    this.#onWrite?.(subject);
    if (this.#writes < MAX_WRITES_A_TURN - REMEMBERED_SUBJECTS) return;
    this.#lastWrites.push(subject);
    if (this.#writes < MAX_WRITES_A_TURN) return;
    const subjects = new Map(this.#lastWrites.map(each => [nameOf(each), each]));
    this.looped(
      [...subjects.values()],
      `it wrote ${MAX_WRITES_A_TURN} times without letting anyone else work`,
    );
    throw new ComponentStopped(`${this.name} was stopped.`);
  }

  #tell(kind: Defect['kind'], subjects: readonly Subject[], error: Error): void {
    this.#onDefect({ component: this.name, kind, subjects, error });
  }
}
