import t from 'tap';
import type { NetworkNamespace, VirtualSocket } from '../../../harness/simulator/network/interfaces.ts';
import { outcomeOf, smallWorld } from '../../support/small-world.ts';

const RULES = {
  outboundPort: 15001,
  inboundPort: 15006,
  exemptUid: 1337,
  exemptInboundPorts: [15090, 15021, 15020],
};

/**
 * `client` and `server` have a sidecar; each server says which port took the connection, and where it was
 * meant to go.
 */
function meshed() {
  const world = smallWorld();
  const client = world.clusters.east.addPod('client', 'east-node');
  const server = world.clusters.west.addPod('server', 'west-node');
  const plain = world.clusters.west.addPod('plain', 'west-node');
  const accepted: string[] = [];
  const serve = (place: NetworkNamespace, port: number, address?: string) =>
    place.listen(
      port,
      (socket: VirtualSocket) => {
        const { originalDestination } = socket;
        accepted.push(
          `${place.name}:${port} at ${socket.localAddress}:${socket.localPort} from ${socket.remoteAddress} for ${originalDestination?.address}:${originalDestination?.port}`,
        );
      },
      address,
    );
  for (const port of [15001, 15006, 15090, 80]) {
    serve(client, port);
    serve(server, port);
  }
  serve(plain, 80);
  client.setRedirect(RULES);
  server.setRedirect(RULES);
  return { world, client, server, plain, accepted };
}

t.test('what an application dials goes to the outbound port', async t => {
  const { world, client, plain, accepted } = meshed();
  using _ = world;
  const socket = client.connect(plain.address, 80);
  t.equal(await outcomeOf(socket), 'connected');
  t.same(accepted, ['client:15001 at 127.0.0.1:15001 from 10.10.0.2 for 10.20.0.3:80']);
  t.same(
    [socket.remoteAddress, socket.remotePort],
    ['10.20.0.3', 80],
    'the application sees what it dialled',
  );
});

t.test('the original destination is the cluster IP: the redirect stands before the Service', async t => {
  const { world, client, plain, accepted } = meshed();
  using _ = world;
  world.clusters.east.setServiceRoutes([
    { address: '10.110.0.9', port: 5000, protocol: 'TCP', endpoints: [{ address: plain.address, port: 80 }] },
  ]);
  await outcomeOf(client.connect('10.110.0.9', 5000));
  await outcomeOf(client.connect('10.110.0.9', 5000, { uid: 1337 }));
  t.same(accepted, [
    'client:15001 at 127.0.0.1:15001 from 10.10.0.2 for 10.110.0.9:5000',
    'plain:80 at 10.20.0.3:80 from 10.10.0.2 for 10.20.0.3:80',
  ]);
});

t.test('also a destination that nobody has is accepted by the proxy', async t => {
  const { world, client } = meshed();
  using _ = world;
  t.equal(await outcomeOf(client.connect('203.0.113.9', 443)), 'connected');
  t.equal(world.elapsed(), 0);
});

interface Row {
  readonly what: string;
  readonly uid: number;
  readonly to: 'client' | 'server' | 'loopback';
  readonly port: number;
  readonly taken: string;
}
const ROWS: readonly Row[] = [
  {
    what: 'the proxy’s own connection arrives at the other’s inbound port',
    uid: 1337,
    to: 'server',
    port: 80,
    taken: 'server:15006 at 10.20.0.2:15006 from 10.10.0.2 for 10.20.0.2:80',
  },
  {
    what: 'an exempt inbound port is left alone',
    uid: 1337,
    to: 'server',
    port: 15090,
    taken: 'server:15090 at 10.20.0.2:15090 from 10.10.0.2 for 10.20.0.2:15090',
  },
  {
    what: 'loopback is never redirected',
    uid: 0,
    to: 'loopback',
    port: 80,
    taken: 'client:80 at 127.0.0.1:80 from 127.0.0.1 for 127.0.0.1:80',
  },
  {
    what: 'the own address goes over lo and is not redirected',
    uid: 0,
    to: 'client',
    port: 80,
    taken: 'client:80 at 10.10.0.2:80 from 10.10.0.2 for 10.10.0.2:80',
  },
];
for (const { what, uid, to, port, taken } of ROWS) {
  t.test(what, async t => {
    const { world, client, server, accepted } = meshed();
    using _ = world;
    const address = { client: client.address, server: server.address, loopback: '127.0.0.1' }[to];
    await outcomeOf(client.connect(address, port, { uid }));
    t.same(accepted, [taken]);
  });
}

t.test('what arrives through a load balancer is redirected in the target’s pod', async t => {
  const { world, server, accepted } = meshed();
  using _ = world;
  const address = world.clusters.west.allocateLoadBalancerAddress();
  world.clusters.west.setServiceRoutes([
    { address, port: 443, protocol: 'TCP', endpoints: [{ address: server.address, port: 8443 }] },
  ]);
  await outcomeOf(world.laptop.connect(address, 443));
  t.same(accepted, [`server:15006 at 10.20.0.2:15006 from ${world.nodes.west.address} for 10.20.0.2:8443`]);
  t.match(world.network.recorder.records.at(-1), {
    via: [`load-balancer:${address}`, `service:${address}:443`, 'redirect-in:15006'],
    arrivedAt: 'server',
  });
});

t.test(
  'without a proxy behind the rules connections are refused, and without rules all is as before',
  async t => {
    using world = smallWorld();
    const pod = world.clusters.east.addPod('pod', 'east-node');
    const other = world.clusters.east.addPod('other', 'east-node');
    other.listen(80, () => {});
    pod.setRedirect(RULES);
    t.equal(await outcomeOf(pod.connect(other.address, 80)), 'ECONNREFUSED');
    pod.setRedirect(undefined);
    t.equal(await outcomeOf(pod.connect(other.address, 80)), 'connected');
  },
);
