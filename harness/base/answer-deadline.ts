/** How long an API server has for an answer, and what it answered last. */
import type { Clock } from './clock.ts';
import { type LinkedSignal, linkedSignal } from './deadline.ts';
import { HarnessError } from './errors.ts';
import { KubernetesApiError } from './kubernetes-error.ts';

/** Whose time counts, and how long a read may take, milliseconds. */
export interface AnswerLimit {
  readonly clock: Clock;
  readonly readMs: number;
}

/** Milliseconds for a read, where nobody says otherwise. */
export const READ_MS = 15_000;
/**
 * Milliseconds that a write or an exec may take longer: its webhooks have 30 s (kubernetes/kubernetes
 * pkg/apis/admissionregistration/validation/validation.go @v1.32.0), and so has the dial of a kubelet.
 */
const BEHIND_MS = 30_000;
/** Milliseconds for one who was silent: he has it until he answers. */
const SILENT_MS = 2000;

/** One server: who has left one question open is not waited for as long with the next. */
export class AnswerDeadline {
  readonly #server: string;
  readonly #limit: AnswerLimit;
  #isSilent = false;
  #last: { readonly what: string; readonly atMs: number } | undefined;

  /** @param server - as it is told of: `https://10.0.0.1:6443` */
  constructor(server: string, limit: AnswerLimit) {
    this.#server = server;
    this.#limit = limit;
  }

  /**
   * Waits for an answer.
   * @param what - what is asked: `GET /api/v1/pods`
   * @param ask - is to end when its signal aborts
   * @throws HarnessError ERR_KUBERNETES_API when time is up, with what was seen last; what `ask` throws
   */
  async wait<T>(
    what: string,
    signal: AbortSignal | undefined,
    ask: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    using limit = this.limit(what, signal);
    try {
      const answer = await ask(limit.signal);
      this.answered(what);
      return answer;
    } catch (error) {
      // A stream that was cut off has words of its own.
      if (limit.expired()) throw limit.signal.reason;
      if (error instanceof KubernetesApiError) this.answered(what);
      throw error;
    }
  }

  /** Limits a question whose answer is told by `answered`; dispose of it then. */
  limit(what: string, signal: AbortSignal | undefined): LinkedSignal {
    const { clock, readMs } = this.#limit;
    const wholeMs = what.startsWith('GET ') ? readMs : readMs + BEHIND_MS;
    const timeoutMs = this.#isSilent ? Math.min(SILENT_MS, wholeMs) : wholeMs;
    return linkedSignal(signal, { clock, timeoutMs, reason: () => this.#silence(what, timeoutMs) });
  }

  /** Notes an answer; a refusal is one too. */
  answered(what: string): void {
    this.#isSilent = false;
    this.#last = { what, atMs: this.#limit.clock.now() };
  }

  #silence(what: string, timeoutMs: number): HarnessError {
    this.#isSilent = true;
    const agoMs = this.#last && this.#limit.clock.now() - this.#last.atMs;
    const seen =
      this.#last && agoMs !== undefined
        ? `Its last answer, to ${this.#last.what}, came ${Math.round(agoMs / 1000)} s ago.`
        : 'It has answered nothing yet.';
    return new HarnessError(
      'ERR_KUBERNETES_API',
      `${this.#server} has not answered ${what} within ${timeoutMs / 1000} s. ${seen}`,
    );
  }
}
