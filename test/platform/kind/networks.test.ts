/**
 * On a real Docker engine: the networks of a run, with containers in the place of nodes. Nothing is pulled.
 */
import { spawnSync } from 'node:child_process';
import t, { type Test } from 'tap';
import { CleanupStack } from '../../../harness/base/dispose.ts';
import { clusterName, networkName } from '../../../harness/model/names.ts';
import type { ClusterSpec, Topology } from '../../../harness/model/topology.ts';
import { isolationFaults, patienceFor, probeIsolation } from '../../../harness/platform/kind/isolation.ts';
import { KIND_CLUSTER_LABEL, KIND_ROLE_LABEL } from '../../../harness/platform/kind/labels.ts';
import { createNetworks } from '../../../harness/platform/kind/networks.ts';
import type { KindNode } from '../../../harness/platform/kind/nodes.ts';
import { setRoutes } from '../../../harness/platform/kind/routes.ts';
import { Ledger } from '../../../harness/platform/ledger.ts';
import { docker, testEngine, testImage } from '../../support/docker.ts';
import { NODE_FILES, NODE_OPTIONS, nodesMissing, podCommand } from '../../support/node-image.ts';

const skip = nodesMissing() ?? false;
const runId = 'testnw';

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
const topologyOf = (...networks: readonly string[]): Topology => ({
  name: 'test',
  description: '',
  meshId: 'mesh1',
  networks: [...new Set(networks)].map((name, index) => ({
    name: networkName(name),
    range: `172.30.${8 * index}.0/21`,
  })),
  clusters: networks.map((network, index) => spec(index + 1, network)),
});

/**
 * Two nodes for each cluster, each with a pod that serves HTTP; all joined and routed as the platform does
 * it.
 */
