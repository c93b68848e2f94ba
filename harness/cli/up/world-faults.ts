/** The faults of a world that is up, and the door at which they are asked for. */
import { READ_MS } from '../../base/answer-deadline.ts';
import { CleanupStack } from '../../base/dispose.ts';
import { KubernetesClient } from '../../base/kubernetes-client.ts';
import { FaultsInForce } from '../../faults/in-force.ts';
import type { Topology } from '../../model/topology.ts';
import type { Plan } from '../../plan/step.ts';
import type { StartedPlatform } from '../../platform/platform.ts';
import { type Control, openControl } from './control.ts';
import type { UpPaths } from './paths.ts';

/** Opens the door for the faults of a world; undefined where nothing can be made to fail. */
export async function openWorldFaults(
  paths: UpPaths,
  { clusters, clock, faults: points }: StartedPlatform,
  topology: Topology,
  { edition, client }: Pick<Plan, 'edition' | 'client'>,
): Promise<Control | undefined> {
  if (!points) return undefined;
  const cleanUp = new CleanupStack();
  const limit = { clock, readMs: READ_MS };
  const clients = new Map(
    [...clusters].map(([name, cluster]) => {
      const { dial } = cluster;
      const kubeconfig = cluster.kubeconfig('this-machine');
      return [name as string, new KubernetesClient(kubeconfig, { limit, ...(dial && { dial }) })] as const;
    }),
  );
  cleanUp.add('close the connections', () => {
    for (const each of clients.values()) each.close();
  });
  const faults = new FaultsInForce({ topology, edition, client, clients, clock, points });
  const control = await openControl(paths, faults, () => clock.now());
  cleanUp.add('close the door', async () => control[Symbol.asyncDispose]());
  return { socket: control.socket, [Symbol.asyncDispose]: () => cleanUp[Symbol.asyncDispose]() };
}
