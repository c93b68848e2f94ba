import t from 'tap';
import { sleep } from '../../../harness/base/clock.ts';
import type { VirtualSocket } from '../../../harness/simulator/network/interfaces.ts';
import { outcomeOf, smallWorld } from '../../support/small-world.ts';

/** A server in `far` behind a load balancer, and a client in `east`. */
function acrossNetworks() {
  const world = smallWorld();
  const client = world.clusters.east.addPod('client', 'east-node');
  const server = world.clusters.far.addPod('server', 'far-node');
  const accepted: VirtualSocket[] = [];
  server.listen(80, socket => {
    accepted.push(socket);
    socket.on('error', () => {});
  });
  const address = world.clusters.far.allocateLoadBalancerAddress();
  world.clusters.far.setServiceRoutes([
    { address, port: 80, protocol: 'TCP', endpoints: [{ address: server.address, port: 80 }] },
  ]);
  return { world, client, server, address, accepted };
}

t.test('a partition hides gateways too, and can be healed', async t => {
  const { world, client, address } = acrossNetworks();
  using _ = world;
  const heal = world.network.faults.partition('network2', 'network1');
  t.equal(await outcomeOf(client.connect(address, 80)), 'ETIMEDOUT');
  t.equal(await outcomeOf(client.connect(address, 81)), 'ETIMEDOUT', 'not even a refusal comes back');
  heal();
  heal();
  t.equal(await outcomeOf(client.connect(address, 80)), 'connected');
});

t.test('a connection outlives a short partition: TCP sends again', async t => {
  const { world, client, address, accepted } = acrossNetworks();
  using _ = world;
  const socket = client.connect(address, 80);
  await outcomeOf(socket);
  const heard = new Promise<number>(resolve => accepted[0]?.once('data', () => resolve(world.elapsed())));
  const heal = world.network.faults.partition('network1', 'network2');
  socket.write('hello');
  await sleep(world.clock, 5000);
  heal();
  t.equal(await heard, 6200, 'the sixth retransmission: 0.2 + 0.4 + 0.8 + 1.6 + 3.2 s');
});

t.test('a connection ends with ETIMEDOUT when nothing gets through for a quarter of an hour', async t => {
  const { world, client, address } = acrossNetworks();
  using _ = world;
  const socket = client.connect(address, 80);
  await outcomeOf(socket);
  world.network.faults.partition('network1', 'network2');
  const failed = new Promise<NodeJS.ErrnoException>(resolve => socket.once('error', resolve));
  socket.write('hello');
  t.equal((await failed).code, 'ETIMEDOUT');
  t.equal(Math.round(world.elapsed() / 1000), 805);
});

t.test('a refusal meets new connections only', async t => {
  const { world, client, address, accepted } = acrossNetworks();
  using _ = world;
  const socket = client.connect(address, 80);
  await outcomeOf(socket);
  const undo = world.network.faults.refuse(({ to }) => to.name === 'server');
  t.equal(await outcomeOf(client.connect(address, 80)), 'ECONNREFUSED');
  const heard = new Promise<void>(resolve => accepted[0]?.once('data', () => resolve()));
  socket.write('still there');
  await heard;
  undo();
  t.equal(await outcomeOf(client.connect(address, 80)), 'connected');
});

t.test('a delay is added each way', async t => {
  const { world, client, address, accepted } = acrossNetworks();
  using _ = world;
  world.network.faults.delay(({ from, to }) => from.cluster === 'east' && to.cluster === 'far', 40);
  const socket = client.connect(address, 80);
  await outcomeOf(socket);
  t.equal(world.elapsed(), 80);
  const heard = new Promise<string>(resolve => accepted[0]?.once('data', data => resolve(String(data))));
  socket.write('a');
  socket.write('b');
  t.equal(await heard, 'a');
  t.equal(world.elapsed(), 120);
});

t.test('datagrams are dropped, delayed and refused too', async t => {
  const { world, client, server } = acrossNetworks();
  using _ = world;
  t.ok(server);
  const near = world.clusters.west.addPod('near', 'west-node');
  near.listenDatagram(53, query => Buffer.concat([query, Buffer.from('!')]));
  const ask = () => client.exchangeDatagram(near.address, 53, Buffer.from('ping'), 5000).then(String);
  t.equal(await ask(), 'ping!');
  const undoDelay = world.network.faults.delay(({ protocol }) => protocol === 'UDP', 100);
  t.equal(await ask(), 'ping!');
  t.equal(world.elapsed(), 200);
  undoDelay();
  const undoRefusal = world.network.faults.refuse(({ port }) => port === 53);
  await t.rejects(ask(), { code: 'ECONNREFUSED' });
  undoRefusal();
  world.network.faults.drop(({ port }) => port === 53);
  await t.rejects(ask(), { code: 'ETIMEDOUT' });
  t.equal(world.elapsed(), 5200);
});
