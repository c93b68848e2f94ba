/** Faults of a mesh that is up: of its networks, and of its pods. */
import type { ApiClient, ObjectList } from '../base/api-client.ts';
import { systemClock } from '../base/clock.ts';
import { HarnessError } from '../base/errors.ts';
import { waitUntil } from '../base/wait.ts';
import type { Topology } from '../model/topology.ts';
import type { FlowEnd, Faults as NetworkFaults } from '../simulator/network/faults.ts';
import { aNumber, anObject, aPort, aText, checkOptions, named } from './options.ts';

/** Pods of a namespace. */
export interface PodSelector {
  readonly namespace: string;
  /** `app=istiod`; all pods of the namespace by default. */
  readonly labelSelector?: string;
}

/** One end of a connection: everything that is told has to fit. */
export interface FaultEnd {
  readonly cluster?: string;
  readonly network?: string;
  /** What a pod's name begins with, such as its Deployment's: `helloworld-v1`. */
  readonly pod?: string;
}

/** The connections that a fault meets, by who opens them; all by default. */
export interface FaultTarget {
  readonly from?: FaultEnd;
  /** Where it arrives, after all Services and gateways' addresses. */
  readonly to?: FaultEnd;
  /** The port at which it arrives: 15443 is the east-west gateways', 15012 istiod's, 6443 API servers'. */
  readonly port?: number;
  readonly protocol?: 'TCP' | 'UDP';
}

/** A fault that is in force; `using` ends it, too. */
export interface Fault extends Disposable {
  /** How many connections it has met: 0 where nothing fits what was asked for. */
  readonly met: number;
  /** Ends it; a second time does nothing. */
  undo(): void;
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
  /** Ends all faults of networks. */
  clear(): void;
}

const RESTART_MS = 120_000;
const LOOK_EVERY_MS = 100;

const END = { cluster: aText, network: aText, pod: aText };
const PODS = { namespace: aText, labelSelector: aText };
const TARGET = { from: anObject, to: anObject, port: aPort, protocol: aText };

/** The faults of one world. */
export class WorldFaults implements MeshFaults {
  readonly #network: NetworkFaults;
  readonly #clusters: ReadonlyMap<string, string>;
  readonly #networks: ReadonlyMap<string, string>;
  readonly #client: (cluster: string) => ApiClient;
  readonly #inForce = new Set<Fault>();

  /** @param client - finds that of a cluster */
  constructor(network: NetworkFaults, topology: Topology, client: (cluster: string) => ApiClient) {
    this.#network = network;
    this.#clusters = new Map(topology.clusters.map(({ name }) => [name, name]));
    this.#networks = new Map(topology.networks.map(({ name }) => [name, name]));
    this.#client = client;
  }

