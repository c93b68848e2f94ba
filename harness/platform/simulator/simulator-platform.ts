/**
 * The simulated world as a platform: no Docker, no root, no downloads; on a virtual clock, or opened to other
 * programs on the wall's.
 */
import { unlessAborted } from '../../base/abort.ts';
import { type Clock, systemClock } from '../../base/clock.ts';
import { CleanupStack } from '../../base/dispose.ts';
import { HarnessError, messageOf } from '../../base/errors.ts';
import { clusterName } from '../../model/names.ts';
import { markSimulated } from '../../model/simulated-cluster.ts';
import type { Topology } from '../../model/topology.ts';
import { VirtualClock } from '../../simulator/network/virtual-clock.ts';
import {
  createWorld,
  type Defect,
  describeDefect,
  type World,
  type WorldObserver,
} from '../../simulator/world.ts';
import { Bundle, describeClusters } from '../diagnostics.ts';
import type {
  Cluster,
  Finding,
  Platform,
  PlatformAdjustment,
  Programs,
  StartedPlatform,
} from '../platform.ts';
import { watchWorld } from './watchdog.ts';

export interface SimulatorOptions {
  /** The same seed gives the same run. */
  readonly seed: string;
  /**
   * Opens the world to other programs of this machine; without it, nothing outside of this process sees it.
   */
  readonly open?: OpenOptions;
  /** Looks on in each world that is started. */
  readonly observer?: WorldObserver;
  /** Called with each world that was started: for tests that want to look behind the API. */
  readonly onWorld?: (world: World) => void;
}

/** An open world keeps the wall's time, and its API servers listen on loopback. */
export interface OpenOptions {
  /** The release that is to be installed: our istioctl, as a program, finds it in the kubeconfig. */
  readonly istioVersion: string;
  /** Port of the first cluster's API server, the others follow; free ones by default. */
  readonly firstPort?: number;
  /** The programs that work on it; without them our own do, inside this process. */
  readonly programs?: Programs;
  /**
   * Told of each defect of ours in a component of a cluster, and the world stays; without it, the first one
   * ends the run.
   */
  readonly onDefect?: (cluster: string, defect: Defect) => void;
}

const LOOPBACK = '127.0.0.1';

export class SimulatorPlatform implements Platform {
  readonly name = 'simulator';
  readonly clock: Clock['kind'];
  readonly capabilities = { realProxies: false, faults: true } as const;
  readonly #options: SimulatorOptions;

  constructor(options: SimulatorOptions) {
    this.#options = options;
    this.clock = options.open ? 'wall' : 'virtual';
  }

  async doctor(): Promise<readonly Finding[]> {
    return [
      { subject: 'simulator', ok: true, found: `runs inside this process, on Node ${process.version}` },
    ];
  }

  async start(topology: Topology, signal: AbortSignal): Promise<StartedPlatform> {
    signal.throwIfAborted();
    const { open } = this.#options;
    return open ? await this.#startOpen(topology, open, signal) : await this.#startClosed(topology, signal);
  }

  async #startClosed(topology: Topology, signal: AbortSignal): Promise<StartedPlatform> {
    const cleanUp = new CleanupStack();
    // On a whole second: Kubernetes cuts its timestamps to seconds, and ages in kubectl's tables must not
    // depend on when a run begins.
    const clock = new VirtualClock(Math.floor(systemClock.now() / 1000) * 1000);
    cleanUp.add('stop the clock', () => clock.stop());
    const end = new AbortController();
    const watchdog = watchWorld(clock);
    const defect = AbortSignal.any([watchdog.signal, end.signal]);
    cleanUp.add('call off the watchdog', () => watchdog.stop());
    clock.start();
    try {
      const world = await unlessAborted(this.#createWorld(topology, clock, endsRun(end)), defect);
      cleanUp.add('stop the world', async () => world[Symbol.asyncDispose]());
      signal.throwIfAborted();
      // API servers have addresses on their network which everyone can reach: one document serves both points
      // of view.
      const clusters = [...world.clusters].map(([name, simulated]): Cluster => {
        const kubeconfig = simulated.kubeconfig();
        return {
          name: clusterName(name),
          kubeconfig: () => kubeconfig,
          dial: (host, port) => world.machine.connect(host, port),
        };
      });
      return {
        ...startedOf(clock, clusters, [], cleanUp),
        defect,
        // A world that gets nowhere answers nothing any more, and its clock calls no one off.
        collectDiagnostics: async folder => {
          if (watchdog.signal.aborted) return;
          await unlessAborted(describeWorld(folder, clusters, clock), watchdog.signal);
        },
      };
    } catch (error) {
      await cleanUp[Symbol.asyncDispose]();
      signal.throwIfAborted();
      throw notReady(error);
    }
  }

