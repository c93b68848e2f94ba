/** Sidecars on one network: mTLS from end to end, load balancing, plaintext neighbours, headers. */
import http from 'node:http';
import t from 'tap';
import type { Main } from '../../../../harness/simulator/program.ts';
import { endpointOf, hostStats, meshOf } from '../../../support/one-network-mesh.ts';
import { callHello, curl, helloWorld } from '../../../support/proxy-world.ts';

const share = (answers: readonly { body: string }[], version: string) =>
  answers.filter(({ body }) => body.includes(`version: ${version}`)).length / answers.length;

t.test('both servers answer, over mTLS on few connections', async t => {
  const { world, sleep, v1, v2 } = await meshOf({}, (v1, v2) => [endpointOf(v1), endpointOf(v2)]);
  await using _ = world;
  const answers = await callHello(sleep, 40);
  t.ok(answers.every(({ status }) => status === '200'));
  t.same([...new Set(answers.map(({ body }) => body))].sort(), [
    'Hello version: v1, instance: helloworld-v1',
    'Hello version: v2, instance: helloworld-v2',
  ]);
  const stats = await hostStats(sleep, endpointOf(v1));
  t.ok(
    (stats['rq_total'] ?? 0) >= 19 && (stats['rq_total'] ?? 0) <= 21,
    'round robin in each of the two workers',
  );
  t.equal(stats['rq_success'], stats['rq_total']);
  t.ok((stats['cx_total'] ?? 9) <= 2, 'one kept connection for each worker');
  const server = await v2.exec(curl, 'curl', '-s', 'http://localhost:15000/stats?filter=15006.ssl');
  t.match(server.stdout, /listener\.0\.0\.0\.0_15006\.ssl\.handshake: [12]\n/);
});

t.test('current picks by least request; weights move the share', async t => {
  const { world, sleep, v1, v2, update } = await meshOf({ version: '1.30.3' }, (v1, v2) => [
    endpointOf(v1),
    endpointOf(v2),
  ]);
  await using _ = world;
  const even = share(await callHello(sleep, 200), 'v1');
  t.ok(even > 0.35 && even < 0.65, `${even}`);
  update([endpointOf(v1), endpointOf(v2, { weight: 3 })]);
  await callHello(sleep, 1);
  const uneven = share(await callHello(sleep, 200), 'v1');
  t.ok(uneven > 0.2 && uneven < 0.3, `${uneven}`);
});

t.test('the same seed makes the same picks, another seed others', async t => {
  const sequence = async (seed: string) => {
    const { world, sleep } = await meshOf({ seed }, (v1, v2) => [endpointOf(v1), endpointOf(v2)]);
    await using _ = world;
    return (await callHello(sleep, 40)).map(({ body }) => body.slice(15, 17)).join(' ');
  };
  const first = await sequence('a');
  t.equal(await sequence('a'), first);
  t.not(await sequence('b'), first);
});

t.test('an endpoint without a sidecar is called in plaintext', async t => {
  const { world, sleep, update } = await meshOf({}, v1 => [endpointOf(v1)]);
  await using _ = world;
  const plain = world.plainPod('helloworld-v9', helloWorld);
  update([endpointOf(plain, { tlsMode: 'disabled' })]);
  const answers = await callHello(sleep, 3);
  t.match(answers.at(-1), { status: '200', body: /helloworld-v9/ });
});

t.test('a client without a sidecar reaches a server with one, in plaintext', async t => {
  const { world, v1 } = await meshOf({}, v1 => [endpointOf(v1)]);
  await using _ = world;
  const client = world.plainPod('plain');
  const { stdout } = await client.exec(curl, 'curl', '-s', `http://${v1.network.address}:5000/hello`);
  t.equal(stdout, 'Hello version: v1, instance: helloworld-v1\n');
});

t.test('a client with TLS but no certificate is turned away', async t => {
  const { world, v1 } = await meshOf({}, v1 => [endpointOf(v1)]);
  await using _ = world;
  const client = world.plainPod('plain');
  const { exitCode } = await client.exec(
    curl,
    'curl',
    '-sk',
    '-m',
    '5',
    `https://${v1.network.address}:5000/hello`,
  );
  t.not(exitCode, 0);
});

t.test('a service that the mesh does not know is passed through', async t => {
  const { world, sleep } = await meshOf({}, v1 => [endpointOf(v1)]);
  await using _ = world;
  const other = world.plainPod('helloworld-v7', helloWorld);
  // To the port of a listener with routes, by another Host; and to a port that no listener is for.
  const routed = await sleep.exec(
    curl,
    'curl',
    '-s',
    '-m',
    '5',
    `http://${other.network.address}:5000/hello`,
  );
  t.match(routed.stdout, /helloworld-v7/);
  const refused = await sleep.exec(
    curl,
    'curl',
    '-sS',
    '-m',
    '5',
    `http://${other.network.address}:5001/hello`,
  );
  t.match(
    { ...refused, exitCode: String(refused.exitCode) },
    { exitCode: /52|56/, stdout: '' },
    'Envoy takes the connection and closes it when its own is refused',
  );
});

t.test('headers tell of the proxies on the way', async t => {
  let seen: http.IncomingHttpHeaders = {};
  const echo: Main = async ({ network, signal }) => {
    const server = http.createServer({ connectionsCheckingInterval: 2 ** 31 - 1 }, (request, response) => {
      seen = request.headers;
      let body = '';
      request.setEncoding('utf8').on('data', chunk => {
        body += chunk;
      });
      request.on('end', () => response.end(`got ${body.length}\n`));
    });
    network.listen(5000, socket => server.emit('connection', socket));
    await new Promise(resolve => signal.addEventListener('abort', resolve));
    return 0;
  };
  const { world, root, sleep, update } = await meshOf({}, v1 => [endpointOf(v1)]);
  await using _ = world;
  const server = await world.proxyPod('echo', root.rootPem, { app: echo });
  await world.ready(server);
  update([endpointOf(server)]);
  await callHello(sleep, 1);
  const sent = 'x'.repeat(200_000);
  const { stdout } = await sleep.exec(
    curl,
    'curl',
    '-s',
    '-i',
    '-H',
    'X-Forwarded-Client-Cert: forged',
    '-d',
    sent,
    'http://helloworld.sample:5000/',
  );
  t.match(stdout, /got 200000\n$/);
  t.match(stdout.toLowerCase(), /\nserver: envoy\r\n/);
  t.match(stdout.toLowerCase(), /\nx-envoy-upstream-service-time: \d+\r\n/);
  t.notMatch(stdout.toLowerCase(), /\nconnection:/, 'Envoy keeps connections without saying so');
  t.equal(seen['connection'], undefined);
  t.match(
    seen['x-forwarded-client-cert'],
    /^By=spiffe:\/\/cluster\.local\/ns\/sample\/sa\/default;Hash=[0-9a-f]{64};/,
  );
  t.match(seen['x-forwarded-client-cert'], /;URI=spiffe:\/\/cluster\.local\/ns\/sample\/sa\/sleep$/);
  t.equal(seen['x-envoy-attempt-count'], '1');
  t.match(seen['x-request-id'], /^[0-9a-f-]{36}$/);
});
