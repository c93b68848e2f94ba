import t from 'tap';
import type { NetworkNamespace, ServiceRoute } from '../../../harness/simulator/network/interfaces.ts';
import { outcomeOf, smallWorld } from '../../support/small-world.ts';

const CLUSTER_IP = '10.110.0.9';

function withServers(seed?: string) {
  const world = smallWorld(seed);
  const client = world.clusters.east.addPod('client', 'east-node');
  const servers = ['s1', 's2', 's3'].map(name => world.clusters.east.addPod(name, 'east-node'));
  const taken: string[] = [];
  for (const server of servers) {
    server.listen(80, socket => {
      taken.push(`${server.name} from ${socket.remoteAddress}`);
      socket.resume();
    });
  }
  const route = (address: string, port: number, to: readonly NetworkNamespace[] = servers): ServiceRoute => ({
    address,
    port,
    protocol: 'TCP',
    endpoints: to.map(server => ({ address: server.address, port: 80 })),
  });
  return { world, client, servers, taken, route };
}

t.test('a cluster IP leads to one of the endpoints, drawn from the cluster’s stream', async t => {
  const picks = async (seed: string) => {
    const { world, client, taken, route } = withServers(seed);
    using _ = world;
    world.clusters.east.setServiceRoutes([route(CLUSTER_IP, 5000)]);
    for (let count = 0; count < 60; count++) await outcomeOf(client.connect(CLUSTER_IP, 5000));
    return taken;
  };
  const first = await picks('one');
  t.same(await picks('one'), first, 'the same seed gives the same picks');
  t.notSame(await picks('two'), first);
  for (const name of ['s1', 's2', 's3']) {
    const count = first.filter(line => line === `${name} from 10.10.0.2`).length;
    t.ok(count >= 8 && count <= 35, `${name} got ${count} of 60`);
  }
});

t.test('a Service without ready endpoints refuses; a port that no Service has is silence', async t => {
  const { world, client, route } = withServers();
  using _ = world;
  world.clusters.east.setServiceRoutes([route(CLUSTER_IP, 5000, [])]);
  t.equal(await outcomeOf(client.connect(CLUSTER_IP, 5000)), 'ECONNREFUSED');
  t.equal(world.elapsed(), 0);
  t.equal(await outcomeOf(client.connect(CLUSTER_IP, 5001)), 'ETIMEDOUT');
});

t.test('cluster IPs mean something in their own cluster only', async t => {
  const { world, route } = withServers();
  using _ = world;
  world.clusters.east.setServiceRoutes([route(CLUSTER_IP, 5000)]);
  const stranger = world.clusters.west.addPod('stranger', 'west-node');
  t.equal(await outcomeOf(stranger.connect(CLUSTER_IP, 5000)), 'ETIMEDOUT');
});

t.test('a load balancer is reached from everywhere, and its node stands between', async t => {
  const { world, client, servers, taken, route } = withServers();
  using _ = world;
  const address = world.clusters.east.allocateLoadBalancerAddress();
  world.clusters.east.setServiceRoutes([route(address, 80, servers.slice(0, 1))]);
  const far = world.clusters.far.addPod('far', 'far-node');
  for (const place of [world.laptop, far, world.nodes.west, client]) {
    t.equal(await outcomeOf(place.connect(address, 80)), 'connected', place.name);
  }
  t.same(taken, Array(4).fill(`s1 from ${world.nodes.east.address}`));
  t.equal(await outcomeOf(far.connect(address, 81)), 'ECONNREFUSED', 'a port that the Service does not have');
  world.clusters.east.releaseLoadBalancerAddress(address);
  t.equal(await outcomeOf(far.connect(address, 80)), 'EHOSTUNREACH', 'an address that is given back');
});

t.test('a node port is reached at the node, beside what listens there itself', async t => {
  const { world, servers, taken, route } = withServers();
  using _ = world;
  const node = world.nodes.east;
  node.listen(6443, () => {});
  world.clusters.east.setServiceRoutes([route(node.address, 30_080, servers.slice(0, 1))]);
  t.equal(await outcomeOf(world.laptop.connect(node.address, 30_080)), 'connected');
  t.equal(await outcomeOf(world.laptop.connect(node.address, 6443)), 'connected');
  t.equal(await outcomeOf(world.laptop.connect(node.address, 30_081)), 'ECONNREFUSED');
  t.same(taken, [`s1 from ${node.address}`]);
});

t.test('a pod that reaches itself through a Service comes from its node', async t => {
  const { world, servers, taken, route } = withServers();
  using _ = world;
  world.clusters.east.setServiceRoutes([route(CLUSTER_IP, 80, servers.slice(0, 1))]);
  // There are three.
  t.equal(await outcomeOf((servers[0] as NetworkNamespace).connect(CLUSTER_IP, 80)), 'connected');
  t.same(taken, [`s1 from ${world.nodes.east.address}`]);
});

t.test('an endpoint may be a node: the Service of the API server', async t => {
  const { world, client } = withServers();
  using _ = world;
  world.nodes.east.listen(6443, () => {});
  const endpoints = [{ address: world.nodes.east.address, port: 6443 }];
  world.clusters.east.setServiceRoutes([{ address: '10.110.0.1', port: 443, protocol: 'TCP', endpoints }]);
  t.equal(await outcomeOf(client.connect('10.110.0.1', 443)), 'connected');
});

t.test(
  'an endpoint that is gone is silence until the routes change, and one connection keeps its endpoint',
  async t => {
    const { world, client, servers, route } = withServers();
    using _ = world;
    const [gone, ...left] = servers;
    world.clusters.east.setServiceRoutes([route(CLUSTER_IP, 80, servers.slice(0, 1))]);
    gone?.destroy();
    const stuck = outcomeOf(client.connect(CLUSTER_IP, 80));
    await new Promise(resolve => setImmediate(resolve));
    world.clusters.east.setServiceRoutes([route(CLUSTER_IP, 80, left)]);
    t.equal(await outcomeOf(client.connect(CLUSTER_IP, 80)), 'connected');
    t.equal(await stuck, 'ETIMEDOUT');
  },
);
