/** Repeats one probe of a running container, and counts its answers in a row until they mean something. */
import type { Clock, Timer } from '../../../../base/clock.ts';
import type { Probe } from '../../client/kinds.ts';
import type { ProbeOutcome } from './probe.ts';

/** A probe to repeat, and the callbacks for its answers. */
export interface ProberOptions {
  readonly probe: Probe;
  readonly clock: Clock;
  readonly ask: () => Promise<ProbeOutcome>;
  /**
   * Called once per change of the verdict: after `successThreshold` or `failureThreshold` answers of one kind
   * in a row.
   */
  readonly onVerdict: (isHealthy: boolean) => void;
  /** Called with every single answer that is bad. */
  readonly onFailure: (message: string) => void;
}

/** The rules are those of kubernetes/kubernetes pkg/kubelet/prober/worker.go. */
export class Prober {
  readonly #options: ProberOptions;
  #timer: Timer | undefined;
  #isStopped = false;
  #lastOk: boolean | undefined;
  #inARow = 0;
  #verdict: boolean | undefined;

  /** @param delayMs - until the first question */
  constructor(options: ProberOptions, delayMs: number) {
    this.#options = options;
    this.#timer = options.clock.setTimeout(() => void this.#tick(), delayMs);
  }

  stop(): void {
    this.#isStopped = true;
    this.#options.clock.clearTimeout(this.#timer);
  }

  async #tick(): Promise<void> {
    const { probe, clock, ask, onVerdict, onFailure } = this.#options;
    const startedAt = clock.now();
    const { ok, message } = await ask();
    if (this.#isStopped) return;
    // A slow answer does not shift the rhythm, and never makes two questions overlap.
    const periodMs = (probe.periodSeconds ?? 10) * 1000;
    const elapsed = clock.now() - startedAt;
    this.#timer = clock.setTimeout(() => void this.#tick(), Math.max(periodMs - (elapsed % periodMs), 1));
    this.#inARow = ok === this.#lastOk ? this.#inARow + 1 : 1;
    this.#lastOk = ok;
    if (!ok) onFailure(message);
    const threshold = ok ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3);
    if (this.#inARow < threshold || this.#verdict === ok) return;
    this.#verdict = ok;
    onVerdict(ok);
  }
}
