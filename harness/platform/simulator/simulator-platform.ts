/** The simulated world as a platform: no Docker, no root, no downloads. */
import { unlessAborted } from '../../base/abort.ts';
import { type Clock, systemClock } from '../../base/clock.ts';
import { CleanupStack } from '../../base/dispose.ts';
import type { KubernetesMinor } from '../../base/kubernetes-versions.ts';
import type { Topology } from '../../model/topology.ts';
import { VirtualClock } from '../../simulator/network/virtual-clock.ts';
import {
  createWorld,
  type Defect,
  type World,
  type WorldObserver,
  type WorldOptions,
} from '../../simulator/world.ts';
import type { ControlPlane, Finding, Platform, StartedPlatform } from '../platform.ts';
import { Activity } from './activity.ts';
import { both } from './observers.ts';
import { type OpenOptions, startOpenWorld } from './open-world.ts';
import { clustersInside, type OpeningWorld, startOpeningWorld } from './opening-world.ts';
import { describeWorld, endsRun, notReady, startedOf } from './started-world.ts';
import { watchWorld } from './watchdog.ts';

/** What a world depends on besides the scenario, and who looks on. */
export interface SimulatorOptions {
  /** The same seed gives the same run. */
  readonly seed: string;
  /** Which version of Kubernetes the clusters are; 1.34 by default. */
  readonly kubernetes?: KubernetesMinor;
  /**
   * Opens the world to other programs of this machine; without it, nothing outside of this process sees the
   * world.
   */
  readonly open?: OpenOptions;
  /** Whose Istio it is; the current release's by default. */
  readonly edition?: WorldOptions['edition'];
  /** Looks on in each world that the platform starts. */
  readonly observer?: WorldObserver;
  /** Called with each world that the platform has started: for tests that look behind the API. */
  readonly onWorld?: (world: World) => void;
}

/** What a world of the platform is made with besides the platform's options. */
interface Surroundings {
  readonly clock: Clock;
  readonly onDefect: (cluster: string, defect: Defect) => void;
  /** Looks on for the watchdog. */
  readonly activity?: Activity;
  readonly istiod?: WorldOptions['istiod'] | undefined;
}

/** Runs a scenario in a simulated world: on a virtual clock, or open to other programs on the wall's. */
export class SimulatorPlatform implements Platform {
  readonly name = 'simulator';
  readonly clock: Clock['kind'];
  readonly capabilities = { realProxies: false, faults: true } as const;
  readonly controlPlane?: ControlPlane;
  readonly #options: SimulatorOptions;

  constructor(options: SimulatorOptions) {
    this.#options = options;
    this.clock = options.open ? 'wall' : 'virtual';
    const istiod = options.open?.istiod;
    if (istiod) this.controlPlane = { version: istiod.version };
  }

  async doctor(): Promise<readonly Finding[]> {
    return [
      { subject: 'simulator', ok: true, found: `runs inside this process, on Node ${process.version}` },
    ];
  }

  async start(topology: Topology, signal: AbortSignal): Promise<StartedPlatform> {
    signal.throwIfAborted();
    const { open } = this.#options;
    return open
      ? await startOpenWorld(
          (onDefect, istiod) => this.#createWorld(topology, { clock: systemClock, onDefect, istiod }),
          open,
          signal,
        )
      : await this.#startClosed(topology, signal);
  }

  /**
   * Brings a world up that is to be opened when something has been installed in it: no minute of that is
   * waited for. Without the programs and the istiod of `open`, which keep the wall's time.
   * @param defect - aborts when a part of it fails
   * @throws as start
   */
  async startOpening(topology: Topology, open: OpenOptions, defect: AbortSignal): Promise<OpeningWorld> {
    const { onDefect = () => {} } = open;
    return await startOpeningWorld(
      (clock, activity) => this.#createWorld(topology, { clock, onDefect, activity }),
      open,
      defect,
    );
  }

  async #startClosed(topology: Topology, signal: AbortSignal): Promise<StartedPlatform> {
    const cleanUp = new CleanupStack();
    // On a whole second: Kubernetes cuts its timestamps to seconds, and ages in kubectl's tables must not
    // depend on when a run begins.
    const clock = new VirtualClock(Math.floor(systemClock.now() / 1000) * 1000);
    cleanUp.add('stop the clock', () => clock.stop());
    const end = new AbortController();
    const activity = new Activity(clock);
    const watchdog = watchWorld(clock, activity);
    const defect = AbortSignal.any([watchdog.signal, end.signal]);
    cleanUp.add('call off the watchdog', () => watchdog.stop());
    clock.start();
    try {
      const onDefect = endsRun(end);
      const world = await unlessAborted(this.#createWorld(topology, { clock, onDefect, activity }), defect);
      cleanUp.add('stop the world', async () => world[Symbol.asyncDispose]());
      signal.throwIfAborted();
      const clusters = clustersInside(world);
      return {
        ...startedOf(world, clock, clusters, [], cleanUp),
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

  async #createWorld(
    topology: Topology,
    { clock, onDefect, activity, istiod }: Surroundings,
  ): Promise<World> {
    const { networks, clusters, allowNotSimulated } = topology;
    const { seed, kubernetes, open, onWorld, edition } = this.#options;
    const observer = both(activity, this.#options.observer);
    const world = await createWorld({
      seed,
      clock,
      ...(kubernetes && { kubernetes }),
      ...(edition && { edition }),
      ...(allowNotSimulated && { allowsNotSimulated: true }),
      ...(open?.apiOnly && { apiOnly: true }),
      networks,
      clusters,
      onDefect,
      ...(observer && { observer }),
      ...(istiod && { istiod }),
    });
    onWorld?.(world);
    return world;
  }
}
