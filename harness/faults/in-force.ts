/** The faults that are in force in one mesh: begun, listed, and cleared. */
import { linkedSignal } from '../base/deadline.ts';
import { HarnessError, messageOf } from '../base/errors.ts';
import type { FlowMatcher, Undo } from '../platform/fault-points.ts';
import { faultOf } from './catalog.ts';
import type { FaultHand, FaultScene, FaultValues, Hindrance } from './fault.ts';
import { counted } from './flows.ts';
import { Undos } from './undos.ts';
import { readValues } from './values.ts';

/** Milliseconds of the mesh's clock for all that takes one fault back. */
const CLEAR_MS = 900_000;

/** A fault that is in force, or was. */
export interface FaultInForce {
  /** Of this time: `drop-calls-1`. */
  readonly id: string;
  /** Of the catalog: `drop-calls`. */
  readonly fault: string;
  readonly values: FaultValues;
  /** What was done, in a sentence. */
  readonly what: string;
  /** Milliseconds since the epoch, of the mesh's clock. */
  readonly sinceMs: number;
  /** How many flows it has met; undefined for one that changes no packets. */
  readonly met: number | undefined;
}

interface Entry {
  readonly state: Omit<FaultInForce, 'met'>;
  readonly met: (() => number) | undefined;
  readonly undos: Undos;
}

/** Keeps what is in force. Of two callers at once the second waits for the first. */
export class FaultsInForce {
  readonly #scene: FaultScene;
  readonly #entries = new Map<string, Entry>();
  #count = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(scene: FaultScene) {
    this.#scene = scene;
  }

  /** The faults in force, the oldest first. */
  list(): readonly FaultInForce[] {
    return [...this.#entries.values()].map(({ state, met }) => ({ ...state, met: met?.() }));
  }

  /**
   * Begins a fault. One that fails half-way is taken back.
   * @throws HarnessError ERR_UNKNOWN_FAULT, ERR_USAGE; and what its work throws
   */
  begin(name: string, given: FaultValues, signal?: AbortSignal): Promise<FaultInForce> {
    return this.#inTurn(() => this.#begin(name, given, signal));
  }

  /**
   * Clears one.
   * @throws HarnessError ERR_USAGE if it is not in force; AggregateError for what stays, and can be tried
   *   again
   */
  clear(id: string): Promise<void> {
    return this.#inTurn(async () => {
      const entry = this.#entries.get(id);
      if (!entry) throw this.#notInForce(id);
      await this.#takeBack(entry);
    });
  }

  /** Clears all, the youngest first. @throws AggregateError with everything that stays */
  clearAll(): Promise<void> {
    return this.#inTurn(async () => {
      const failures: unknown[] = [];
      for (const entry of [...this.#entries.values()].reverse())
        await this.#takeBack(entry).catch((error: AggregateError) => failures.push(...error.errors));
      if (failures.length > 0) throw new AggregateError(failures, 'Not all faults are taken back.');
    });
  }

  async #begin(name: string, given: FaultValues, signal: AbortSignal | undefined): Promise<FaultInForce> {
    const fault = faultOf(name);
    const values = readValues(fault, given, this.#scene);
    const undos = new Undos();
    using linked = linkedSignal(signal);
    const sinceMs = this.#scene.clock.now();
    const hindered: (() => number)[] = [];
    const hand: FaultHand = {
      ...this.#scene,
      values,
      signal: linked.signal,
      clientOf: cluster => this.#clientOf(cluster),
      hinder: (how, matches) => {
        const { matches: counting, met } = counted(matches);
        const undo = hinder(this.#scene, how, counting);
        undos.add('let packets pass', undo);
        hindered.push(met);
      },
      undoWith: (what, undo) =>
        undos.add(what, async () => {
          using limited = linkedSignal(undefined, { clock: this.#scene.clock, timeoutMs: CLEAR_MS });
          await undo(limited.signal);
        }),
    };
    const keep = (what: string): FaultInForce => {
      this.#count += 1;
      const state = { id: `${name}-${this.#count}`, fault: name, values, what, sinceMs };
      const met = hindered.length > 0 ? () => hindered.reduce((sum, each) => sum + each(), 0) : undefined;
      this.#entries.set(state.id, { state, met, undos });
      return { ...state, met: met?.() };
    };
    try {
      return keep(await fault.begin(hand));
    } catch (error) {
      // What cannot be taken back is in force, and can be cleared later.
      await undos.run().catch(() => keep(`half made: ${messageOf(error)}`));
      throw error;
    }
  }

  async #takeBack({ state, undos }: Entry): Promise<void> {
    await undos.run();
    this.#entries.delete(state.id);
  }

  #clientOf(cluster: string): ReturnType<FaultHand['clientOf']> {
    const client = this.#scene.clients.get(cluster);
    if (!client) throw new HarnessError('ERR_USAGE', `There is no cluster "${cluster}".`);
    return client;
  }

  #notInForce(id: string): HarnessError {
    const known = [...this.#entries.keys()];
    return new HarnessError('ERR_USAGE', `No fault "${id}" is in force.`, {
      hint: known.length > 0 ? `In force: ${known.join(', ')}.` : 'None is in force.',
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work, work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

function hinder({ points: { network } }: FaultScene, how: Hindrance, matches: FlowMatcher): Undo {
  if (how.kind === 'delay') return network.delay(matches, how.ms);
  return how.kind === 'drop' ? network.drop(matches) : network.refuse(matches);
}
