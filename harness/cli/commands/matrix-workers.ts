/** The processes of a matrix: each tries one misconfiguration at a time, as it is told. */
import { type ChildProcess, fork, type StdioOptions } from 'node:child_process';
import { HarnessError, messageOf } from '../../base/errors.ts';
import type { PreparedAttempt } from '../../matrix/attempts.ts';
import type { Held } from '../../matrix/hold.ts';
import type { Worker } from '../../matrix/try-all.ts';
import { cliEntry } from '../up/release-folder.ts';

/** What a process is told: misconfigurations of one mesh, by names that it knows too. */
export interface Order {
  readonly scenario: string;
  readonly edition: string;
  readonly ids: readonly string[];
}

/** What it answers. */
type Answer = { readonly held: readonly Held[] } | { readonly failed: string };

/** Another process that tries misconfigurations; one that has ended is followed by the next. */
export class WorkerProcess implements Worker {
  #child: ChildProcess | undefined;

  /** Starts it: it gets ready while others are. */
  constructor() {
    this.#running();
  }

  /**
   * @throws HarnessError ERR_SIMULATOR_DEFECT if the process ends, or could not try; the signal's reason
   */
  async tryThem(attempts: readonly PreparedAttempt[], signal: AbortSignal): Promise<readonly Held[]> {
    const [first] = attempts;
    if (!first) return [];
    const { scenario, edition } = first;
    const order: Order = { scenario, edition, ids: attempts.map(({ id }) => id) };
    const answer = await answerOf(this.#running(), order, signal);
    if ('failed' in answer) throw new HarnessError('ERR_SIMULATOR_DEFECT', answer.failed);
    return answer.held;
  }

  [Symbol.dispose](): void {
    this.#child?.kill('SIGKILL');
  }

  #running(): ChildProcess {
    if (this.#child?.connected) return this.#child;
    const stdio: StdioOptions = ['ignore', 'ignore', 'inherit', 'ipc'];
    const child = fork(cliEntry(), ['matrix', '--worker'], { stdio });
    // Who waits for an answer is told; at other times there is nobody to tell.
    child.on('error', () => {});
    this.#child = child;
    return child;
  }
}

/** Sends an order, and waits for its answer, or for whatever comes instead of one. */
function answerOf(child: ChildProcess, order: Order, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const ended = (how: string) =>
      reject(new HarnessError('ERR_SIMULATOR_DEFECT', `The process that tried it ended (${how}).`));
    onFirst(child, signal, {
      message: message => resolve(message as Answer), // of our own program
      exit: (code, killedBy) => ended(killedBy ?? String(code)),
      error: error => ended(error.message),
      abort: () => reject(signal.reason),
    });
    child.send(order);
  });
}

/** What may come instead of an answer. */
interface Handlers {
  message(message: unknown): void;
  exit(code: number | null, killedBy: NodeJS.Signals | null): void;
  error(error: Error): void;
  abort(): void;
}

/** Calls one handler, that of the event that comes first. */
function onFirst(child: ChildProcess, signal: AbortSignal, handlers: Handlers): void {
  const once =
    <Args extends unknown[]>(handler: (...args: Args) => void) =>
    (...args: Args) => {
      for (const [name, listener] of listeners) child.off(name, listener);
      signal.removeEventListener('abort', onAbort);
      handler(...args);
    };
  const listeners = [
    ['message', once(handlers.message)],
    ['exit', once(handlers.exit)],
    ['error', once(handlers.error)],
  ] as const;
  const onAbort = once(handlers.abort);
  for (const [name, listener] of listeners) child.on(name, listener as (...args: unknown[]) => void);
  signal.addEventListener('abort', onAbort, { once: true });
}

/**
 * Works for the process that has started this one, until that ends.
 * @param work - tries what an order names
 */
export async function serve(work: (order: Order) => Promise<readonly Held[]>): Promise<void> {
  const send = (answer: Answer) => process.send?.(answer);
  process.on('message', (order: Order) => {
    work(order).then(
      held => send({ held }),
      (error: unknown) => send({ failed: messageOf(error) }),
    );
  });
  await new Promise<void>(resolve => process.once('disconnect', resolve));
}
