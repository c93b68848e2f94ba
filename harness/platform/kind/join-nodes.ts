/**
 * From containers to nodes that are joined and ready: the transit network, and what each node's pods have for
 * addresses.
 */
import type { KubernetesClient, KubernetesObject } from '../../base/kubernetes-client.ts';
import { waitUntil } from '../../base/wait.ts';
import type { ClusterName } from '../../model/names.ts';
import type { ClusterSpec } from '../../model/topology.ts';
import { fixedAddresses } from './create-clusters.ts';
import { ownName } from './labels.ts';
import type { DockerNetworks } from './networks.ts';
import { type KindNode, nodeContainers, type ReadyNode } from './nodes.ts';
import type { RunContext } from './options.ts';

const READY_MS = 5 * 60_000;
const POLL_MS = 500;

/**
 * Joins nodes to the transit network, after their creation: kind reads a node's one address while it creates,
 * and fails with two. The nodes need not be ready for it.
 */
export async function joinNodes(
  { engine, topology, runId }: RunContext,
  { ofTopology, transit }: DockerNetworks,
): Promise<readonly KindNode[]> {
  const fixed = fixedAddresses(topology.clusters, transit?.nodes ?? []);
  const perCluster = await Promise.all(
    topology.clusters.map(async spec => {
      const containers = await nodeContainers(engine, ownName(runId, spec.name));
      const own = fixed.get(spec.name) ?? [];
      if (transit)
        await Promise.all(containers.map(({ name }, at) => engine.connect(transit.name, name, own[at])));
      return describeNodes(spec, containers, ofTopology.get(spec.network)?.name ?? '', own);
    }),
  );
  return perCluster.flat();
}

/**
 * Puts together what is known of a cluster's nodes; the first is the control plane.
 * @param network - the Docker network of the cluster
 * @param transitAddresses - in the order of the containers
 */
function describeNodes(
  spec: ClusterSpec,
  containers: Awaited<ReturnType<typeof nodeContainers>>,
  network: string,
  transitAddresses: readonly string[],
): readonly KindNode[] {
  return containers.map(({ name, addresses }, index) => {
    const transitAddress = transitAddresses[index];
    return {
      container: name,
      cluster: spec.name,
      network: spec.network,
      isControlPlane: index === 0,
      address: addresses[network] ?? '',
      ...(transitAddress !== undefined && { transitAddress }),
    };
  });
}

/**
 * Waits until the nodes of all clusters are ready.
 * @throws HarnessError ERR_TIMEOUT that names those which are
 */
export async function readyNodes(
  context: RunContext,
  nodes: readonly KindNode[],
  clients: ReadonlyMap<ClusterName, KubernetesClient>,
): Promise<readonly ReadyNode[]> {
  const perCluster = await Promise.all(
    [...clients].map(async ([cluster, client]) => {
      const own = nodes.filter(node => node.cluster === cluster);
      const names = own.map(({ container }) => container);
      const ranges = await waitForNodes(context, cluster, client, names);
      return own.map(node => ({ ...node, podCidr: ranges.get(node.container) ?? '' }));
    }),
  );
  return perCluster.flat();
}

/**
 * Waits for the nodes. kind only warns if a control plane does not become ready; but a run must not pass
 * then.
 * @returns node → the range of its pods
 */
async function waitForNodes(
  { clock, signal }: RunContext,
  cluster: ClusterName,
  client: KubernetesClient,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  return await waitUntil(
    `the nodes of ${cluster} to be ready`,
    async () => {
      const { items } = await client.list({ apiVersion: 'v1', plural: 'nodes' }, {}, signal);
      return new Map(
        items.flatMap(node => (isReady(node) ? [[node.metadata.name ?? '', podCidrOf(node)] as const] : [])),
      );
    },
    ready => names.length > 0 && names.every(name => (ready.get(name) ?? '') !== ''),
    {
      timeoutMs: READY_MS,
      intervalMs: POLL_MS,
      clock,
      signal,
      describe: ready => `ready: ${[...(ready as ReadonlyMap<string, string>).keys()].join(', ')}`,
    },
  );
}

function isReady(node: KubernetesObject): boolean {
  // A NodeStatus.
  const { conditions = [] } = (node['status'] ?? {}) as {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

function podCidrOf(node: KubernetesObject): string {
  return ((node['spec'] ?? {}) as { readonly podCIDR?: string }).podCIDR ?? ''; // a NodeSpec
}
