/**
 * On a real Docker engine: the networks of a run, with containers in the place of nodes. Nothing is pulled.
 */
import { spawnSync } from 'node:child_process';
import t from 'tap';
import { networkName } from '../../../harness/model/names.ts';
import { isolationFaults, patienceFor, probeIsolation } from '../../../harness/platform/kind/isolation.ts';
import { docker } from '../../support/docker.ts';
import { joinedNodes, topologyOf } from '../../support/joined-nodes.ts';
import { nodesMissing } from '../../support/node-image.ts';

const skip = nodesMissing() ?? false;
const runId = 'testnw';

t.test(
  'two networks: pods are cut off from each other, and reach the other side through its nodes',
  { skip },
  async t => {
    const { engine, networks, nodes, witnesses } = await joinedNodes(
      t,
      topologyOf('network1', 'network2'),
      runId,
    );
    const results = await probeIsolation({ engine, nodes, witnesses });
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
            `https://${address}:6443/readyz`,
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
        spawnSync('curl', ['-sk', '-o', '/dev/null', '-m', '3', `https://${transitAddress}:6443/readyz`])
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
    const { engine, networks, nodes, witnesses } = await joinedNodes(
      t,
      topologyOf('network1', 'network1'),
      runId,
    );
    t.equal(networks.transit, undefined);
    t.same(isolationFaults(await probeIsolation({ engine, nodes, witnesses })), []);
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
  'a way between pods that should not be is named, and so is a pod that answers nobody',
  { skip },
  async t => {
    const topology = topologyOf('network1', 'network2');
    const { engine, networks, nodes, witnesses } = await joinedNodes(t, topology, runId);
    const [one, other] = nodes.filter(({ isControlPlane }) => isControlPlane);
    const second = networks.ofTopology.get(networkName('network2'))?.name;
    if (!one || !other || second === undefined) throw new Error('no nodes');
    // What someone's `docker network connect` would do, with a route; the node hides its pods behind its own
    // address there.
    docker('network', 'connect', second, one.container);
    docker('exec', one.container, 'ip', 'route', 'replace', other.podCidr, 'via', other.address);
    const leaking = isolationFaults(await probeIsolation({ engine, nodes, witnesses }));
    t.match(leaking.join('\n'), /cluster1 to cluster2, pod → pod .*expected cut off, found reached/);
    t.notMatch(leaking.join('\n'), /cluster2 to cluster1, pod → pod/, 'the way back is still closed');
    const deaf = new Map(
      [...witnesses.pods].map(([name, pod]) => {
        const url = name === 'cluster2' ? pod.url.replace(/:\d+/, ':9') : pod.url;
        return [name, { ...pod, url }] as const;
      }),
    );
    const faults = isolationFaults(
      await probeIsolation({ engine, nodes, witnesses: { ...witnesses, pods: deaf } }),
    );
    t.match(
      faults.join('\n'),
      /cluster2 to cluster2, node → own pod .*expected reached, someone else answered \(Connection refused\)/,
      'a pod that answers nobody is no proof of isolation',
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
