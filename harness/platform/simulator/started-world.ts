/** A started world as a run sees it, open or closed. */

import type { Clock } from '../../base/clock.ts';
import type { CleanupStack } from '../../base/dispose.ts';
import { codeOf, HarnessError, messageOf } from '../../base/errors.ts';
import { stackOf } from '../../base/stack.ts';
import { type Defect, describeDefect, type World } from '../../simulator/world.ts';
import { Bundle } from '../bundle.ts';
import { describeClusters } from '../diagnostics.ts';
import type { Cluster, PlatformAdjustment, StartedPlatform } from '../platform.ts';
import { faultPointsOf } from './world-faults.ts';

/** Makes a listener that aborts with the first defect: a run in an unsound world proves nothing. */
export function endsRun(end: AbortController): (cluster: string, defect: Defect) => void {
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

/** Returns the line of the harness's source that threw, as ` (at …)`. */
function whereOf(error: Error): string {
  const frame = stackOf(error)
    .split('\n')
    .find(line => line.trimStart().startsWith('at '));
  return frame === undefined ? '' : ` (${frame.trim()})`;
}

/** Puts together what both kinds of world offer alike. */
export function startedOf(
  world: World,
  clock: Clock,
  clusters: readonly Cluster[],
  adjustments: readonly PlatformAdjustment[],
  cleanUp: CleanupStack,
): StartedPlatform {
  return {
    clock,
    clusters: new Map(clusters.map(cluster => [cluster.name, cluster])),
    adjustments,
    faults: faultPointsOf(world),
    notSimulated: world.notSimulated,
    collectDiagnostics: folder => describeWorld(folder, clusters, clock),
    [Symbol.asyncDispose]: () => cleanUp[Symbol.asyncDispose](),
  };
}

/** Asks the clusters of a world, on its own clock, what they can tell. */
export const describeWorld = (folder: string, clusters: readonly Cluster[], clock: Clock): Promise<void> =>
  describeClusters(new Bundle(folder), clusters, undefined, () => undefined, clock);

/** Wraps what kept a world from coming up; for a port that is taken it says what to do. */
export function notReady(error: unknown): HarnessError {
  const isTaken = codeOf(error) === 'EADDRINUSE';
  return new HarnessError('ERR_PLATFORM_NOT_READY', 'The simulated world could not be brought up.', {
    ...(isTaken && { hint: `${messageOf(error)}. Choose other ports, or let free ones be found.` }),
    cause: error,
  });
}
