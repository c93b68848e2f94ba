/** The fixed samples that a run has taken, for the check that adds them up. */
import type { ClusterName } from '../model/names.ts';
import type { Tally } from './traffic.ts';

/** Keeps the latest sample of each source, as its check has taken it. */
export class TakenSamples {
  readonly #bySource = new Map<ClusterName, Tally | 'not-taken'>();

  /** @param sample - the answers, counted; or that none could be taken */
  note(source: ClusterName, sample: Tally | 'not-taken'): void {
    this.#bySource.set(source, sample);
  }

  /** Returns undefined if nobody has asked from there. */
  of(source: ClusterName): Tally | 'not-taken' | undefined {
    return this.#bySource.get(source);
  }
}
