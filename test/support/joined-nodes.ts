/** Nodes as the kind platform joins and routes them, of containers on a real engine, with pods in them. */
import type { Test } from 'tap';
import { systemClock } from '../../harness/base/clock.ts';
import { CleanupStack } from '../../harness/base/dispose.ts';
import { clusterName, networkName } from '../../harness/model/names.ts';
import type { ClusterSpec, Topology } from '../../harness/model/topology.ts';
import type { Engine } from '../../harness/platform/kind/engine/engine.ts';
import { KIND_CLUSTER_LABEL, KIND_ROLE_LABEL } from '../../harness/platform/kind/labels.ts';
import {
  createNetworks,
  type DockerNetwork,
  type DockerNetworks,
} from '../../harness/platform/kind/networks.ts';
import type { ReadyNode } from '../../harness/platform/kind/nodes.ts';
import { setRoutes } from '../../harness/platform/kind/routes.ts';
import { startWitnesses, type Witnesses } from '../../harness/platform/kind/witnesses.ts';
import { Ledger } from '../../harness/platform/ledger.ts';
import { docker, testEngine, testImage } from './docker.ts';
import { NODE_FILES, NODE_OPTIONS, podCommand } from './node-image.ts';

const spec = (index: number, network: string): ClusterSpec => ({
  name: clusterName(`cluster${index}`),
  network: networkName(network),
  role: { kind: 'primary' },
  podRange: `10.${10 * index}.0.0/16`,
  serviceRange: `10.255.${10 * index}.0/24`,
  nodes: 2,
  helloWorld: [],
  client: true,
});
/** @param networks - that of each cluster */
export const topologyOf = (...networks: readonly string[]): Topology => ({
  name: 'test',
  description: '',
  meshId: 'mesh1',
  networks: [...new Set(networks)].map((name, index) => ({
    name: networkName(name),
    range: `172.30.${8 * index}.0/21`,
  })),
  clusters: networks.map((network, index) => spec(index + 1, network)),
});

/** Two clusters' nodes that are up. */
export interface JoinedNodes {
  readonly engine: Engine;
  readonly networks: DockerNetworks;
  readonly nodes: readonly ReadyNode[];
  readonly witnesses: Witnesses;
}

/**
 * Makes two nodes for each cluster, each with a pod; all joined and routed as the platform does it, with the
 * witnesses of a proof of isolation.
 * @param prepare - called for each network before it has nodes; returns the variables of its nodes, such as
 *   kind gives them of a user's proxies
 */
export async function joinedNodes(
  t: Test,
  topology: Topology,
  runId: string,
  prepare: (network: DockerNetwork, cleanUp: CleanupStack) => Readonly<Record<string, string>> = () => ({}),
): Promise<JoinedNodes> {
  const engine = await testEngine();
  const image = testImage(NODE_FILES);
  const cleanUp = new CleanupStack();
  t.teardown(() => cleanUp[Symbol.asyncDispose]());
  const ledger = Ledger.open(t.testdir(), runId, 'kind');
  cleanUp.add('remove the ledger', () => ledger.remove());
  const networks = await createNetworks(topology, { engine, ledger, cleanUp, runId });
  const env = new Map(
    [...networks.ofTopology].map(([name, each]) => [name, prepare(each, cleanUp)] as const),
  );
  const nodes: ReadyNode[] = [];
  for (const cluster of topology.clusters) {
    const network = networks.ofTopology.get(cluster.network);
    if (!network) throw new Error('no network');
    for (const role of ['control-plane', 'worker']) {
      const kindName = `mh-${runId}-${cluster.name}`;
      const container = `${kindName}-${role}`;
      cleanUp.add(container, () => engine.removeContainer(container));
      docker(
        ...['run', '-d', ...NODE_OPTIONS, '--name', container, '--net', network.name],
        ...['--label', `${KIND_CLUSTER_LABEL}=${kindName}`, '--label', `${KIND_ROLE_LABEL}=${role}`],
        ...Object.entries(env.get(cluster.network) ?? {}).flatMap(([name, value]) => [
          '-e',
          `${name}=${value}`,
        ]),
        ...[image, '/node'],
      );
      const transitAddress = networks.transit?.nodes[nodes.length];
      if (networks.transit) await engine.connect(networks.transit.name, container, transitAddress);
      const found = (await engine.containers(KIND_CLUSTER_LABEL, kindName)).find(
        ({ name }) => name === container,
      );
      const podCidr = cluster.podRange.replace('0.0/16', `${role === 'worker' ? 1 : 0}.0/24`);
      docker('exec', container, ...podCommand(podCidr, cluster.podRange));
      nodes.push({
        container,
        cluster: cluster.name,
        network: cluster.network,
        isControlPlane: role === 'control-plane',
        address: found?.addresses[network.name] ?? '',
        ...(transitAddress !== undefined && { transitAddress }),
        podCidr,
      });
    }
  }
  await setRoutes(engine, nodes, topology.clusters);
  const pods = new Map(topology.clusters.map(({ name, podRange }) => [name, podRange.replace('0/16', '2')]));
  const witnesses = await startWitnesses({ engine, nodes, pods, cleanUp, clock: systemClock });
  return { engine, networks, nodes, witnesses };
}
