/** Who gives Services of type LoadBalancer their addresses. */
import { HarnessError } from '../../base/errors.ts';
import type { KubernetesClient } from '../../base/kubernetes-client.ts';
import type { ClusterName } from '../../model/names.ts';
import { startCloudProvider } from './cloud-provider.ts';
import { serveLoadBalancers } from './load-balancer.ts';
import { installMetalLb } from './metallb.ts';
import type { DockerNetworks } from './networks.ts';
import { AddressPool } from './node-addresses.ts';
import { addressForOthers, type KindNode } from './nodes.ts';
import type { RunContext } from './options.ts';

export const LOAD_BALANCERS = ['node-address', 'metallb', 'cloud-provider-kind'] as const;
export type LoadBalancer = (typeof LOAD_BALANCERS)[number];

/**
 * Finds a kind of load balancer by its name.
 * @throws HarnessError ERR_USAGE, which names the known ones
 */
export function loadBalancerOf(name: string = LOAD_BALANCERS[0]): LoadBalancer {
  const known = LOAD_BALANCERS.find(each => each === name);
  if (known) return known;
  throw new HarnessError('ERR_USAGE', `There is no load balancer "${name}" on kind.`, {
    hint: `Known: ${LOAD_BALANCERS.join(', ')}`,
  });
}

export interface Balanced {
  readonly networks: DockerNetworks;
  readonly nodes: readonly KindNode[];
  readonly clients: ReadonlyMap<ClusterName, KubernetesClient>;
  readonly kubeconfigs: ReadonlyMap<ClusterName, string>;
  /** Of MetalLB; there if it was chosen. */
  readonly manifest: string | undefined;
}

/**
 * @param stopped - ends what is served by this process
 * @returns aborts if what serves the addresses ends by itself
 */
export async function startLoadBalancers(
  context: RunContext,
  balanced: Balanced,
  stopped: AbortController,
): Promise<AbortSignal> {
  const lost = new AbortController();
  const serving = await start(context, balanced, stopped.signal, message =>
    lost.abort(new HarnessError('ERR_PLATFORM_NOT_READY', message)),
  );
  context.cleanUp.add('stop serving load balancers', async () => {
    stopped.abort();
    await serving();
  });
  return lost.signal;
}

/** @returns resolves when nothing is served any more */
async function start(
  context: RunContext,
  balanced: Balanced,
  stopped: AbortSignal,
  onLost: (message: string) => void,
): Promise<() => Promise<void>> {
  const { networks, kubeconfigs, manifest } = balanced;
  switch (loadBalancerOf(context.options.loadBalancer)) {
    case 'node-address':
      return serveNodeAddresses(context, balanced, stopped);
    case 'metallb':
      await installMetalLb(context, manifest ?? '', networks, kubeconfigs);
      return async () => {}; // it is served in the clusters, and goes with them
    case 'cloud-provider-kind':
      return await startCloudProvider(context, networks, stopped, onLost);
  }
}

function serveNodeAddresses(
  { engine, topology, clock, tell }: RunContext,
  { networks: { ofTopology, transit }, nodes, clients }: Balanced,
  stopped: AbortSignal,
): () => Promise<void> {
  const pools = new Map(
    [...ofTopology].map(
      ([name, network]) => [name, new AddressPool((transit ?? network).balancers)] as const,
    ),
  );
  const shared = transit && new AddressPool(transit.balancers);
  const servers = topology.clusters.map(({ name, network }) => {
    const head = nodes.find(node => node.cluster === name && node.isControlPlane);
    const pool = shared ?? pools.get(network);
    const client = clients.get(name);
    if (!head || !pool || !client) throw new Error(`${name} has no node.`);
    return serveLoadBalancers({
      engine,
      client,
      container: head.container,
      nodeAddress: addressForOthers(head),
      pool,
      clock,
      signal: stopped,
      onTrouble: message => tell(`${name}: load balancers: ${message}`),
    });
  });
  return async () => {
    await Promise.all(servers);
  };
}
