/**
 * One running program, and the kernel's part in its end: its timers, connections and listeners go with it.
 */
import type { Clock, Timer } from '../../../../base/clock.ts';
import { messageOf } from '../../../../base/errors.ts';
import type { Random } from '../../../../base/random.ts';
import type { NetworkNamespace } from '../../../network/interfaces.ts';
import type { ContainerFiles, Main, ProcessContext } from '../../../program.ts';

/** 128 + the signal's number, as a shell reports them. */
export const EXIT_SIGTERM = 143;
/** The exit code of a program that SIGKILL ended. */
export const EXIT_SIGKILL = 137;

/** A clock whose pending timers can all be dropped at once. */
class ProcessClock implements Clock {
  readonly #clock: Clock;
  readonly #pending = new Set<Timer>();
  #ended = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get kind(): Clock['kind'] {
    return this.#clock.kind;
  }

  now(): number {
    return this.#clock.now();
  }

  setTimeout(callback: () => void, delayMs: number): Timer {
    if (this.#ended) return {};
    const timer = this.#clock.setTimeout(() => {
      this.#pending.delete(timer);
      callback();
    }, delayMs);
    this.#pending.add(timer);
    return timer;
  }

  clearTimeout(timer: Timer | undefined): void {
    if (timer && this.#pending.delete(timer)) this.#clock.clearTimeout(timer);
  }

  end(): void {
    this.#ended = true;
    for (const timer of this.#pending) this.#clock.clearTimeout(timer);
    this.#pending.clear();
  }
}

/** A program, and everything that it may touch. */
export interface ProcessOptions {
  readonly main: Main;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly uid: number;
  readonly hostname: string;
  readonly files: ContainerFiles;
  readonly network: NetworkNamespace;
  readonly clock: Clock;
  readonly random: Random;
  readonly stdin?: AsyncIterable<Buffer>;
  readonly isTerminal?: boolean;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly trace?: ProcessContext['trace'];
}

/** A running program, as its container sees it. */
export interface Process {
  /** Resolves with the exit code, whatever ends the program; never rejects. */
  readonly exited: Promise<number>;
  /** Sends SIGTERM. */
  terminate(): void;
  /** Sends SIGKILL, and takes from the program all that it still holds. */
  kill(): void;
}

/** Starts a program. It begins to run in a microtask, so that the caller holds the handle first. */
export function startProcess(options: ProcessOptions): Process {
  const clock = new ProcessClock(options.clock);
  const network = options.network.forProcess(options.uid);
  const abort = new AbortController();
  let isOver = false;
  let resolveExit: (code: number) => void = () => {};
  const exited = new Promise<number>(resolve => {
    resolveExit = resolve;
  });
  const end = (code: number) => {
    if (isOver) return;
    isOver = true;
    if (!abort.signal.aborted) abort.abort(new Error('the process has ended'));
    clock.end();
    network.exit();
    resolveExit(code);
  };
  const context: ProcessContext = {
    argv: options.argv,
    env: options.env,
    uid: options.uid,
    hostname: options.hostname,
    files: options.files,
    network,
    clock,
    random: options.random,
    ...(options.stdin && { stdin: options.stdin }),
    isTerminal: options.isTerminal ?? false,
    stdout: text => {
      if (!isOver) options.stdout(text);
    },
    stderr: text => {
      if (!isOver) options.stderr(text);
    },
    ...(options.trace && { trace: options.trace }),
    signal: abort.signal,
  };
  queueMicrotask(() => {
    if (isOver) return;
    Promise.resolve()
      .then(() => options.main(context))
      .then(end, error => {
        if (abort.signal.aborted) end(EXIT_SIGTERM);
        else {
          // What a program does not catch ends it with a word on stderr, as a panic does (without the trace,
          // which differs from machine to machine).
          context.stderr(`${messageOf(error)}\n`);
          end(1);
        }
      });
  });
  return {
    exited,
    terminate: () => {
      if (!isOver && !abort.signal.aborted) abort.abort(new Error('terminated'));
    },
    kill: () => end(EXIT_SIGKILL),
  };
}
