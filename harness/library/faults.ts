/** Faults of a mesh that is up: of its networks, of its pods, and those of the catalog. */
import { systemClock } from '../base/clock.ts';
import { HarnessError } from '../base/errors.ts';
import type { FaultScene, FaultValues } from '../faults/fault.ts';
import { betweenNetworks, counted, type FaultTarget, flowsOf } from '../faults/flows.ts';
import { type FaultInForce, FaultsInForce } from '../faults/in-force.ts';
import { killPods, type PodSelector, restartPods } from '../faults/pods.ts';
import type { FlowMatcher, Undo } from '../platform/fault-points.ts';
import { aNumber, anObject, aPort, aSignal, aText, checkOptions, named, oneOf } from './options.ts';
import type { WhileUp } from './while-up.ts';

/** A fault that is in force; `using` ends it, too. */
export interface Fault extends Disposable {
  /** How many connections it has met: 0 where nothing fits what was asked for. */
  readonly met: number;
  /** Ends it; a second time does nothing. */
  undo(): void;
}

/** A fault of the catalog that is in force; `await using` takes it back, too. */
export interface CatalogFault extends FaultInForce, AsyncDisposable {
  /** Takes it back; a second time does nothing. */
  undo(): Promise<void>;
}

/**
 * Makes things fail. A fault of a network meets connections that are there too (but for `refuse`), until it
 * is undone. It does not reach this program's own: `clients` and kubeconfigs go past the simulated networks.
 */
export interface MeshFaults {
  /** Cuts two networks off from each other, gateways and API servers included. */
  partition(network: string, other: string): Fault;
  /** Packets vanish, both ways: what waits for an answer waits until its own deadline. */
  drop(target?: FaultTarget): Fault;
  /** Packets take so many milliseconds longer, each way. */
  delay(target: FaultTarget, ms: number): Fault;
  /** New connections are refused. */
  refuse(target?: FaultTarget): Fault;
  /**
   * Kills pods without grace, as a node that fails does; what owns them makes others.
   * @returns their names
   */
  kill(cluster: string, pods: PodSelector): Promise<readonly string[]>;
  /**
   * Kills pods, and waits until as many others are ready.
   * @returns the names of the new ones
   * @throws HarnessError ERR_TIMEOUT after two minutes, or `timeoutMs`
   */
  restart(
    cluster: string,
    pods: PodSelector,
    options?: { readonly timeoutMs?: number; readonly signal?: AbortSignal },
  ): Promise<readonly string[]>;
  /**
   * Begins a fault of the catalog (docs/faults.md): `begin('istiod-away', { cluster: 'cluster1' })`.
   * @throws HarnessError ERR_UNKNOWN_FAULT; ERR_USAGE for what it does not take, or this mesh cannot have
   */
  begin(name: string, values?: FaultValues): Promise<CatalogFault>;
  /** Those of the catalog that are in force, the oldest first. */
  list(): readonly FaultInForce[];
  /** Ends all: those of networks at once, those of the catalog before it resolves. */
  clear(): Promise<void>;
}

const END = { cluster: aText, network: aText, pod: aText };
const PODS = { namespace: aText, labelSelector: aText };
const TARGET = { from: anObject, to: anObject, port: aPort, protocol: oneOf('TCP', 'UDP') };
const VALUES = { cluster: aText, from: aText, network: aText, node: aText, ms: aText };

/** The faults of one world. */
export class WorldFaults implements MeshFaults {
  readonly #scene: FaultScene;
  readonly #whileUp: WhileUp;
  readonly #catalog: FaultsInForce;
  readonly #inForce = new Set<Fault>();

  /** @param whileUp - for how long something can be made to fail */
  constructor(scene: FaultScene, whileUp: WhileUp) {
    this.#scene = scene;
    this.#whileUp = whileUp;
    this.#catalog = new FaultsInForce(scene);
  }

  partition(network: string, other: string): Fault {
    this.#whileUp.assert('partition');
    const known = new Map(this.#scene.topology.networks.map(({ name }) => [name as string, name]));
    for (const each of [network, other]) named('network', each, known);
    if (network === other)
      throw new HarnessError('ERR_USAGE', `${network} cannot be cut off from itself.`, {
        hint: 'drop({ from, to }) takes clusters and pods of one network, too.',
      });
    return this.#hinder(matches => this.#network.drop(matches), betweenNetworks(network, other));
  }

  drop(target: FaultTarget = {}): Fault {
    return this.#hinder(matches => this.#network.drop(matches), this.#matcher('drop', target));
  }

  delay(target: FaultTarget, ms: number): Fault {
    checkOptions('delay', { ms }, { ms: aNumber }, ['ms']);
    return this.#hinder(matches => this.#network.delay(matches, ms), this.#matcher('delay', target));
  }

  refuse(target: FaultTarget = {}): Fault {
    return this.#hinder(matches => this.#network.refuse(matches), this.#matcher('refuse', target));
  }

  async kill(cluster: string, pods: PodSelector): Promise<readonly string[]> {
    checkOptions('kill', pods, PODS, ['namespace']);
    return await this.#whileUp.ask('kill', () => killPods(this.#client(cluster), cluster, pods));
  }

  async restart(
    cluster: string,
    pods: PodSelector,
    options: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<readonly string[]> {
    checkOptions('restart', pods, PODS, ['namespace']);
    checkOptions('restart', options, { timeoutMs: aNumber, signal: aSignal });
    return await this.#whileUp.ask('restart', () =>
      restartPods(this.#client(cluster), cluster, pods, { clock: systemClock, ...options }),
    );
  }

  async begin(name: string, values: FaultValues = {}): Promise<CatalogFault> {
    checkOptions('begin', values, VALUES);
    const begun = await this.#whileUp.ask('begin', () => this.#catalog.begin(name, values));
    const undo = async () => {
      if (this.list().some(({ id }) => id === begun.id)) await this.#catalog.clear(begun.id);
    };
    return { ...begun, undo, [Symbol.asyncDispose]: undo };
  }

  list(): readonly FaultInForce[] {
    return this.#whileUp.isOver ? [] : this.#catalog.list();
  }

  async clear(): Promise<void> {
    for (const fault of this.#inForce) fault.undo();
    if (!this.#whileUp.isOver) await this.#catalog.clearAll();
  }

  get #network(): FaultScene['points']['network'] {
    return this.#scene.points.network;
  }

  #client(cluster: string) {
    return named('cluster', cluster, this.#scene.clients);
  }

  #hinder(begin: (matches: FlowMatcher) => Undo, matcher: FlowMatcher): Fault {
    const { matches, met } = counted(matcher);
    const undo = begin(matches);
    const fault: Fault = {
      get met() {
        return met();
      },
      undo: () => {
        undo();
        this.#inForce.delete(fault);
      },
      [Symbol.dispose]: () => fault.undo(),
    };
    this.#inForce.add(fault);
    return fault;
  }

  /** @throws HarnessError ERR_USAGE for names that the mesh does not have, or if it has been stopped */
  #matcher(of: string, target: FaultTarget): FlowMatcher {
    this.#whileUp.assert(of);
    checkOptions(of, target, TARGET);
    const { networks } = this.#scene.topology;
    const known = new Map(networks.map(({ name }) => [name as string, name]));
    for (const end of [target.from ?? {}, target.to ?? {}]) {
      checkOptions(of, end, END);
      if (end.cluster !== undefined) named('cluster', end.cluster, this.#scene.clients);
      if (end.network !== undefined) named('network', end.network, known);
    }
    return flowsOf(target);
  }
}