async function nodesOf(t: Test, topology: Topology) {
  const engine = await testEngine();
  const image = testImage(NODE_FILES);
  const cleanUp = new CleanupStack();
  t.teardown(() => cleanUp[Symbol.asyncDispose]());
  const folder = t.testdir();
  const ledger = Ledger.open(folder, runId, 'kind');
  cleanUp.add('remove the ledger', () => ledger.remove());
  const networks = await createNetworks(topology, { engine, ledger, cleanUp, runId });
  const nodes: KindNode[] = [];
  for (const cluster of topology.clusters) {
    const network = networks.ofTopology.get(cluster.network);
    if (!network) throw new Error('no network');
    for (const role of ['control-plane', 'worker']) {
      const index = nodes.length;
      const container = `mh-${runId}-${cluster.name}-${role}`;
      cleanUp.add(container, () => engine.removeContainer(container));
      docker(
        ...['run', '-d', ...NODE_OPTIONS, '--name', container, '--net', network.name],
        ...[
          '--label',
          `${KIND_CLUSTER_LABEL}=mh-${runId}-${cluster.name}`,
          '--label',
          `${KIND_ROLE_LABEL}=${role}`,
        ],
        ...[image, '/node'],
      );
      const transitAddress = networks.transit?.nodes[index];
      if (networks.transit) await engine.connect(networks.transit.name, container, transitAddress);
      const [found] = await engine
        .containers(KIND_CLUSTER_LABEL, `mh-${runId}-${cluster.name}`)
        .then(all => all.filter(({ name }) => name === container));
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
  const pods = (cluster: string) => ({ address: `${cluster.replace('cluster', '10.')}0.0.2`, port: 8181 });
  const listeners = new Map(topology.clusters.map(({ name }) => [name, pods(name)] as const));
  return { engine, networks, nodes, listeners };
}

t.test(
  'two networks: pods are cut off from each other, and reach the other side through its nodes',
  { skip },
  async t => {
    const { engine, networks, nodes, listeners } = await nodesOf(t, topologyOf('network1', 'network2'));
    const results = await probeIsolation({ engine, nodes, listeners });
    t.same(isolationFaults(results), []);
    t.equal(results.filter(({ what }) => what === 'pod → pod').length, 2, 'in both directions');
    t.ok(
      results.some(({ what, found }) => what === 'node → own pod' && found === 'reached'),
      'with a positive control',
    );

    for (const one of nodes) {
      for (const other of nodes) {
        if (one === other) continue;
        const reaches = (address: string | undefined) =>
          tries(
            'exec',
            one.container,
            'curl',
            '-sk',
            '-o',
            '/dev/null',
            '-m',
            '2',
            `http://${address}:6443/`,
          );
        t.equal(
          reaches(other.transitAddress),
          true,
          `${one.container} reaches ${other.container} over transit`,
        );
        if (one.network === other.network)
          t.equal(
            reaches(other.address),
            true,
            `${one.container} reaches ${other.container} on their own network`,
          );
      }
    }
    const details = JSON.parse(
      docker(
        'network',
        'inspect',
        ...[...networks.ofTopology.values()].map(({ name }) => name),
        networks.transit?.name ?? '',
      ),
    ) as {
      Name: string;
      Internal: boolean;
      Labels: Record<string, string>;
      Options: Record<string, string>;
    }[];
    const mtu = 'com.docker.network.driver.mtu';
    const ofBridge = docker('network', 'inspect', '--format', `{{index .Options "${mtu}"}}`, 'bridge');
    t.same(
      details.map(({ Options }) => Options[mtu] ?? ''),
      details.map(() => ofBridge),
      'with the MTU of the default bridge',
    );
    t.same(
      details.map(({ Name, Internal, Labels }) => ({ Name, Internal, Labels })),
      [
        {
          Name: 'mh-testnw-network1',
          Internal: false,
          Labels: { 'mesh-harness.run': runId, 'mesh-harness.role': 'network1' },
        },
        {
          Name: 'mh-testnw-network2',
          Internal: false,
          Labels: { 'mesh-harness.run': runId, 'mesh-harness.role': 'network2' },
        },
        {
          Name: 'mh-testnw-transit',
          Internal: true,
          Labels: { 'mesh-harness.run': runId, 'mesh-harness.role': 'transit' },
        },
      ],
      'names and labels as documented',
    );
    for (const { container, address, transitAddress } of nodes) {
      // Where istioctl has no --server, it must reach the API server at the address that others are given.
      t.equal(
        spawnSync('curl', ['-s', '-o', '/dev/null', '-m', '3', `http://${transitAddress}:6443/readyz`])
          .status,
        0,
        `this machine reaches ${container} over transit`,
      );
      t.match(
        docker('exec', container, 'ip', 'route', 'show', 'default'),
        /default via/,
        `${container} keeps a default route`,
      );
      t.ok(
        docker('exec', container, 'ip', 'route', 'get', '192.0.2.1').includes(address),
        'which is that of its own network',
      );
    }
  },
);

t.test(
  'one network: the pods of every node reach those of every other node, and there is no transit',
  { skip },
  async t => {
    const { engine, networks, nodes, listeners } = await nodesOf(t, topologyOf('network1', 'network1'));
    t.equal(networks.transit, undefined);
    t.same(isolationFaults(await probeIsolation({ engine, nodes, listeners })), []);
    for (const one of nodes) {
      for (const other of nodes.filter(({ cluster }) => cluster !== one.cluster)) {
        const url = `http://${other.podCidr.replace('0/24', '2')}:8181/ready`;
        const found = tries(
          'exec',
          one.container,
          'nsenter',
          '--net=/var/run/netns/pod1',
          'curl',
          '-s',
          '-o',
          '/dev/null',
          '-m',
          '2',
          url,
        );
        t.equal(found, true, `a pod on ${one.container} reaches one on ${other.container}`);
      }
    }
  },
);

t.test(
  'a way between pods that should not be is named, and so is a listener that is dead',
  { skip },
  async t => {
    const topology = topologyOf('network1', 'network2');
    const { engine, networks, nodes, listeners } = await nodesOf(t, topology);
    const [one, other] = nodes.filter(({ isControlPlane }) => isControlPlane);
    const second = networks.ofTopology.get(networkName('network2'))?.name;
    if (!one || !other || second === undefined) throw new Error('no nodes');
    // What someone's `docker network connect` would do, with a route; the node hides its pods behind its own
    // address there.
    docker('network', 'connect', second, one.container);
    docker('exec', one.container, 'ip', 'route', 'replace', other.podCidr, 'via', other.address);
    const leaking = isolationFaults(await probeIsolation({ engine, nodes, listeners }));
    t.match(leaking.join('\n'), /cluster1 to cluster2, pod → pod .*expected cut off, found reached/);
    t.notMatch(leaking.join('\n'), /cluster2 to cluster1, pod → pod/, 'the way back is still closed');
    const dead = new Map(
      [...listeners].map(
        ([name, listener]) => [name, name === 'cluster2' ? { ...listener, port: 9 } : listener] as const,
      ),
    );
    const faults = isolationFaults(await probeIsolation({ engine, nodes, listeners: dead }));
    t.match(
      faults.join('\n'),
      /cluster2 to cluster2, node → own pod .*expected reached, found cut off/,
      'a dead listener is no proof of isolation',
    );
  },
);

t.test('a closed way is waited at for much longer than open ones take, within bounds', async t => {
  t.equal(patienceFor([0.001, 0.004]), 1, 'on a quick machine');
  t.equal(patienceFor([0.001, 0.1]), 2, 'on a slow one');
  t.equal(patienceFor([0.001, 0.8]), 3, 'on a very slow one');
  t.equal(patienceFor([]), 1);
});

function tries(...args: readonly string[]): boolean {
  try {
    docker(...args);
    return true;
  } catch {
    return false;
  }
}
