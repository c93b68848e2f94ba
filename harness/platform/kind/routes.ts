/**
 * Which node sends which pod addresses where: to the peer on one network, into a black hole across networks.
 */
import type { ClusterSpec } from '../../model/topology.ts';
import type { Engine } from './engine/engine.ts';
import { onNode, type ReadyNode } from './nodes.ts';

/** A command for a node. */
export interface NodeCommand {
  readonly container: string;
  readonly argv: readonly string[];
}

/**
 * Lists the commands for routes between every pair of nodes of different clusters on one network: the /24 of
 * the peer, by its address there. Within a cluster kind's own CNI does it. A foreign pod range of another
 * network goes into a black hole: with no route at all the packet would leave by the default route to the
 * host and its LAN, where stray answers come from.
 * @returns `ip route replace`, which can be repeated
 */
export function routeCommands(
  nodes: readonly ReadyNode[],
  clusters: readonly ClusterSpec[],
): readonly NodeCommand[] {
  return nodes.flatMap(node => {
    const peers = nodes.filter(peer => peer.network === node.network && peer.cluster !== node.cluster);
    const foreign = clusters.filter(({ network }) => network !== node.network);
    return [
      ...peers.map(peer => ({
        container: node.container,
        argv: ['ip', 'route', 'replace', peer.podCidr, 'via', peer.address],
      })),
      ...foreign.map(({ podRange }) => ({
        container: node.container,
        argv: ['ip', 'route', 'replace', 'blackhole', podRange],
      })),
    ];
  });
}

/**
 * Sets the routes, on all nodes side by side, in order on each. @throws HarnessError ERR_PLATFORM_NOT_READY
 */
export async function setRoutes(
  engine: Engine,
  nodes: readonly ReadyNode[],
  clusters: readonly ClusterSpec[],
): Promise<void> {
  const commands = routeCommands(nodes, clusters);
  await Promise.all(
    nodes.map(async ({ container }) => {
      for (const { argv } of commands.filter(command => command.container === container)) {
        await onNode(engine, container, argv);
      }
    }),
  );
}
