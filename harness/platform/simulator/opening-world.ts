/**
 * A world that opens later. Until then it is closed, on a virtual clock, in which the minutes of an
 * installation take a second; then its API servers listen, and its time goes by as the wall's.
 */
import { unlessAborted } from '../../base/abort.ts';
import { type Clock, sleep, systemClock } from '../../base/clock.ts';
import { CleanupStack } from '../../base/dispose.ts';
import { clusterName } from '../../model/names.ts';
import { VirtualClock } from '../../simulator/network/virtual-clock.ts';
import type { World } from '../../simulator/world.ts';
import type { Cluster, StartedPlatform } from '../platform.ts';
import { Activity } from './activity.ts';
import { listen, type OpenOptions } from './open-world.ts';
import { notReady, startedOf } from './started-world.ts';
import { watchWorld } from './watchdog.ts';

/**
 * How far in the past a world begins, so that its clock has not overtaken the wall's when it opens: in
 * milliseconds. The guide takes two minutes of it at most.
 */
const BEGINS_BEFORE_MS = 300_000;

/** A world before it opens. */
export interface OpeningWorld {
  /** As it is until then: reached inside this process only. */
  readonly closed: StartedPlatform;
  /**
   * Opens it. What `closed` has given goes on.
   * @throws HarnessError ERR_PLATFORM_NOT_READY, such as for a port that is taken
   */
  open(): Promise<StartedPlatform>;
}

/**
 * Brings a world up that is still closed.
 * @param defect - aborts when a part of it fails
 * @throws HarnessError ERR_PLATFORM_NOT_READY
 */
export async function startOpeningWorld(
  createWorld: (clock: Clock, activity: Activity) => Promise<World>,
  options: Pick<OpenOptions, 'istioVersion' | 'firstPort'>,
  defect: AbortSignal,
): Promise<OpeningWorld> {
  const cleanUp = new CleanupStack();
  const clock = new VirtualClock(Math.floor(systemClock.now() / 1000) * 1000 - BEGINS_BEFORE_MS, 'wall');
  cleanUp.add('stop the clock', () => clock.stop());
  const activity = new Activity(clock);
  const watchdog = watchWorld(clock, activity);
  cleanUp.add('call off the watchdog', () => watchdog.stop());
  const stalled = AbortSignal.any([watchdog.signal, defect]);
  clock.start();
  try {
    const world = await unlessAborted(createWorld(clock, activity), stalled);
    cleanUp.add('stop the world', async () => world[Symbol.asyncDispose]());
    const closed: StartedPlatform = {
      ...startedOf(world, clock, clustersInside(world), [], cleanUp),
      defect: stalled,
    };
    return {
      closed,
      open: async () => {
        await unlessAborted(sleep(clock, Math.max(0, systemClock.now() - clock.now())), stalled);
        watchdog.stop();
        clock.followWall(systemClock);
        try {
          return { ...startedOf(world, clock, await listen(world, options), [], cleanUp), defect };
        } catch (error) {
          throw notReady(error);
        }
      },
    };
  } catch (error) {
    await cleanUp[Symbol.asyncDispose]();
    throw notReady(error);
  }
}

/** Returns the clusters of a closed world; everyone in it can reach the addresses of the API servers. */
export function clustersInside({ clusters, machine }: World): readonly Cluster[] {
  return [...clusters].map(([name, simulated]): Cluster => {
    const kubeconfig = simulated.kubeconfig();
    return {
      name: clusterName(name),
      kubeconfig: () => kubeconfig,
      dial: (host, port) => machine.connect(host, port),
    };
  });
}
