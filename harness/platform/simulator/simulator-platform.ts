/** The simulated world as a platform: no Docker, no root, no downloads, on a virtual clock. */
import { systemClock } from '../../base/clock.ts';
import { CleanupStack } from '../../base/dispose.ts';
import { HarnessError } from '../../base/errors.ts';
import { clusterName } from '../../model/names.ts';
import type { Topology } from '../../model/topology.ts';
import { VirtualClock } from '../../simulator/network/virtual-clock.ts';
import { createWorld, type World } from '../../simulator/world.ts';
import type { Cluster, Finding, Platform, StartedPlatform } from '../platform.ts';
import { watchWorld } from './watchdog.ts';

export interface SimulatorOptions {
  /** The same seed gives the same run. */
  readonly seed: string;
  /** Called with each world that was started: for tests that want to look behind the API. */
  readonly onWorld?: (world: World) => void;
}

export class SimulatorPlatform implements Platform {
  readonly name = 'simulator';
  readonly clock = 'virtual' as const;
  readonly capabilities = { realProxies: false, faults: true } as const;
  readonly #options: SimulatorOptions;

  constructor(options: SimulatorOptions) {
    this.#options = options;
  }

  async doctor(): Promise<readonly Finding[]> {
    return [{ subject: 'simulator', ok: true, found: `runs inside this process, on Node ${process.version}` }];
  }

  async start(topology: Topology, signal: AbortSignal): Promise<StartedPlatform> {
    signal.throwIfAborted();
    const cleanUp = new CleanupStack();
    // On a whole second: Kubernetes cuts its timestamps to seconds, and ages in kubectl's tables must not depend on when a run begins.
    const clock = new VirtualClock(Math.floor(systemClock.now() / 1000) * 1000);
    cleanUp.add('stop the clock', () => clock.stop());
    const watchdog = watchWorld(clock);
    cleanUp.add('call off the watchdog', () => watchdog.stop());
    clock.start();
    try {
      const world = await Promise.race([
        createWorld({
          seed: this.#options.seed,
          clock,
          networks: topology.networks,
          clusters: topology.clusters,
        }),
        rejection(watchdog.signal),
      ]);
      cleanUp.add('stop the world', async () => world[Symbol.asyncDispose]());
      this.#options.onWorld?.(world);
      return {
        clock,
        defect: watchdog.signal,
        clusters: new Map(
          [...world.clusters].map(([name, simulated]) => [
            clusterName(name),
            clusterOf(name, simulated.kubeconfig(), world),
          ]),
        ),
        adjustments: [],
        collectDiagnostics: async () => {},
        [Symbol.asyncDispose]: () => cleanUp[Symbol.asyncDispose](),
      };
    } catch (error) {
      await cleanUp[Symbol.asyncDispose]();
      throw new HarnessError('ERR_PLATFORM_NOT_READY', 'The simulated world could not be brought up.', {
        cause: error,
      });
    }
  }
}

/** Rejects with the signal's reason when it aborts; never resolves. */
function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function clusterOf(name: string, kubeconfig: string, world: World): Cluster {
  return {
    name: clusterName(name),
    // API servers have addresses on their network which everyone can reach: one document serves both points of view.
    kubeconfig: () => kubeconfig,
    dial: (host, port) => world.machine.connect(host, port),
  };
}
