/** The processes of a matrix: each tries one misconfiguration at a time, as it is told. */
import { type ChildProcess, fork } from 'node:child_process';
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

/** Another process that tries misconfigurations. */
export class WorkerProcess implements Worker {
  readonly #child: ChildProcess;

  constructor() {
    this.#child = fork(cliEntry(), ['matrix', '--worker'], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  }

  async tryThem(attempts: readonly PreparedAttempt[], signal: AbortSignal): Promise<readonly Held[]> {
    const [first] = attempts;
    if (!first) return [];
    const { scenario, edition } = first;
    const ids = attempts.map(({ id }) => id);
    const answer = await new Promise<Answer>((resolve, reject) => {
      onFirst(this.#child, signal, {
        message: message => resolve(message as Answer), // of our own program
        exit: code => {
          const where = `${ids.join(', ')} in ${scenario}, edition ${edition}`;
          reject(
            new HarnessError('ERR_SIMULATOR_DEFECT', `The process that tried ${where} ended (${code}).`),
          );
        },
        abort: () => reject(signal.reason),
      });
      const order: Order = { scenario, edition, ids };
      this.#child.send(order);
    });
    if ('failed' in answer) throw new HarnessError('ERR_SIMULATOR_DEFECT', answer.failed);
    return answer.held;
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL');
  }
}

/** Calls one handler, that of the event that comes first. */
function onFirst(
  child: ChildProcess,
  signal: AbortSignal,
  handlers: { message(message: unknown): void; exit(code: number | null): void; abort(): void },
): void {
  const once =
    <Args extends unknown[]>(handler: (...args: Args) => void) =>
    (...args: Args) => {
      child.off('message', onMessage);
      child.off('exit', onExit);
      signal.removeEventListener('abort', onAbort);
      handler(...args);
    };
  const onMessage = once(handlers.message);
  const onExit = once(handlers.exit);
  const onAbort = once(handlers.abort);
  child.on('message', onMessage);
  child.on('exit', onExit);
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
