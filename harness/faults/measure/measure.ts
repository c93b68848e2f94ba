/** Measures one fault: calls go on, the fault comes, stays, and is taken back. */
import { sleep } from '../../base/clock.ts';
import type { ClusterName } from '../../model/names.ts';
import type { ClusterSpec } from '../../model/topology.ts';
import { pickClientPod } from '../../verify/calling.ts';
import type { CheckContext } from '../../verify/check.ts';
import type { FaultMeasure } from '../../verify/fault-measure.ts';
import { groupsFrom } from '../../verify/groups.ts';
import { PodDirectory, type PodsByCluster } from '../../verify/pod-directory.ts';
import type { Locate } from '../../verify/tally.ts';
import { faultOf } from '../catalog.ts';
import type { FaultScene, FaultValues } from '../fault.ts';
import type { FaultsInForce } from '../in-force.ts';
import { SteadyCalls, type TimedCall } from './calls.ts';
import { endpointsSeen, type SourceSeen, sourceOf } from './sources.ts';
import { isCalm, isError, MISSING_MS, troublesIn } from './troubles.ts';

/** Milliseconds until a mesh that is not calm is given up. */
const CALM_MS = 300_000;
const LOOK_EVERY_MS = 1000;

/** What was measured, but for the checks that come after it. */
export type Measured = Omit<FaultMeasure, 'passedAfter' | 'failedAfter'>;

/** A mesh whose calls are in trouble before there is a fault. */
interface Uncalm {
  readonly trouble: string;
}

/** Measures the faults of one mesh. */
export class Measurement {
  readonly #context: CheckContext;
  readonly #scene: FaultScene;
  readonly #faults: FaultsInForce;
  readonly #calls: SteadyCalls;
  readonly #directory: PodDirectory;
  readonly #sources: readonly ClusterSpec[];
  #podsBefore: PodsByCluster = new Map();
  #endpoints: ReadonlyMap<ClusterName, readonly string[] | undefined> = new Map();

  constructor(context: CheckContext, scene: FaultScene, faults: FaultsInForce) {
    this.#context = context;
    this.#scene = scene;
    this.#faults = faults;
    this.#calls = new SteadyCalls(scene, context.signal);
    this.#directory = new PodDirectory(context);
    this.#sources = context.topology.clusters.filter(({ client }) => client);
  }

  /** Lets one fault come and go. It is taken back whatever happens. */
  async run(name: string, given: FaultValues): Promise<Measured | Uncalm> {
    await this.#directory.refresh();
    this.#podsBefore = this.#directory.pods;
    this.#calls.start(this.#sources.map(source => source.name));
    try {
      if (!(await this.#waitForCalm(this.#now()))) return { trouble: this.#troubleNow() };
      return await this.#letCome(name, given);
    } finally {
      await this.#faults.clearAll();
      await this.#calls.stop();
    }
  }

  async #letCome(name: string, given: FaultValues): Promise<Measured> {
    const { clock, signal, onProgress } = this.#context;
    const begunMs = this.#now();
    const begun = await this.#faults.begin(name, given, signal);
    const inForceMs = this.#now();
    onProgress(begun.what);
    await sleep(clock, faultOf(name).stayMs, signal);
    this.#endpoints = new Map(
      await Promise.all(
        this.#sources.map(async source => {
          return [source.name, await endpointsSeen(this.#scene, source.name, signal)] as const;
        }),
      ),
    );
    const toMs = this.#now();
    const met = this.#faults.list().find(({ id }) => id === begun.id)?.met;
    await this.#faults.clear(begun.id);
    const clearedMs = this.#now();
    onProgress(`${name} is taken back`);
    const isWell = await this.#waitForCalm(toMs);
    await this.#calls.stop();
    await this.#learnLate();
    return {
      fault: name,
      values: begun.values as Readonly<Record<string, string>>, // undefined ones are left out
      what: begun.what,
      beginMs: inForceMs - begunMs,
      stayMs: toMs - inForceMs,
      clearMs: clearedMs - toMs,
      ...(met !== undefined && { met }),
      ...this.#timesOf(begunMs, toMs, isWell),
      sources: this.#seen().map(seen =>
        sourceOf(this.#context.topology, seen, {
          begunMs,
          lateMs: Math.max(inForceMs, toMs - MISSING_MS),
          toMs,
        }),
      ),
    };
  }

  #timesOf(
    begunMs: number,
    toMs: number,
    isWell: boolean,
  ): Pick<Measured, 'calls' | 'lost' | 'firstErrorMs' | 'healedMs' | 'recoveredMs'> {
    const concerned = this.#calls.ended.filter(({ endMs }) => endMs >= begunMs);
    const failed = concerned.filter(isError);
    const during = this.#seen().map(seen => troublesIn(seen, begunMs, toMs));
    const after = this.#seen().map(seen => troublesIn(seen, toMs, this.#now()));
    const isHealed =
      during.some(({ any }) => any) && during.every(({ any, overMs }) => !any || overMs !== undefined);
    const last = (troubles: typeof during) => Math.max(0, ...troubles.map(({ overMs = 0 }) => overMs));
    return {
      calls: concerned.length,
      lost: failed.length,
      firstErrorMs: failed.length === 0 ? null : Math.min(...failed.map(({ endMs }) => endMs)) - begunMs,
      healedMs: isHealed ? last(during) - begunMs : null,
      recoveredMs: isWell ? Math.max(0, last(after) - toMs) : null,
    };
  }

  /** Waits until all clients have been answered by all, without an error, for long enough. */
  async #waitForCalm(sinceMs: number): Promise<boolean> {
    const { clock, signal } = this.#context;
    const deadlineMs = this.#now() + CALM_MS;
    for (;;) {
      await this.#learnLate();
      const isAllCalm = this.#seen().every(seen =>
        isCalm(seen, sinceMs, this.#calls.underWaySince(seen.spec.name) ?? Infinity),
      );
      if (isAllCalm) return true;
      if (this.#now() >= deadlineMs) return false;
      await sleep(clock, LOOK_EVERY_MS, signal);
    }
  }

  /** Learns of pods that are new; an API server that is away has nothing to say. */
  async #learnLate(): Promise<void> {
    try {
      await this.#directory.learn(this.#calls.ended.map(({ answer }) => answer));
    } catch {
      this.#context.signal.throwIfAborted();
    }
  }

  /** Names the cluster of an answer: by the pod, or by a version that only one cluster has. */
  readonly #locate: Locate = (instance, version) => {
    const found = this.#directory.locate(instance, version);
    if (found !== null) return found;
    const homes = this.#context.topology.clusters.filter(({ helloWorld }) => helloWorld.includes(version));
    return homes.length === 1 ? (homes[0]?.name ?? null) : null;
  };

  #seen(): readonly SourceSeen[] {
    const { topology, client } = this.#context;
    const { ended } = this.#calls;
    return this.#sources.map(spec => ({
      spec,
      calls: ended.filter(({ source }: TimedCall) => source === spec.name),
      groups: groupsFrom(topology, spec),
      locate: this.#locate,
      clientPod: pickClientPod(this.#podsBefore.get(spec.name) ?? [], client),
      endpoints: this.#endpoints.get(spec.name),
    }));
  }

  #troubleNow(): string {
    const last = this.#calls.ended.findLast(isError)?.answer;
    return last?.kind === 'error' ? last.error : 'not every cluster answered';
  }

  #now(): number {
    return this.#context.clock.now();
  }
}
