/**
 * Asks, before Istio is installed, whether the networks are what the scenario wants; a run on others would
 * tell nothing about Istio.
 */
import { CleanupStack } from '../../base/dispose.ts';
import { HarnessError } from '../../base/errors.ts';
import type { KubernetesClient } from '../../base/kubernetes-client.ts';
import { waitUntil } from '../../base/wait.ts';
import type { ClusterName } from '../../model/names.ts';
import type { Engine } from './engine/engine.ts';
import { isolationFaults, probeIsolation } from './isolation.ts';
import type { DockerNetworks } from './networks.ts';
import { deviceOf } from './node-addresses.ts';
import { addressForOthers, type KindNode, onNode } from './nodes.ts';
import type { RunContext } from './options.ts';
import { startWitnesses } from './witnesses.ts';

const READY_MS = 5 * 60_000;
const POLL_MS = 500;

/** @throws HarnessError ERR_PLATFORM_NOT_READY */
export async function prove(
  context: RunContext,
  nodes: readonly KindNode[],
  clients: ReadonlyMap<ClusterName, KubernetesClient>,
  networks: DockerNetworks,
): Promise<void> {
  const { engine, clock, signal } = context;
  const pods = new Map(
    await Promise.all(
      [...clients].map(async ([name, client]) => [name, await nameServer(context, name, client)] as const),
    ),
  );
  const results = await withCleanup(async cleanUp => {
    const witnesses = await startWitnesses({ engine, nodes, pods, cleanUp, clock, signal });
    const balancers = await giveBalancers(engine, nodes, networks, cleanUp);
    return await probeIsolation({ engine, nodes, witnesses, balancers });
  });
  const faults = isolationFaults(results);
  if (faults.length === 0) return;
  throw new HarnessError(
    'ERR_PLATFORM_NOT_READY',
    `The networks are not what the scenario asks for: ${faults.join('; ')}`,
    {
      hint: results.some(({ found }) => found === 'someone else')
        ? 'Something answers in their place: a transparent proxy, or a host that has the same address.'
        : 'Docker keeps networks apart by the packet filter of the host: is another program changing its rules? mesh-harness doctor says more.',
    },
  );
}

/**
 * Undoes what the work has made, whether it fails or not; a failure of its own goes before one of the
 * undoing.
 */
async function withCleanup<T>(work: (cleanUp: CleanupStack) => Promise<T>): Promise<T> {
  const cleanUp = new CleanupStack();
  let result: T;
  try {
    result = await work(cleanUp);
  } catch (error) {
    await cleanUp[Symbol.asyncDispose]().catch(() => {});
    throw error;
  }
  await cleanUp[Symbol.asyncDispose]();
  return result;
}

/**
 * Gives each control plane an address of the slice for load balancers, until the clean-up: what listens on
 * the node answers there, as a gateway will. They are the last of the slice, which no Service gets before a
 * hundred others.
 */
async function giveBalancers(
  engine: Engine,
  nodes: readonly KindNode[],
  { ofTopology, transit }: DockerNetworks,
  cleanUp: CleanupStack,
): Promise<ReadonlyMap<ClusterName, string>> {
  const heads = nodes.filter(({ isControlPlane }) => isControlPlane);
  const given = await Promise.all(
    heads.map(async (node, index) => {
      const { container, cluster, network } = node;
      const { balancers } = transit ?? ofTopology.get(network) ?? { balancers: [] };
      const address = balancers.at(-1 - index) ?? '';
      const listing = await onNode(engine, container, ['ip', '-o', '-4', 'address', 'show']);
      const change = (verb: 'replace' | 'delete') =>
        onNode(engine, container, [
          ...['ip', 'address', verb, `${address}/32`, 'dev'],
          deviceOf(listing, addressForOthers(node)),
        ]);
      cleanUp.add(`take ${address} from ${container}`, async () => {
        await change('delete');
      });
      await change('replace');
      return [cluster, address] as const;
    }),
  );
  return new Map(given);
}

/**
 * Waits for a pod that is ready, as every cluster has one: the name server's, by the Endpoints of its
 * Service.
 */
async function nameServer(
  { clock, signal }: RunContext,
  cluster: ClusterName,
  client: KubernetesClient,
): Promise<string> {
  return await waitUntil(
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
}
