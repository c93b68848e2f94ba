/** Puts the simulated world together: clock, network, clusters, images. The only file that knows them all. */

import type { Clock } from '../base/clock.ts';
import { CleanupStack } from '../base/dispose.ts';
import type { KubernetesMinor } from '../base/kubernetes-versions.ts';
import { createRandom } from '../base/random.ts';
import { dialHost } from './bridge/host-dial.ts';
import { createImageCatalog } from './images/catalog.ts';
import { schemaNamed } from './istio/install/named-schemas.ts';
import { pilotDiscovery } from './istio/istiod/discovery.ts';
import { adviceBesideReal, adviceOn } from './istio/istiod/model/advice.ts';
import { ledElsewhereTold } from './istio/istiod/model/led-elsewhere.ts';
import { ALLOW_NOT_SIMULATED } from './istio/istiod/model/settings.ts';
import type { Edition } from './istio/registry/names.ts';
import type { Advise } from './kubernetes/admission/advice.ts';
import type { Defect, Subject } from './kubernetes/client/defect.ts';
import { type SimulatedCluster, startCluster } from './kubernetes/cluster.ts';
import type { RequestRecord } from './kubernetes/http/server/server.ts';
import type { NetworkNamespace } from './network/interfaces.ts';
import type { ConnectionRecord } from './network/recorder.ts';
import { VirtualNetwork } from './network/virtual-network.ts';
import type { Main, ProcessNote, ProcessSource } from './program.ts';

export { type Defect, describeDefect, nameOf, type Subject } from './kubernetes/client/defect.ts';
export type { RequestRecord } from './kubernetes/http/server/server.ts';
export type { SocketAddress } from './network/interfaces.ts';
export type { ConnectionRecord } from './network/recorder.ts';
export type { ProcessNote, ProcessSource } from './program.ts';

/** The networks and clusters of a world. */
export interface WorldOptions {
  /** The same seed gives the same world. */
  readonly seed: string;
  readonly clock: Clock;
  readonly networks: readonly { readonly name: string; readonly range: string }[];
  readonly clusters: readonly {
    readonly name: string;
    readonly network: string;
    readonly podRange: string;
    readonly serviceRange: string;
    readonly nodes: number;
    /** Of its nodes; the zones by turns. */
    readonly region?: string;
    readonly zones?: readonly string[];
  }[];
  /**
   * Called with each defect of the simulator in a cluster, and the world goes on; by default a defect ends
   * the process.
   */
  readonly onDefect?: (cluster: string, defect: Defect) => void;
  /** Which version of Kubernetes the API servers are; 1.34 by default. */
  readonly kubernetes?: KubernetesMinor;
  /** True: API servers alone, without nodes and controllers. */
  readonly apiOnly?: boolean;
  /** What API servers say that they are, for tests in which the clusters stand in for real ones. */
  readonly version?: string;
  /** Looks on: hears of everything as it happens, and changes nothing. */
  readonly observer?: WorldObserver;
  /** Whose resources and settings there are; of the current release by default. */
  readonly edition?: Edition;
  /** Whether security objects that are not simulated are taken, with a warning; else they are refused. */
  readonly allowsNotSimulated?: boolean;
  /** The program of istiod's pods; ours by default. */
  readonly istiod?: Main;
}

/** Hears what happens in a world. The world calls each method at once, from within: it must not wait. */
export interface WorldObserver {
  /** Called with a request to a cluster's API server, once it is answered. */
  onRequest(cluster: string, record: RequestRecord): void;
  /** Called with an attempt to connect, or a datagram, once its outcome is known. */
  onConnection(record: ConnectionRecord): void;
  /** Called with what the main process of a container shows. Absent: nobody looks, and nothing is shown. */
  onProcess?(cluster: string, source: ProcessSource, note: ProcessNote): void;
  /** Called with a write of a cluster's own component: a controller, a kubelet. */
  onWrite?(cluster: string, component: string, subject: Subject): void;
  /** Called when a program that a user has started in a container (exec) writes to its standard output. */
  onExecOutput?(cluster: string): void;
}

