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
      const end = () => {
        this.#child.off('message', onMessage);
        this.#child.off('exit', onExit);
        signal.removeEventListener('abort', onAbort);
      };
      const onMessage = (message: unknown) => {
        end();
        resolve(message as Answer); // of our own program
      };
      const onExit = (code: number | null) => {
        end();
        const where = `${ids.join(', ')} in ${scenario}, edition ${edition}`;
        reject(new HarnessError('ERR_SIMULATOR_DEFECT', `The process that tried ${where} ended (${code}).`));
      };
      const onAbort = () => {
        end();
        reject(signal.reason);
      };
      this.#child.on('message', onMessage);
      this.#child.on('exit', onExit);
      signal.addEventListener('abort', onAbort, { once: true });
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
