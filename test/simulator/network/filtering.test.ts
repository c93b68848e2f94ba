import t from 'tap';
import type { FilteredPacket, PacketFilter } from '../../../harness/simulator/network/interfaces.ts';
import { outcomeOf, smallWorld } from '../../support/small-world.ts';

const CLUSTER_IP = '10.110.0.9';

/** A world with two pods, and a filter that notes what it is asked, and says no to what `stops` names. */
function filteredWorld(
  stops: (direction: 'egress' | 'ingress', packet: FilteredPacket) => boolean = () => false,
) {
  const world = smallWorld();
  const { east } = world.clusters;
  const client = east.addPod('client', 'east-node');
  const server = east.addPod('server', 'east-node');
  server.listen(80, socket => socket.end());
  const asked: string[] = [];
  const ask = (direction: 'egress' | 'ingress') => (packet: FilteredPacket) => {
    asked.push(`${direction} ${packet.protocol} ${packet.from} ${packet.to.address}:${packet.to.port}`);
    return !stops(direction, packet);
  };
  const filter: PacketFilter = { passesEgress: ask('egress'), passesIngress: ask('ingress') };
  east.setPacketFilter(filter);
  return { world, east, client, server, asked, filter };
}

t.test('a filter is asked at both ends, about the pod behind a Service and its own port', async t => {
  const { world, east, client, server, asked } = filteredWorld();
  using _ = world;
  server.setRedirect({ outboundPort: 15001, inboundPort: 80, exemptUid: 1337, exemptInboundPorts: [] });
  const endpoints = [{ address: server.address, port: 8080 }];
  east.setServiceRoutes([{ address: CLUSTER_IP, port: 5000, protocol: 'TCP', endpoints }]);
  t.equal(await outcomeOf(client.connect(CLUSTER_IP, 5000)), 'connected');
  const packet = `TCP ${client.address} ${server.address}:8080`;
  t.same(asked, [`egress ${packet}`, `ingress ${packet}`]);
});

t.test('what a filter stops vanishes, and comes through when the filter has gone', async t => {
  for (const direction of ['egress', 'ingress'] as const) {
    const { world, east, client, server } = filteredWorld(asked => asked === direction);
    using _ = world;
    t.equal(await outcomeOf(client.connect(server.address, 80)), 'ETIMEDOUT', direction);
    t.equal(world.elapsed(), 127_000);
    const again = outcomeOf(client.connect(server.address, 80));
    world.clock.setTimeout(() => east.setPacketFilter(undefined), 2_000);
    t.equal(await again, 'connected', 'a SYN is sent again after three seconds');
  }
});

t.test('datagrams are filtered, and answers are not', async t => {
  const { world, client, server } = filteredWorld((_, { from }) => from !== client.address);
  using _ = world;
  server.listenDatagram(53, query => query);
  t.same(await client.exchangeDatagram(server.address, 53, Buffer.from('q'), 1000), Buffer.from('q'));
  client.listenDatagram(53, query => query);
  const lost = server.exchangeDatagram(client.address, 53, Buffer.from('q'), 1000);
  await t.rejects(lost, { code: 'ETIMEDOUT' });
});

t.test('a pod reaches itself and its own node, and its node reaches it', async t => {
  const { world, client, server } = filteredWorld(() => true);
  using _ = world;
  const node = world.nodes.east;
  node.listen(10250, socket => socket.end());
  t.equal(await outcomeOf(server.connect(server.address, 80)), 'connected');
  t.equal(await outcomeOf(server.connect('127.0.0.1', 80)), 'connected');
  t.equal(await outcomeOf(client.connect(node.address, 10250)), 'connected');
  t.equal(await outcomeOf(node.connect(server.address, 80)), 'connected');
  t.equal(
    await outcomeOf(world.clusters.west.addPod('other', 'west-node').connect(server.address, 80)),
    'ETIMEDOUT',
  );
});