/** A running world; disposing of it ends all of its programs. */
export interface World extends AsyncDisposable {
  readonly network: VirtualNetwork;
  readonly clusters: ReadonlyMap<string, SimulatedCluster>;
  /** What was written to the clusters until now that is not simulated: `cluster1: …`, each once, sorted. */
  readonly notSimulated: () => readonly string[];
  /** A machine outside of the clusters, where the user's tools run. */
  readonly machine: NetworkNamespace;
}

/** Brings the world up; every cluster's API server answers when the promise resolves. */
export async function createWorld(options: WorldOptions): Promise<World> {
  const { onDefect, observer } = options;
  const cleanUp = new CleanupStack();
  const random = createRandom(options.seed);
  const network = new VirtualNetwork({
    clock: options.clock,
    random: random.stream('network'),
    networks: options.networks,
  });
  if (observer) network.recorder.subscribe(record => observer.onConnection(record));
  const machine = network.addMachine('workstation');
  const images = createImageCatalog([], options.istiod ?? istiodProgram(options));
  const clusters = new Map<string, SimulatedCluster>();
  const told = new Set<string>();
  try {
    await Promise.all(
      options.clusters.map(async spec => {
        const cluster = await startCluster({
          ...spec,
          network: network.addCluster(spec),
          clock: options.clock,
          random: random.stream(`cluster/${spec.name}`),
          images,
          dialHost,
          schemaNamed,
          ...(options.kubernetes && { kubernetes: options.kubernetes }),
          ...(options.apiOnly && { apiOnly: true }),
          ...(options.version !== undefined && { version: options.version }),
          advise: advisor(options, spec.name, told),
          ...(observer && observed(spec.name, observer)),
          ...(onDefect && { onDefect: (defect: Defect) => onDefect(spec.name, defect) }),
        });
        cleanUp.add(`stop ${spec.name}`, () => cluster.stop());
        clusters.set(spec.name, cluster);
      }),
    );
  } catch (error) {
    await cleanUp[Symbol.asyncDispose]();
    throw error;
  }
  // Side by side they may have come up in any order; the map keeps the topology's.
  const ordered = new Map(
    options.clusters.map(({ name }) => [name, clusters.get(name) as SimulatedCluster] as const),
  ); // all are there
  const notSimulated = () => [...told].sort();
  return {
    network,
    clusters: ordered,
    machine,
    notSimulated,
    [Symbol.asyncDispose]: () => cleanUp[Symbol.asyncDispose](),
  };
}

/** Returns what tells who writes to a cluster what is not simulated, and keeps it. */
const advisor =
  ({ edition = 'current', istiod }: WorldOptions, cluster: string, told: Set<string>): Advise =>
  (object, look) => {
    const advice = istiod ? adviceBesideReal : adviceOn;
    const sentences = [...ledElsewhereTold(object, look), ...advice(edition, object)];
    for (const sentence of sentences) told.add(`${cluster}: ${sentence}`);
    return sentences;
  };

/** Our istiod; the environment tells it what it lets pass. */
const istiodProgram = ({ allowsNotSimulated = false }: WorldOptions): Main | undefined =>
  allowsNotSimulated
    ? context => pilotDiscovery({ ...context, env: { ...context.env, [ALLOW_NOT_SIMULATED]: 'true' } })
    : undefined;

/** Returns the callbacks by which a cluster informs the observer. */
const observed = (cluster: string, observer: WorldObserver) => ({
  onRequest: (record: RequestRecord) => observer.onRequest(cluster, record),
  ...(observer.onProcess && {
    onProcess: (source: ProcessSource, note: ProcessNote) => observer.onProcess?.(cluster, source, note),
  }),
  ...(observer.onWrite && {
    onWrite: (component: string, subject: Subject) => observer.onWrite?.(cluster, component, subject),
  }),
  ...(observer.onExecOutput && { onExecOutput: () => observer.onExecOutput?.(cluster) }),
});
