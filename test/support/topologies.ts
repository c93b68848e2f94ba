/** Topologies for tests that need no scenario file. */
import { clusterName, networkName } from '../../harness/model/names.ts';
import type { Topology } from '../../harness/model/topology.ts';

/** Two clusters on as many networks as are named. */
export const twoClusters = (networks: readonly [string, string], nodes = 1): Topology => ({
  name: 'test',
  description: '',
  meshId: 'mesh1',
  networks: [...new Set(networks)].map((name, index) => ({
    name: networkName(name),
    range: `172.30.${8 * index}.0/21`,
  })),
  clusters: networks.map((network, index) => ({
    name: clusterName(`cluster${index + 1}`),
    network: networkName(network),
    role: { kind: 'primary' },
    podRange: `10.${10 * (index + 1)}.0.0/16`,
    serviceRange: `10.255.${10 * (index + 1)}.0/24`,
    nodes,
    helloWorld: [`v${index + 1}`],
    client: true,
  })),
});
