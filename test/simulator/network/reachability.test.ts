import t from 'tap';
import { sleep } from '../../../harness/base/clock.ts';
import type { NetworkNamespace, VirtualSocket } from '../../../harness/simulator/network/interfaces.ts';
import { outcomeOf, smallWorld } from '../../support/small-world.ts';

/** A world with a server on port 80 at each place, and clients. */
function populated() {
  const world = smallWorld();
  const { clusters, nodes, laptop } = world;
  const pods = {
    east: clusters.east.addPod('east-pod', 'east-node'),
    west: clusters.west.addPod('west-pod', 'west-node'),
    far: clusters.far.addPod('far-pod', 'far-node'),
  };
  const server = (place: NetworkNamespace) => place.listen(80, socket => socket.resume());
  for (const place of [...Object.values(pods), ...Object.values(nodes), laptop]) server(place);
  return { world, pods, nodes, laptop, clusters };
}

interface Row {
  readonly from: 'east-pod' | 'east-node' | 'far-node' | 'laptop';
  readonly to: string;
  readonly port?: number;
  readonly outcome: string;
  /** Seconds of virtual time; 0 by default. */
  readonly after?: number;
}

const ROWS: readonly Row[] = [
  // One network: pods reach each other, also across clusters.
  { from: 'east-pod', to: 'east-pod', outcome: 'connected' },
  { from: 'east-pod', to: 'west-pod', outcome: 'connected' },
  { from: 'east-node', to: 'west-pod', outcome: 'connected' },
  // Another network: a pod's packets vanish.
  { from: 'east-pod', to: 'far-pod', outcome: 'ETIMEDOUT', after: 127 },
  { from: 'far-node', to: 'east-pod', outcome: 'ETIMEDOUT', after: 127 },
  { from: 'laptop', to: 'east-pod', outcome: 'ETIMEDOUT', after: 127 },
  // Nodes and machines are reached from everywhere.
  { from: 'east-pod', to: 'far-node', outcome: 'connected' },
  { from: 'far-node', to: 'east-node', outcome: 'connected' },
  { from: 'laptop', to: 'far-node', outcome: 'connected' },
  { from: 'east-pod', to: 'laptop', outcome: 'connected' },
  // Somebody is there, and nobody listens.
  { from: 'east-pod', to: 'west-pod', port: 81, outcome: 'ECONNREFUSED' },
  { from: 'east-pod', to: 'far-node', port: 81, outcome: 'ECONNREFUSED' },
  { from: 'east-pod', to: '127.0.0.1', port: 81, outcome: 'ECONNREFUSED' },
  { from: 'east-pod', to: '127.0.0.1', outcome: 'connected' },
  // Nobody is there.
  { from: 'east-pod', to: '10.20.0.200', outcome: 'ETIMEDOUT', after: 127 },
  { from: 'east-pod', to: '10.110.0.10', outcome: 'ETIMEDOUT', after: 127 },
  { from: 'east-pod', to: '172.18.0.77', outcome: 'EHOSTUNREACH', after: 3 },
  { from: 'laptop', to: '172.19.0.77', outcome: 'EHOSTUNREACH', after: 3 },
  { from: 'east-pod', to: '203.0.113.9', outcome: 'ETIMEDOUT', after: 127 },
];

for (const { from, to, port = 80, outcome, after = 0 } of ROWS) {
  t.test(`${from} to ${to}:${port}: ${outcome}`, async t => {
    const { world, pods, nodes, laptop } = populated();
    using _ = world;
    const places: Record<string, NetworkNamespace> = {
      'east-pod': pods.east,
      'west-pod': pods.west,
      'far-pod': pods.far,
      'east-node': nodes.east,
      'far-node': nodes.far,
      laptop,
    };
    const target = places[to]?.address ?? to;
    t.equal(await outcomeOf((places[from] as NetworkNamespace).connect(target, port)), outcome); // every `from` is a place
    t.equal(world.elapsed(), after * 1000);
  });
}

t.test('a packet out of the pod ranges has its node’s address', async t => {
  const { world, pods, nodes, laptop } = populated();
  using _ = world;
  const seenBy = async (server: NetworkNamespace, dial: () => VirtualSocket) => {
    const peer = new Promise<string | undefined>(resolve => {
      const listener = server.listen(7, socket => {
        listener.close();
        resolve(socket.remoteAddress);
      });
    });
    await outcomeOf(dial());
    return peer;
  };
  t.equal(await seenBy(pods.west, () => pods.east.connect(pods.west.address, 7)), pods.east.address);
  t.equal(await seenBy(nodes.east, () => pods.east.connect(nodes.east.address, 7)), pods.east.address);
  t.equal(await seenBy(nodes.far, () => pods.east.connect(nodes.far.address, 7)), nodes.east.address);
  t.equal(await seenBy(laptop, () => pods.east.connect(laptop.address, 7)), nodes.east.address);
  t.equal(await seenBy(nodes.far, () => laptop.connect(nodes.far.address, 7)), laptop.address);
});