  async #startOpen(
    topology: Topology,
    { istioVersion, firstPort, programs, onDefect }: OpenOptions,
    signal: AbortSignal,
  ): Promise<StartedPlatform> {
    const cleanUp = new CleanupStack();
    try {
      const end = new AbortController();
      const world = await this.#createWorld(topology, systemClock, onDefect ?? endsRun(end));
      cleanUp.add('stop the world', async () => world[Symbol.asyncDispose]());
      signal.throwIfAborted();
      const clusters: Cluster[] = [];
      const adjustments: PlatformAdjustment[] = [];
      for (const [index, [name, simulated]] of [...world.clusters].entries()) {
        const port = await simulated.listen(firstPort === undefined ? 0 : firstPort + index, LOOPBACK);
        const { address, port: inNetworkPort } = simulated.apiServer;
        const inNetworkServer = `https://${address}:${inNetworkPort}`;
        const here = markSimulated(simulated.kubeconfig(`https://${LOOPBACK}:${port}`), {
          inNetworkServer,
          istioVersion,
        });
        const elsewhere = simulated.kubeconfig();
        clusters.push({
          name: clusterName(name),
          kubeconfig: from => (from === 'this-machine' ? here : elsewhere),
        });
        adjustments.push(...serverAdjustments(name, inNetworkServer));
      }
      return {
        ...startedOf(systemClock, clusters, adjustments, cleanUp),
        defect: end.signal,
        ...(programs && { programs }),
      };
    } catch (error) {
      await cleanUp[Symbol.asyncDispose]();
      signal.throwIfAborted();
      throw notReady(error);
    }
  }

  async #createWorld(
    topology: Topology,
    clock: Clock,
    onDefect: (cluster: string, defect: Defect) => void,
  ): Promise<World> {
    const { networks, clusters } = topology;
    const { seed, observer, onWorld } = this.#options;
    const world = await createWorld({
      seed,
      clock,
      networks,
      clusters,
      onDefect,
      ...(observer && { observer }),
    });
    onWorld?.(world);
    return world;
  }
}

/** Aborts with the first defect: a run in a world that is not sound proves nothing. */
function endsRun(end: AbortController): (cluster: string, defect: Defect) => void {
  return (cluster, defect) =>
    end.abort(
      new HarnessError(
        'ERR_SIMULATOR_DEFECT',
        `In ${cluster}, ${describeDefect(defect)}${whereOf(defect.error)}`,
        {
          hint: 'This is a defect of mesh-harness. Please report it with the command line and the seed.',
          cause: defect.error,
        },
      ),
    );
}

/** The line of our source that threw, as ` (at …)`. */
function whereOf({ stack = '' }: Error): string {
  const frame = stack.split('\n').find(line => line.trimStart().startsWith('at '));
  return frame === undefined ? '' : ` (${frame.trim()})`;
}

/** Both forms of the verb; a command of the plan matches one of them. */
function serverAdjustments(name: string, server: string): readonly PlatformAdjustment[] {
  return [['x', 'create-remote-secret'], ['create-remote-secret']].map(verb => ({
    tool: 'istioctl',
    verb,
    cluster: clusterName(name),
    addArgs: ['--server', server],
    because: `the kubeconfig of this machine names ${name}'s API server by a loopback address, which no pod can reach`,
  }));
}

function startedOf(
  clock: Clock,
  clusters: readonly Cluster[],
  adjustments: readonly PlatformAdjustment[],
  cleanUp: CleanupStack,
): StartedPlatform {
  return {
    clock,
    clusters: new Map(clusters.map(cluster => [cluster.name, cluster])),
    adjustments,
    collectDiagnostics: folder => describeWorld(folder, clusters, clock),
    [Symbol.asyncDispose]: () => cleanUp[Symbol.asyncDispose](),
  };
}

const describeWorld = (folder: string, clusters: readonly Cluster[], clock: Clock): Promise<void> =>
  describeClusters(new Bundle(folder), clusters, undefined, () => undefined, clock);

function notReady(error: unknown): HarnessError {
  const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  return new HarnessError('ERR_PLATFORM_NOT_READY', 'The simulated world could not be brought up.', {
    ...(isTaken && { hint: `${messageOf(error)}. Choose other ports, or let free ones be found.` }),
    cause: error,
  });
}
