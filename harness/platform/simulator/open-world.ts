/** A world that other programs of this machine see: it keeps the wall's time, and its ports are real. */
import { systemClock } from '../../base/clock.ts';
import { CleanupStack } from '../../base/dispose.ts';
import { clusterName } from '../../model/names.ts';
import { markSimulated } from '../../model/simulated-cluster.ts';
import type { Defect, SocketAddress, World, WorldOptions } from '../../simulator/world.ts';
import type { Cluster, PlatformAdjustment, Programs, StartedPlatform } from '../platform.ts';
import { endsRun, notReady, startedOf } from './started-world.ts';

/** How other programs reach the world, and which of them work on it. */
export interface OpenOptions {
  /** The release that is to be installed: our istioctl, as a program, finds it in the kubeconfig. */
  readonly istioVersion: string;
  /** Port of the first cluster's API server, the others follow; free ones by default. */
  readonly firstPort?: number;
  /** True: API servers alone, without nodes and controllers. */
  readonly apiOnly?: boolean;
  /** The programs that work on it; without them our own do, inside this process. */
  readonly programs?: Programs;
  /** A real `pilot-discovery` of this machine, which takes the place of our istiod. */
  readonly istiod?: { readonly path: string; readonly version: string };
  /** What the istioctl among them says it is, if it is the user's. */
  readonly istioctlVersion?: string;
  /**
   * Called with each defect of the simulator in a component of a cluster, and the world stays; without it,
   * the first one ends the run.
   */
  readonly onDefect?: (cluster: string, defect: Defect) => void;
}

const LOOPBACK = '127.0.0.1';

/**
 * Brings an open world up: its API servers listen on loopback ports of this machine.
 * @param createWorld - makes the world, and says which defects it tells
 * @throws HarnessError ERR_PLATFORM_NOT_READY, such as for a port that is taken; the signal's reason
 */
export async function startOpenWorld(
  createWorld: (
    onDefect: (cluster: string, defect: Defect) => void,
    istiod: WorldOptions['istiod'],
  ) => Promise<World>,
  { istioVersion, firstPort, programs, istioctlVersion, istiod: program, onDefect }: OpenOptions,
  signal: AbortSignal,
): Promise<StartedPlatform> {
  const cleanUp = new CleanupStack();
  try {
    const end = new AbortController();
    const istiod = program && (await realIstiod(program.path, cleanUp));
    const world = await createWorld(onDefect ?? endsRun(end), istiod);
    cleanUp.add('stop the world', async () => world[Symbol.asyncDispose]());
    signal.throwIfAborted();
    const clusters = await listen(world, { istioVersion, ...(firstPort !== undefined && { firstPort }) });
    const isOfOthers = istioctlVersion !== undefined && istioctlVersion !== istioVersion;
    const adjustments = [...world.clusters].flatMap(([name, { apiServer }]) => [
      ...serverAdjustments(name, serverOf(apiServer), istioctlVersion === undefined),
      ...(isOfOthers ? [imageAdjustment(name, istioVersion)] : []),
    ]);
    return {
      ...startedOf(world, systemClock, clusters, adjustments, cleanUp),
      defect: end.signal,
      ...(programs && { programs }),
    };
  } catch (error) {
    await cleanUp[Symbol.asyncDispose]();
    signal.throwIfAborted();
    throw notReady(error);
  }
}

const serverOf = ({ address, port }: SocketAddress): string => `https://${address}:${port}`;

/**
 * Has the API servers of a world listen on loopback.
 * @returns the clusters, as other programs of this machine reach them
 * @throws a Node error for a port that is taken
 */
export async function listen(
  { clusters }: World,
  { istioVersion, firstPort }: Pick<OpenOptions, 'istioVersion' | 'firstPort'>,
): Promise<readonly Cluster[]> {
  const listening: Cluster[] = [];
  for (const [index, [name, simulated]] of [...clusters].entries()) {
    const port = await simulated.listen(firstPort === undefined ? 0 : firstPort + index, LOOPBACK);
    const here = markSimulated(simulated.kubeconfig(`https://${LOOPBACK}:${port}`), {
      inNetworkServer: serverOf(simulated.apiServer),
      istioVersion,
    });
    const elsewhere = simulated.kubeconfig();
    listening.push({
      name: clusterName(name),
      kubeconfig: from => (from === 'this-machine' ? here : elsewhere),
    });
  }
  return listening;
}

/** Loads the bridge, which no other world needs. Its programs end after the world that asked for them. */
async function realIstiod(file: string, cleanUp: CleanupStack): Promise<WorldOptions['istiod']> {
  const { RealIstiod } = await import('../../simulator/bridge/real-istiod.ts');
  const istiod = new RealIstiod(file);
  cleanUp.add('end the real istiods', () => istiod[Symbol.asyncDispose]());
  return istiod.main;
}

/** Adjusts both forms of the verb; our own istioctl of 1.8 has no such flag, and finds the address itself. */
function serverAdjustments(name: string, server: string, isOurs: boolean): readonly PlatformAdjustment[] {
  const verbs = [...(isOurs ? [] : [['x', 'create-remote-secret']]), ['create-remote-secret']];
  return verbs.map(verb => ({
    tool: 'istioctl',
    verb,
    cluster: clusterName(name),
    addArgs: ['--server', server],
    because: `the kubeconfig of this machine names ${name}'s API server by a loopback address, which no pod can reach`,
  }));
}

/** The simulator has the images of the edition's release, and an istioctl installs those of its own. */
const imageAdjustment = (name: string, istioVersion: string): PlatformAdjustment => ({
  tool: 'istioctl',
  verb: ['install'],
  cluster: clusterName(name),
  addArgs: ['--set', 'hub=docker.io/istio', '--set', `tag=${istioVersion}`],
  because: `the simulator has the images of Istio ${istioVersion}, and this istioctl is of another version`,
});
