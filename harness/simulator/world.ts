/** Puts the simulated world together: clock, network, clusters, images. The only file that knows them all. */
import type { Clock } from '../base/clock.ts';
import { CleanupStack } from '../base/dispose.ts';
import { createRandom } from '../base/random.ts';
import { createImageCatalog } from './images/catalog.ts';
import type { Defect } from './kubernetes/client/supervisor.ts';
import { type SimulatedCluster, startCluster } from './kubernetes/cluster.ts';
import type { NetworkNamespace } from './network/interfaces.ts';
import { VirtualNetwork } from './network/virtual-network.ts';

export { type Defect, describeDefect } from './kubernetes/client/supervisor.ts';

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
  }[];
  /** Told of each defect of ours in a cluster, and the world goes on; by default it ends the process. */
  readonly onDefect?: (cluster: string, defect: Defect) => void;
}

export interface World extends AsyncDisposable {
  readonly network: VirtualNetwork;
  readonly clusters: ReadonlyMap<string, SimulatedCluster>;
  /** A machine outside of the clusters, where the user's tools run. */
  readonly machine: NetworkNamespace;
}

/** Brings the world up; every cluster's API server answers when the promise resolves. */
export async function createWorld(options: WorldOptions): Promise<World> {
  const { onDefect } = options;
  const cleanUp = new CleanupStack();
  const random = createRandom(options.seed);
  const network = new VirtualNetwork({
    clock: options.clock,
    random: random.stream('network'),
    networks: options.networks,
  });
  const machine = network.addMachine('workstation');
  const images = createImageCatalog();
  const clusters = new Map<string, SimulatedCluster>();
  try {
    await Promise.all(
      options.clusters.map(async spec => {
        const cluster = await startCluster({
          ...spec,
          network: network.addCluster(spec),
          clock: options.clock,
          random: random.stream(`cluster/${spec.name}`),
          images,
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
  return { network, clusters: ordered, machine, [Symbol.asyncDispose]: () => cleanUp[Symbol.asyncDispose]() };
}