t.test('an address is not given to the next pod while others are left', async t => {
  using world = smallWorld();
  const seen = new Set<string>();
  for (let count = 0; count < 253; count++) {
    const pod = world.clusters.east.addPod(`pod-${count}`, 'east-node');
    seen.add(pod.address);
    pod.destroy();
  }
  t.equal(seen.size, 253);
  const again = world.clusters.east.addPod('again', 'east-node');
  t.ok(seen.has(again.address));
  for (let count = 0; count < 252; count++) world.clusters.east.addPod(`more-${count}`, 'east-node');
  t.throws(
    () => world.clusters.east.addPod('one-too-many', 'east-node'),
    /No address is left for the pod one-too-many/,
  );
});

t.test('each node has pod addresses of its own', t => {
  using world = smallWorld();
  world.clusters.east.addNode('east-node2');
  t.equal(world.clusters.east.addPod('a', 'east-node').address, '10.10.0.2');
  t.equal(world.clusters.east.addPod('b', 'east-node2').address, '10.10.1.2');
  t.throws(() => world.clusters.east.addPod('c', 'nowhere'), /has no node "nowhere"/);
  t.end();
});

t.test('load balancers get addresses at the end of the network’s range, shared by its clusters', t => {
  using world = smallWorld();
  const { east, west } = world.clusters;
  t.equal(east.allocateLoadBalancerAddress(), '172.18.255.0');
  t.equal(west.allocateLoadBalancerAddress(), '172.18.255.1');
  east.releaseLoadBalancerAddress('172.18.255.1');
  t.equal(east.allocateLoadBalancerAddress(), '172.18.255.2', 'only its owner releases an address');
  t.end();
});

t.test('a SYN is sent again: a pod that appears in time is reached', async t => {
  const { world, pods, clusters } = populated();
  using _ = world;
  const outcome = outcomeOf(pods.east.connect('10.20.0.3', 80));
  await sleep(world.clock, 5000);
  const late = clusters.west.addPod('late', 'west-node');
  t.equal(late.address, '10.20.0.3');
  late.listen(80, () => {});
  t.equal(await outcome, 'connected');
  t.equal(world.elapsed(), 7000);
});

t.test('the recorder keeps the last attempts and tells of each', async t => {
  const { world, pods } = populated();
  using _ = world;
  const told: string[] = [];
  const unsubscribe = world.network.recorder.subscribe(({ from, to, outcome }) => {
    told.push(`${from} → ${to.address}:${to.port} ${outcome}`);
  });
  await outcomeOf(pods.east.connect(pods.west.address, 80));
  await outcomeOf(pods.east.connect(pods.west.address, 81));
  unsubscribe();
  await outcomeOf(pods.east.connect(pods.east.address, 80));
  t.same(told, ['east-pod → 10.20.0.2:80 connected', 'east-pod → 10.20.0.2:81 refused']);
  t.equal(world.network.recorder.total, 3);
  t.match(world.network.recorder.records.at(-1), { arrivedAt: 'east-pod', via: [] });
});

t.test('ranges that overlap are refused', t => {
  using world = smallWorld();
  const { network } = world;
  const add = (name: string, on: string, podRange: string) =>
    network.addCluster({ name, network: on, podRange, serviceRange: '10.200.0.0/16' });
  t.throws(() => add('more', 'network1', '10.20.128.0/17'), /overlaps another range/);
  t.throws(() => add('more', 'network1', '10.200.0.0/24'), /overlaps another range/);
  t.throws(
    () => add('more', 'nowhere', '10.40.0.0/16'),
    /There is no network "nowhere"; there is network1, network2/,
  );
  t.throws(() => add('east', 'network1', '10.40.0.0/16'), /There is a cluster "east" already/);
  t.throws(() => add('more', 'network1', '10.40.0.0'), /is not an IPv4 range/);
  t.doesNotThrow(() => add('more', 'network2', '10.20.0.0/16'), 'on another network it does not matter');
  t.end();
});

t.test('nodes share a small pod range', t => {
  using world = smallWorld();
  const cluster = world.network.addCluster({
    name: 'small',
    network: 'network1',
    podRange: '10.50.0.0/24',
    serviceRange: '10.150.0.0/24',
  });
  cluster.addNode('n1');
  cluster.addNode('n2');
  t.same(
    ['n1', 'n2', 'n1'].map((node, index) => cluster.addPod(`p${index}`, node).address),
    ['10.50.0.2', '10.50.0.3', '10.50.0.4'],
  );
  t.end();
});
t.test('a proxy that leads to itself runs out of ports, and its client is closed', async t => {
  const { world, pods } = populated();
  using _ = world;
  const east = pods.east;
  let hops = 0;
  const failures: string[] = [];
  east.listen(15443, socket => {
    hops++;
    if (hops > 6_000) return; // it goes on for ever
    const next = east.connect(east.address, 15443);
    next.once('error', (error: NodeJS.ErrnoException) => failures.push(error.message));
    next.once('close', () => socket.destroy());
    socket.once('close', () => next.destroy());
    socket.resume();
  });
  const client = pods.west.connect(east.address, 15443);
  client.resume();
  await new Promise(resolve => client.once('close', resolve));
  t.equal(hops, 1 + 4096);
  t.strictSame(failures, [`connect EADDRNOTAVAIL ${east.address}:15443`]);
  t.equal(world.elapsed(), 0);
  hops = 6_000;
  t.equal(await outcomeOf(east.connect(east.address, 15443)), 'connected', 'the ports are free again');
});
