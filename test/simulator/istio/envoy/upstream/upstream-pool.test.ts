/** Which connection of a worker to a host a request gets. */
import type { Duplex } from 'node:stream';
import t from 'tap';
import { systemClock } from '../../../../../harness/base/clock.ts';
import type { ClientConnection } from '../../../../../harness/base/http1/client-connection.ts';
import { headText } from '../../../../../harness/base/http1/outgoing-message.ts';
import { serveConnection } from '../../../../../harness/base/http1/server-connection.ts';
import { Counters } from '../../../../../harness/simulator/istio/envoy/environment/counters.ts';
import { ClusterResources } from '../../../../../harness/simulator/istio/envoy/upstream/cluster-resources.ts';
import {
  type PoolLimits,
  UpstreamPool,
} from '../../../../../harness/simulator/istio/envoy/upstream/upstream-pool.ts';
import type { ClusterLimits } from '../../../../../harness/simulator/istio/xds/cluster-policy.ts';
import { VirtualClock } from '../../../../../harness/simulator/network/virtual-clock.ts';
import { duplexPair } from '../../../../support/duplex-pair.ts';

const UNLIMITED: ClusterLimits = {
  connections: 1e9,
  pendingRequests: 1e9,
  requests: 1e9,
  retries: 1e9,
};
const turns = async () => {
  for (let turn = 0; turn < 5; turn++) await new Promise(resolve => setImmediate(resolve));
};

/** A pool whose dials end when `connect` is called, or fail. */
function poolUnderTest(limits?: Partial<ClusterLimits>, more: Partial<PoolLimits> = {}) {
  const counters = new Counters();
  const resources = new ClusterResources(limits && { ...UNLIMITED, ...limits });
  const dials: ((isThere: boolean) => void)[] = [];
  const streams: Duplex[] = [];
  const connectOne: ConstructorParameters<typeof UpstreamPool>[0] = done => {
    resources.take('connections');
    const giveBack = () => resources.giveBack('connections');
    dials.push(isThere => {
      if (!isThere) giveBack();
      const [client, server] = duplexPair();
      serveConnection(server, {
        onRequest: (_request, response) => {
          response.writeHead({ status: 200, headers: ['Content-Length', '0'] });
          response.end();
        },
      });
      client.once('close', giveBack);
      streams.push(client);
      if (isThere) done(undefined, client);
      else done({ reason: 'connect-failure', detail: 'no' });
    });
    return () => {};
  };
  const pool = new UpstreamPool(connectOne, { clock: systemClock, counters, resources, ...more });
  const connect = (isThere = true) => dials.shift()?.(isThere);
  const acquire = () => {
    const got: { connection?: ClientConnection | undefined; reason?: string | undefined } = {};
    pool.acquire({
      onAcquired: (failure, connection) => Object.assign(got, { connection, reason: failure?.reason }),
    });
    return got;
  };
  return { pool, dials, streams, connect, acquire };
}

/** Sends a request on a connection, without waiting for the answer. */
function use(connection: ClientConnection | undefined): void {
  const handlers = { onHead() {}, onBody() {}, onEnd() {}, onFail() {} };
  const head = headText('GET / HTTP/1.1', ['host', 'h']);
  connection?.begin({ method: 'GET', head, framing: 'plain', keepsAlive: true }, handlers).end();
}

t.test('a request dials if no connection is free, and else gets the one that was used last', async t => {
  const { acquire, connect, dials } = poolUnderTest();
  const got = [acquire(), acquire()];
  t.equal(dials.length, 2);
  t.equal(got[0]?.connection, undefined, 'it waits for the dial');
  connect();
  connect();
  for (const { connection } of got) use(connection);
  await turns();
  t.equal(acquire().connection, got[1]?.connection, 'at once');
  t.equal(acquire().connection, got[0]?.connection);
  t.equal(dials.length, 0);
  acquire();
  t.equal(dials.length, 1);
});

t.test('a dial that fails is told to the request that waits for it', async t => {
  const { acquire, connect } = poolUnderTest();
  const got = acquire();
  connect(false);
  t.equal(got.reason, 'connect-failure');
});

t.test('a connection that has closed is not handed out', async t => {
  const { acquire, connect, streams, dials } = poolUnderTest();
  const got = acquire();
  connect();
  use(got.connection);
  await turns();
  streams[0]?.destroy();
  t.equal(acquire().connection, undefined);
  t.equal(dials.length, 1);
});

t.test(
  'a pool that closes ends its connections, and those that are dialled still after their exchange',
  async t => {
    const { pool, acquire, connect, streams } = poolUnderTest();
    const [busy, late] = [acquire(), acquire()];
    connect();
    use(busy.connection);
    pool.close();
    t.ok(streams[0]?.destroyed);
    connect();
    use(late.connection);
    await turns();
    t.ok(streams[1]?.destroyed);
  },
);

t.test('above the limit of connections a request waits until one is free', async t => {
  const { connect, acquire, dials } = poolUnderTest({ connections: 1 });
  const first = acquire();
  connect();
  const second = acquire();
  t.equal(dials.length, 0);
  t.notOk(second.connection);
  use(first.connection);
  await turns();
  t.equal(second.connection, first.connection);
});

t.test('above the limit of pending requests it is told of the overflow', async t => {
  const { acquire, pool } = poolUnderTest({ connections: 1, pendingRequests: 2 });
  const all = [acquire(), acquire(), acquire()];
  t.same(
    all.map(({ reason }) => reason),
    [undefined, undefined, 'overflow'],
  );
  pool.close();
  t.equal(all[1]?.reason, 'connect-failure', 'who waits for a pool that closes is told');
});

t.test('who gives up waits no longer', async t => {
  const { pool, acquire, connect } = poolUnderTest({ connections: 1, pendingRequests: 2 });
  acquire();
  let asked = 0;
  const request = { onAcquired: () => asked++ };
  pool.acquire(request);
  pool.giveUp(request);
  t.not(acquire().reason, 'overflow', 'its place is free');
  connect();
  await turns();
  t.equal(asked, 0);
});

t.test('a host without a connection gets one in any case', async t => {
  const { acquire, dials } = poolUnderTest({ connections: 0 });
  acquire();
  t.equal(dials.length, 1);
});

t.test('a connection that failed makes room for the next that waits', async t => {
  const { acquire, connect, dials } = poolUnderTest({ connections: 1 });
  const [first, second] = [acquire(), acquire()];
  connect(false);
  t.equal(first.reason, 'connect-failure');
  t.equal(dials.length, 1);
  connect();
  t.ok(second.connection);
});

t.test('a connection ends after its number of requests', async t => {
  const { acquire, connect, streams } = poolUnderTest(undefined, { maxRequestsPerConnection: 2 });
  const first = acquire();
  connect();
  use(first.connection);
  await turns();
  const second = acquire();
  t.equal(second.connection, first.connection);
  use(second.connection);
  await turns();
  t.ok(streams[0]?.destroyed);
});

t.test('and when it was idle for too long', async t => {
  const clock = new VirtualClock();
  const { acquire, connect, streams } = poolUnderTest(undefined, { clock, idleTimeoutMs: 5000 });
  const got = acquire();
  connect();
  use(got.connection);
  await turns();
  clock.start();
  await new Promise<void>(resolve => clock.setTimeout(resolve, 4000));
  t.notOk(streams[0]?.destroyed);
  await new Promise<void>(resolve => clock.setTimeout(resolve, 1500));
  t.ok(streams[0]?.destroyed);
  clock.stop();
});