  partition(network: string, other: string): Fault {
    const ends = [network, other].map(each => named('network', each, this.#networks));
    if (network === other)
      throw new HarnessError('ERR_USAGE', `${network} cannot be cut off from itself.`, {
        hint: 'drop({ from, to }) takes clusters and pods of one network, too.',
      });
    return this.#begin(
      matches => this.#network.drop(matches),
      ({ from, to }) =>
        ends.includes(from.network ?? '') && ends.includes(to.network ?? '') && from.network !== to.network,
    );
  }

  drop(target: FaultTarget = {}): Fault {
    return this.#begin(matches => this.#network.drop(matches), this.#matcher('drop', target));
  }

  delay(target: FaultTarget, ms: number): Fault {
    checkOptions('delay', { ms }, { ms: aNumber }, ['ms']);
    return this.#begin(matches => this.#network.delay(matches, ms), this.#matcher('delay', target));
  }

  refuse(target: FaultTarget = {}): Fault {
    return this.#begin(matches => this.#network.refuse(matches), this.#matcher('refuse', target));
  }

  async kill(cluster: string, pods: PodSelector): Promise<readonly string[]> {
    checkOptions('kill', pods, PODS, ['namespace']);
    const client = this.#client(cluster);
    const { items } = await podsOf(client, pods);
    if (items.length === 0) throw noPods(cluster, pods);
    const now = { gracePeriodSeconds: 0 };
    await Promise.all(items.map(({ metadata }) => client.delete(podPath(pods, metadata.name), now)));
    return namesOf(items);
  }

  async restart(
    cluster: string,
    pods: PodSelector,
    { timeoutMs = RESTART_MS, signal }: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<readonly string[]> {
    const client = this.#client(cluster);
    const killed = await this.kill(cluster, pods);
    return await waitUntil(
      `${killed.length} new pods of ${describe(cluster, pods)} to be ready`,
      async () => namesOf((await podsOf(client, pods, signal)).items.filter(isReady)),
      names => names.length >= killed.length && !names.some(name => killed.includes(name)),
      { timeoutMs, intervalMs: LOOK_EVERY_MS, clock: systemClock, ...(signal && { signal }) },
    );
  }

  clear(): void {
    for (const fault of this.#inForce) fault.undo();
  }

  #begin(begin: (matches: Matcher) => () => void, matches: Matcher): Fault {
    const met = new WeakSet<object>();
    let count = 0;
    const undo = begin(flow => {
      if (!matches(flow)) return false;
      if (!met.has(flow)) count += 1;
      met.add(flow);
      return true;
    });
    const fault: Fault = {
      get met() {
        return count;
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

  /** @throws HarnessError ERR_USAGE for names that the mesh does not have */
  #matcher(of: string, target: FaultTarget): Matcher {
    checkOptions(of, target, TARGET);
    for (const end of [target.from ?? {}, target.to ?? {}]) {
      checkOptions(of, end, END);
      if (end.cluster !== undefined) named('cluster', end.cluster, this.#clusters);
      if (end.network !== undefined) named('network', end.network, this.#networks);
    }
    const { from, to, port, protocol } = target;
    return flow =>
      fits(flow.from, from) &&
      fits(flow.to, to) &&
      (port === undefined || flow.port === port) &&
      (protocol === undefined || flow.protocol === protocol);
  }
}

type Matcher = Parameters<NetworkFaults['drop']>[0];

const fits = (end: FlowEnd, { cluster, network, pod }: FaultEnd = {}): boolean =>
  (cluster === undefined || end.cluster === cluster) &&
  (network === undefined || end.network === network) &&
  (pod === undefined || (end.kind === 'pod' && end.name.startsWith(pod)));

/** Where pods are, or one of them. */
const podPath = ({ namespace }: PodSelector, name?: string) => ({
  apiVersion: 'v1',
  plural: 'pods',
  namespace,
  ...(name !== undefined && { name }),
});

/** Lists pods. */
export const podsOf = (client: ApiClient, pods: PodSelector, signal?: AbortSignal): Promise<ObjectList> =>
  client.list(
    podPath(pods),
    pods.labelSelector === undefined ? {} : { labelSelector: pods.labelSelector },
    signal,
  );

/** Tells whether a pod is ready, and not on its way out. */
export function isReady({ metadata, status }: ObjectList['items'][number]): boolean {
  // Of a pod, as the API has it.
  const { conditions = [] } = (status ?? {}) as { conditions?: { type: string; status: string }[] };
  const ready = conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  return ready && metadata.deletionTimestamp === undefined;
}

const namesOf = (items: ObjectList['items']): readonly string[] =>
  items.map(({ metadata }) => metadata.name ?? '').sort();

const describe = (cluster: string, { namespace, labelSelector }: PodSelector): string =>
  `${cluster}, ${namespace}${labelSelector === undefined ? '' : `, ${labelSelector}`}`;

/** Makes the error of a selector that no pod fits. */
export const noPods = (cluster: string, pods: PodSelector): HarnessError =>
  new HarnessError('ERR_USAGE', `There is no such pod in ${describe(cluster, pods)}.`, {
    hint: 'clients has a list of all: { apiVersion: "v1", plural: "pods" }.',
  });
