/**
 * The volumes of one pod: mounted before anything runs, tried again until they can be, and kept up to date
 * after that.
 */
import { type Clock, sleep, type Timer } from '../../../../base/clock.ts';
import type { Random } from '../../../../base/random.ts';
import type { Volume } from '../../client/kinds.ts';
import type { PodFacts } from './downward.ts';
import { MountError } from './projections.ts';
import { type MountedVolume, mountVolume, type VolumeSources } from './volumes.ts';

/** Between two tries to mount (kubernetes/kubernetes pkg/util/goroutinemap/exponentialbackoff). */
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 122_000;
/**
 * A change of a mounted ConfigMap or Secret is seen at one of the kubelet's rounds, which come once a minute.
 */
const SYNC_PERIOD_MS = 60_000;

/** Where the volumes' files come from, and who hears of failures. */
export interface PodVolumesOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly sources: VolumeSources;
  /** Returns the pod as it is now. */
  readonly facts: () => PodFacts;
  /** Called when a try to mount has failed; the message is the event's. */
  readonly onFailure: (message: string) => void;
}

/** Mounts a pod's volumes, and reads them anew after a change. */
export class PodVolumes {
  readonly #options: PodVolumesOptions;
  readonly #mounted = new Map<string, MountedVolume>();
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(options: PodVolumesOptions) {
    this.#options = options;
  }

  /** By the volume's name. */
  get mounted(): ReadonlyMap<string, MountedVolume> {
    return this.#mounted;
  }

  /**
   * Resolves when all are mounted.
   * @throws the signal's reason
   */
  async mount(volumes: readonly Volume[], signal: AbortSignal): Promise<void> {
    const { clock, sources, facts, onFailure } = this.#options;
    for (let retryMs = FIRST_RETRY_MS; ; retryMs = Math.min(retryMs * 2, LAST_RETRY_MS)) {
      let hasFailed = false;
      for (const volume of volumes) {
        if (this.#mounted.has(volume.name)) continue;
        try {
          this.#mounted.set(volume.name, mountVolume(volume, facts(), sources));
        } catch (error) {
          if (!(error instanceof MountError)) throw error;
          hasFailed = true;
          onFailure(error.message);
        }
      }
      if (!hasFailed) return;
      await sleep(clock, retryMs, signal);
    }
  }

  refresh(): void {
    for (const volume of this.#mounted.values()) volume.refresh(this.#options.facts());
  }

  /** Notes that an object in the volumes has changed: the next round reads it again. */
  refreshSoon(): void {
    const { clock, random } = this.#options;
    if (this.#isStopped || this.#mounted.size === 0) return;
    this.#timer ??= clock.setTimeout(() => {
      this.#timer = undefined;
      this.refresh();
    }, random.integer(SYNC_PERIOD_MS));
  }

  stop(): void {
    this.#isStopped = true;
    this.#options.clock.clearTimeout(this.#timer);
  }
}
