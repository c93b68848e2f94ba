/** Which connection of a worker to a host a request gets. */
import type { Duplex } from 'node:stream';
import t from 'tap';
import type { ClientConnection } from '../../../../../harness/base/http1/client-connection.ts';
import { headText } from '../../../../../harness/base/http1/outgoing-message.ts';
import { serveConnection } from '../../../../../harness/base/http1/server-connection.ts';
import { UpstreamPool } from '../../../../../harness/simulator/istio/envoy/upstream/upstream-pool.ts';
import { duplexPair } from '../../../../support/duplex-pair.ts';

const turns = async () => {
  for (let turn = 0; turn < 5; turn++) await new Promise(resolve => setImmediate(resolve));
};

/** A pool whose dials end when `connect` is called, or fail. */
function poolUnderTest() {
  const dials: ((isThere: boolean) => void)[] = [];
  const streams: Duplex[] = [];
  const pool = new UpstreamPool(done => {
    dials.push(isThere => {
      const [client, server] = duplexPair();
      serveConnection(server, {
        onRequest: (_request, response) => {
          response.writeHead({ status: 200, headers: ['Content-Length', '0'] });
          response.end();
        },
      });
      streams.push(client);
      if (isThere) done(undefined, client);
      else done({ reason: 'connect-failure', detail: 'no' });
    });
    return () => {};
  });
  const connect = (isThere = true) => dials.shift()?.(isThere);
  const acquire = () => {
    const got: { connection?: ClientConnection | undefined; reason?: string | undefined } = {};
    pool.acquire((failure, connection) => Object.assign(got, { connection, reason: failure?.reason }));
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
