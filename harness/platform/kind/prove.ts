/**
 * Asks, before Istio is installed, whether the networks are what the scenario wants; a run on others would
 * tell nothing about Istio.
 */
import { HarnessError } from '../../base/errors.ts';
import type { KubernetesClient } from '../../base/kubernetes-client.ts';
import { waitUntil } from '../../base/wait.ts';
import type { ClusterName } from '../../model/names.ts';
import type { Engine } from './engine/engine.ts';
import { isolationFaults, probeIsolation } from './isolation.ts';
import type { Listener } from './isolation-questions.ts';
import type { DockerNetworks } from './networks.ts';
import { deviceOf } from './node-addresses.ts';
import { addressForOthers, type KindNode, onNode } from './nodes.ts';
import type { RunContext } from './options.ts';

const READY_MS = 5 * 60_000;
const POLL_MS = 500;
/** CoreDNS tells here that it is ready: plug-in `ready` of the Corefile that kubeadm writes. */
const DNS_PORT = 8181;

/** @throws HarnessError ERR_PLATFORM_NOT_READY */
export async function prove(
  context: RunContext,
  nodes: readonly KindNode[],
  clients: ReadonlyMap<ClusterName, KubernetesClient>,
  networks: DockerNetworks,
): Promise<void> {
  const { engine } = context;
  const listeners = new Map(
    await Promise.all(
      [...clients].map(async ([name, client]) => [name, await nameServer(context, name, client)] as const),
    ),
  );
  const results = await withBalancers(engine, nodes, networks, balancers =>
    probeIsolation({ engine, nodes, listeners, balancers }),
  );
  const faults = isolationFaults(results);
  if (faults.length === 0) return;
  throw new HarnessError(
    'ERR_PLATFORM_NOT_READY',
    `The networks are not what the scenario asks for: ${faults.join('; ')}`,
    {
      hint: 'Docker keeps networks apart by the packet filter of the host: is another program changing its rules? mesh-harness doctor says more.',
    },
  );
}

/**
 * Each control plane has an address of the slice for load balancers while `work` goes on: what listens on the
 * node answers there, as a gateway will.
 * They are the last of the slice, which no Service gets before a hundred others.
 */
async function withBalancers<T>(
  engine: Engine,
  nodes: readonly KindNode[],
  { ofTopology, transit }: DockerNetworks,
  work: (balancers: ReadonlyMap<ClusterName, string>) => Promise<T>,
): Promise<T> {
  const heads = nodes.filter(({ isControlPlane }) => isControlPlane);
  const given = heads.map((node, index) => {
    const { balancers } = transit ?? ofTopology.get(node.network) ?? { balancers: [] };
    return { node, address: balancers.at(-1 - index) ?? '' };
  });
  const change = (verb: 'replace' | 'delete') =>
    Promise.all(
      given.map(async ({ node, address }) => {
        const listing = await onNode(engine, node.container, ['ip', '-o', '-4', 'address', 'show']);
        const device = deviceOf(listing, addressForOthers(node));
        await onNode(engine, node.container, ['ip', 'address', verb, `${address}/32`, 'dev', device]);
      }),
    );
  await change('replace');
  const result = await work(new Map(given.map(({ node, address }) => [node.cluster, address] as const)));
  await change('delete');
  return result;
}

/**
 * Finds a pod that answers HTTP, as every cluster has one: the name server's readiness, by the Endpoints of
 * its Service.
 */
async function nameServer(
  { clock, signal }: RunContext,
  cluster: ClusterName,
  client: KubernetesClient,
): Promise<Listener> {
  const address = await waitUntil(
    `the name server of ${cluster} to be ready`,
    async () => {
      const path = { apiVersion: 'v1', plural: 'endpoints', namespace: 'kube-system', name: 'kube-dns' };
      const endpoints = await client.get(path, signal);
      // Endpoints.
      const subsets = (endpoints['subsets'] ?? []) as readonly {
        readonly addresses?: readonly { readonly ip: string }[];
      }[];
      return subsets.flatMap(({ addresses = [] }) => addresses.map(({ ip }) => ip))[0] ?? '';
    },
    ip => ip !== '',
    { timeoutMs: READY_MS, intervalMs: POLL_MS, clock, signal },
  );
  return { address, port: DNS_PORT };
}
