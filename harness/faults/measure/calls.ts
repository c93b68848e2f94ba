/** Calls that go on at a steady rate from each client, whatever becomes of the ones before. */
import { sleep } from '../../base/clock.ts';
import type { ClusterName } from '../../model/names.ts';
import { type Answer, curlArgv, readAnswers } from '../../verify/sampling.ts';
import { NAMESPACE } from '../../verify/workloads.ts';
import type { FaultScene } from '../fault.ts';

/** One call that has ended. */
export interface TimedCall {
  readonly source: ClusterName;
  /** Milliseconds since the epoch, of the mesh's clock. */
  readonly startMs: number;
  readonly endMs: number;
  readonly answer: Answer;
}

/** Milliseconds between two calls of a client. */
export const EVERY_MS = 500;

/** The calls of one measurement. */
export class SteadyCalls {
  readonly #scene: FaultScene;
  readonly #end = new AbortController();
  readonly #ended: TimedCall[] = [];
  /** When those began that have not ended. */
  readonly #underWay = new Set<{ readonly source: ClusterName; readonly startMs: number }>();
  readonly #work = new Set<Promise<void>>();
  readonly #signal: AbortSignal;

  constructor(scene: FaultScene, signal: AbortSignal) {
    this.#scene = scene;
    this.#signal = signal;
  }

  /** Those that have ended, in the order in which they began. */
  get ended(): readonly TimedCall[] {
    return [...this.#ended].sort((a, b) => a.startMs - b.startMs || (a.source < b.source ? -1 : 1));
  }

  /** Tells since when a call of a client has been under way; undefined if none is. */
  underWaySince(source: ClusterName): number | undefined {
    const starts = [...this.#underWay].filter(each => each.source === source).map(({ startMs }) => startMs);
    return starts.length === 0 ? undefined : Math.min(...starts);
  }

  start(sources: readonly ClusterName[]): void {
    for (const source of sources) this.#keep(this.#callOn(source));
  }

  /** Begins no more calls, and waits for those that are under way: each has its own deadline. */
  async stop(): Promise<void> {
    this.#end.abort();
    await Promise.all(this.#work);
  }

  async #callOn(source: ClusterName): Promise<void> {
    const { clock } = this.#scene;
    while (!this.#end.signal.aborted && !this.#signal.aborted) {
      this.#keep(this.#call(source));
      // It throws when the calls are to end.
      await sleep(clock, EVERY_MS, this.#end.signal).catch(() => {});
    }
  }

  async #call(source: ClusterName): Promise<void> {
    const { clock, points, client } = this.#scene;
    const mark = { source, startMs: clock.now() };
    this.#underWay.add(mark);
    const at = { namespace: NAMESPACE, app: client, container: client };
    const outcome = await points.execOnNode(source, at, curlArgv(1), this.#signal);
    this.#underWay.delete(mark);
    const answer: Answer | undefined = outcome
      ? readAnswers(outcome, 1).answers[0]
      : { kind: 'error', seconds: 0, error: 'no client runs' };
    // A curl whose pod ends under it tells nothing of the mesh.
    if (answer) this.#ended.push({ ...mark, endMs: clock.now(), answer });
  }

  #keep(work: Promise<void>): void {
    const kept = work.finally(() => this.#work.delete(kept));
    this.#work.add(kept);
  }
}
