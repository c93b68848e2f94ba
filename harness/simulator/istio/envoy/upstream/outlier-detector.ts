/**
 * Outlier detection: hosts whose answers fail in a row get no requests for a while (envoyproxy/envoy
 * source/common/upstream/outlier_detection_impl.cc @v1.33).
 */
import type { Clock, Timer } from '../../../../base/clock.ts';
import type { Random } from '../../../../base/random.ts';
import type { EnvoyWording } from '../../behaviour.ts';
import type { OutlierDetection } from '../../xds/cluster-policy.ts';
import type { Counters } from '../environment/counters.ts';
import type { Host } from './host.ts';

/** How an attempt ended: by a status, or without an answer of the host. */
export type Outcome = number | 'connect-failure' | 'timeout';

/** What is kept of a host. */
interface Monitor {
  consecutive5xx: number;
  consecutiveGateway: number;
  consecutiveLocal: number;
  ejectedAtMs: number;
  /** How many times the base the ejection lasts. */
  backoff: number;
}

/** The part of a detector's world. */
interface DetectorOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly strategy: EnvoyWording['outliers'];
  readonly counters: Counters;
  /** All hosts of the cluster, as they are. */
  readonly hosts: () => readonly Host[];
  /** Called when a host was ejected, or is back. */
  readonly onChange: () => void;
}

const isGatewayError = (status: number): boolean => status >= 502 && status <= 504;

/** Watches the hosts of one cluster. */
export class OutlierDetector {
  readonly #config: OutlierDetection;
  readonly #options: DetectorOptions;
  readonly #monitors = new WeakMap<Host, Monitor>();
  readonly #startedMs: number;
  #timer: Timer | undefined;

  constructor(config: OutlierDetection, options: DetectorOptions) {
    this.#config = config;
    this.#options = options;
    this.#startedMs = options.clock.now();
  }

  /** Takes note of an attempt's end. */
  record(host: Host, outcome: Outcome): void {
    const monitor = this.#monitorOf(host);
    if (typeof outcome !== 'number' && this.#config.splitsLocalErrors) {
      const { consecutiveLocal, enforcingLocal } = this.#config;
      if (++monitor.consecutiveLocal !== consecutiveLocal) return;
      monitor.consecutiveLocal = 0;
      this.#eject(host, monitor, enforcingLocal);
      return;
    }
    this.#recordStatus(host, monitor, statusOf(outcome));
  }

  close(): void {
    this.#options.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const host of this.#options.hosts()) host.isEjected = false;
  }

  #recordStatus(host: Host, monitor: Monitor, status: number): void {
    monitor.consecutiveLocal = 0;
    if (status < 500) {
      monitor.consecutive5xx = 0;
      monitor.consecutiveGateway = 0;
      return;
    }
    const { consecutive5xx, enforcing5xx, consecutiveGateway, enforcingGateway } = this.#config;
    if (!isGatewayError(status)) monitor.consecutiveGateway = 0;
    else if (++monitor.consecutiveGateway === consecutiveGateway) {
      monitor.consecutiveGateway = 0;
      this.#eject(host, monitor, enforcingGateway);
    }
    if (++monitor.consecutive5xx !== consecutive5xx) return;
    monitor.consecutive5xx = 0;
    this.#eject(host, monitor, enforcing5xx);
  }

  #eject(host: Host, monitor: Monitor, enforcing: number): void {
    if (host.isEjected || !this.#mayEject()) return;
    const { clock, random, counters, onChange } = this.#options;
    counters.add('outlier_detection.ejections_detected_total');
    if (enforcing < 100 && random.integer(100) >= enforcing) return;
    const { baseEjectionMs } = this.#config;
    host.isEjected = true;
    monitor.ejectedAtMs = clock.now();
    if (monitor.backoff * baseEjectionMs < this.#maxEjectionMs + baseEjectionMs) monitor.backoff++;
    counters.add('outlier_detection.ejections_enforced_total');
    counters.add('outlier_detection.ejections_active');
    onChange();
    this.#arm();
  }

  /** DetectorImpl::ejectHost; up to some release the first host goes whatever the share. */
  #mayEject(): boolean {
    const hosts = this.#options.hosts();
    const ejected = hosts.filter(({ isEjected }) => isEjected).length;
    const { maxEjectionPercent } = this.#config;
    if (this.#options.strategy === 'at-least-one')
      return ejected === 0 || (ejected * 100) / hosts.length < maxEjectionPercent;
    return ((ejected + 1) * 100) / hosts.length <= maxEjectionPercent;
  }

  get #maxEjectionMs(): number {
    if (this.#options.strategy === 'at-least-one') return Number.POSITIVE_INFINITY;
    return Math.max(this.#config.baseEjectionMs, this.#config.maxEjectionMs);
  }

  /** Looks every interval since the beginning, as long as there is somebody to look after. */
  #arm(): void {
    const { clock } = this.#options;
    const { intervalMs } = this.#config;
    this.#timer ??= clock.setTimeout(
      () => this.#onInterval(),
      intervalMs - ((clock.now() - this.#startedMs) % intervalMs),
    );
  }

  #onInterval(): void {
    this.#timer = undefined;
    const { clock, hosts, counters, onChange } = this.#options;
    let isBusy = false;
    let isChanged = false;
    for (const host of hosts()) {
      const monitor = this.#monitorOf(host);
      if (!host.isEjected) {
        if (this.#options.strategy !== 'at-least-one' && monitor.backoff > 0) monitor.backoff--;
      } else if (clock.now() - monitor.ejectedAtMs >= this.#lengthOf(monitor)) {
        host.isEjected = false;
        isChanged = true;
        Object.assign(monitor, { consecutive5xx: 0, consecutiveGateway: 0, consecutiveLocal: 0 });
        counters.add('outlier_detection.ejections_active', -1);
      }
      isBusy ||= host.isEjected || (monitor.backoff > 0 && this.#options.strategy !== 'at-least-one');
    }
    if (isChanged) onChange();
    if (isBusy) this.#arm();
  }

  #lengthOf({ backoff }: Monitor): number {
    return Math.min(this.#config.baseEjectionMs * backoff, this.#maxEjectionMs);
  }

  #monitorOf(host: Host): Monitor {
    let monitor = this.#monitors.get(host);
    if (!monitor) {
      monitor = { consecutive5xx: 0, consecutiveGateway: 0, consecutiveLocal: 0, ejectedAtMs: 0, backoff: 0 };
      this.#monitors.set(host, monitor);
    }
    return monitor;
  }
}

/** What an end without an answer counts as (DetectorHostMonitorImpl::resultToHttpCode). */
function statusOf(outcome: Outcome): number {
  switch (outcome) {
    case 'connect-failure':
      return 503;
    case 'timeout':
      return 504;
    default:
      return outcome;
  }
}
