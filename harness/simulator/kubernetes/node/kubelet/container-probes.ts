/** The three probes of one run of a container: startup first, then readiness and liveness side by side. */
import type { Container } from '../../client/kinds.ts';
import { type ProbeTarget, runProbe } from './probe.ts';
import { Prober } from './prober.ts';

/** Who hears of a container's probes. */
export interface ProbeEvents {
  /** Called when the container is past its startup probe, or at once without one. */
  readonly onStarted: () => void;
  readonly onReady: (isReady: boolean) => void;
  /** Called when the container must be restarted. @param why - `failed liveness probe` */
  readonly onFatal: (why: string) => void;
  /**
   * Called with one bad answer. @param message - `Readiness probe failed: HTTP probe failed with statuscode:
   * 503`
   */
  readonly onFailure: (message: string) => void;
}

/** Runs the probes of one run of a container, the startup probe before the others. */
export class ContainerProbes {
  readonly #target: ProbeTarget;
  readonly #events: ProbeEvents;
  readonly #probers: Prober[] = [];
  readonly #startedAtMs: number;

  /** Begins with it; the container has just been started. */
  constructor(target: ProbeTarget, events: ProbeEvents) {
    this.#target = target;
    this.#events = events;
    this.#startedAtMs = target.clock.now();
    const { startupProbe } = target.container;
    if (!startupProbe) {
      this.#afterStartup();
      return;
    }
    const prober: Prober = this.#start('Startup', startupProbe, isHealthy => {
      if (!isHealthy) {
        events.onFatal('failed startup probe');
        return;
      }
      prober.stop();
      this.#afterStartup();
    });
  }

  stop(): void {
    for (const prober of this.#probers) prober.stop();
  }

  #afterStartup(): void {
    const { onStarted, onReady, onFatal } = this.#events;
    const { readinessProbe, livenessProbe } = this.#target.container;
    if (readinessProbe) this.#start('Readiness', readinessProbe, onReady);
    if (livenessProbe) {
      this.#start('Liveness', livenessProbe, isHealthy => {
        if (!isHealthy) onFatal('failed liveness probe');
      });
    }
    onStarted();
    if (!readinessProbe) onReady(true);
  }

  #start(
    kind: 'Startup' | 'Readiness' | 'Liveness',
    probe: NonNullable<Container['readinessProbe']>,
    onVerdict: (isHealthy: boolean) => void,
  ): Prober {
    const { clock } = this.#target;
    const prober = new Prober(
      {
        probe,
        clock,
        ask: () => runProbe(probe, this.#target),
        onVerdict,
        onFailure: message => this.#events.onFailure(`${kind} probe failed: ${message}`),
      },
      // The delay counts from the container's start, also for a probe that had to wait for the startup probe.
      Math.max(0, this.#startedAtMs + (probe.initialDelaySeconds ?? 0) * 1000 - clock.now()),
    );
    this.#probers.push(prober);
    return prober;
  }
}
