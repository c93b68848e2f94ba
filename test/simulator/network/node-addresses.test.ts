/** More addresses for a node, as `ip address add` gives them. */
import t from 'tap';
import { outcomeOf, smallWorld } from '../../support/small-world.ts';

const ADDRESS = '203.0.113.7';

t.test(
  'a node answers at an address that it was given, and Services that name it are served there',
  async t => {
    const world = smallWorld();
    using _ = world;
    const { clusters, nodes, network } = world;
    const server = clusters.east.addPod('server', 'east-node');
    server.listen(80, socket => socket.resume());
    nodes.east.listen(6443, socket => socket.resume());
    clusters.east.setServiceRoutes([
      { address: ADDRESS, port: 15443, protocol: 'TCP', endpoints: [{ address: server.address, port: 80 }] },
    ]);
    const far = clusters.far.addPod('far-pod', 'far-node');
    t.equal(await outcomeOf(far.connect(ADDRESS, 6443)), 'ETIMEDOUT', 'nobody has it yet');
    network.addNodeAddress('east', ADDRESS);
    t.equal(await outcomeOf(far.connect(ADDRESS, 6443)), 'connected');
    t.equal(await outcomeOf(far.connect(ADDRESS, 15443)), 'connected');
    t.equal(await outcomeOf(far.connect(ADDRESS, 15444)), 'ECONNREFUSED');
    t.throws(() => network.addNodeAddress('east', ADDRESS), /is taken/);
    t.throws(() => network.addNodeAddress('nowhere', '203.0.113.8'), /no cluster "nowhere"/);
    nodes.east.destroy();
    t.equal(await outcomeOf(far.connect(ADDRESS, 6443)), 'ETIMEDOUT', 'and it goes with the node');
  },
);
