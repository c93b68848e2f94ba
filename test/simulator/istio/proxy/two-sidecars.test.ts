/** Sidecars on one network: mTLS from end to end, load balancing, retries, and Envoy's words when nothing helps. */
import http from 'node:http';
import t from 'tap';
import type { LbEndpoint } from '../../../../harness/simulator/istio/xds.ts';
import type { Main } from '../../../../harness/simulator/program.ts';
import {
  callHello,
  curl,
  helloWorld,
  inboundResources,
  OUTBOUND,
  outboundResources,
  type Pod,
  ProxyWorld,
  SERVICE_IP,
} from '../../../support/proxy-world.ts';

const endpointOf = (pod: Pod, more: Partial<LbEndpoint> = {}): LbEndpoint => ({
  address: pod.network.address,
  port: 5000,
  weight: 1,
  tlsMode: 'istio',
  ...more,
});
/** No route leads there from network1. */
const BLACK_HOLE: LbEndpoint = { address: '10.20.0.9', port: 5000, weight: 1, tlsMode: 'istio' };
/** A node, which answers with a reset: nothing listens. */
const REFUSING: LbEndpoint = { address: '172.18.0.2', port: 5999, weight: 1, tlsMode: 'istio' };

async function meshOf(
  options: { readonly seed?: string; readonly version?: string },
  endpointsFor: (v1: Pod, v2: Pod) => readonly LbEndpoint[],
) {
  const world = new ProxyWorld(options);
  const { root, intermediate } = await world.authority('one');
  let endpoints: readonly LbEndpoint[] = [];
  const istiod = await world.istiod(intermediate, ({ id }) =>
    id.includes('sleep') ? outboundResources(world.version, endpoints) : inboundResources(),
  );
  world.names.set('helloworld.sample.svc.cluster.local', [SERVICE_IP]);
  const v1 = await world.proxyPod('helloworld-v1', root.rootPem, { app: helloWorld });
  const v2 = await world.proxyPod('helloworld-v2', root.rootPem, { app: helloWorld });
  const update = (next: readonly LbEndpoint[]) => {
    endpoints = next;
    istiod.push();
  };
  endpoints = endpointsFor(v1, v2);
  const sleep = await world.proxyPod('sleep', root.rootPem);
  await world.ready(v1, v2, sleep);
  return { world, istiod, root, sleep, v1, v2, update };
}

async function hostStats(pod: Pod, { address, port }: LbEndpoint): Promise<Record<string, number>> {
  const { stdout } = await pod.exec(curl, 'curl', '-s', 'http://localhost:15000/clusters');
  const prefix = `${OUTBOUND}::${address}:${port}::`;
  const lines = stdout.split('\n').filter(line => line.startsWith(prefix));
  return Object.fromEntries(
    lines.map(line => line.slice(prefix.length).split('::')).map(([name, value]) => [name, Number(value)]),
  );
}

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
  t.ok((stats['rq_total'] ?? 0) >= 19 && (stats['rq_total'] ?? 0) <= 21, 'round robin in each of the two workers');
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

const faults: {
  name: string;
  version: string;
  bad: LbEndpoint;
  alone: boolean;
  statuses: string[];
  body?: RegExp;
  tookMs?: [number, number];
}[] = [
  { name: '1.8 hides a host that refuses', version: '1.8.0', bad: REFUSING, alone: false, statuses: ['200'] },
  { name: 'current hides a host that refuses', version: '1.30.3', bad: REFUSING, alone: false, statuses: ['200'] },
  {
    name: '1.8 answers half of the calls with 503 when packets to a host vanish',
    version: '1.8.0',
    bad: BLACK_HOLE,
    alone: false,
    statuses: ['200', '503'],
    body: /reset reason: local reset$/,
  },
  {
    name: 'current hides a host that packets do not reach, late',
    version: '1.30.3',
    bad: BLACK_HOLE,
    alone: false,
    statuses: ['200'],
  },
  {
    name: '1.8 tells of a refusal that no retry could hide',
    version: '1.8.0',
    bad: REFUSING,
    alone: true,
    statuses: ['503'],
    body: /^upstream connect error or disconnect\/reset before headers\. reset reason: connection failure$/,
    tookMs: [0, 100],
  },
  {
    name: 'current tells of a refusal that no retry could hide',
    version: '1.30.3',
    bad: REFUSING,
    alone: true,
    statuses: ['503'],
    body: /retried and the latest reset reason: remote connection failure, transport failure reason: delayed connect error: Connection refused$/,
  },
  {
    name: '1.8 gives up on a black hole after ten seconds',
    version: '1.8.0',
    bad: BLACK_HOLE,
    alone: true,
    statuses: ['503'],
    body: /reset reason: local reset$/,
    tookMs: [10_000, 10_010],
  },
  {
    name: 'current gives up on a black hole after three times ten seconds',
    version: '1.30.3',
    bad: BLACK_HOLE,
    alone: true,
    statuses: ['503'],
    body: /retried and the latest reset reason: connection timeout$/,
    tookMs: [30_000, 30_100],
  },
];
for (const { name, version, bad, alone, statuses, body, tookMs } of faults) {
  t.test(name, async t => {
    const { world, sleep } = await meshOf({ version }, v1 => (alone ? [bad] : [endpointOf(v1), bad]));
    await using _ = world;
    const startedMs = world.clock.now();
    const answers = await callHello(sleep, alone ? 1 : 20);
    t.same([...new Set(answers.map(({ status }) => status))].sort(), statuses);
    for (const answer of answers) if (answer.status !== '200' && body) t.match(answer.body, body);
    const took = world.clock.now() - startedMs;
    if (tookMs) t.ok(took >= tookMs[0] && took <= tookMs[1], `took ${took} ms`);
    const stats = await hostStats(sleep, bad);
    t.ok((stats['cx_connect_fail'] ?? 0) > 0);
    t.equal(stats['cx_active'], 0);
    t.equal(stats['rq_total'], 0);
  });
}

t.test('a server with another root is not trusted', async t => {
  for (const version of ['1.8.0', '1.30.3']) {
    const { world, sleep, update } = await meshOf({ version }, v1 => [endpointOf(v1)]);
    await using _ = world;
    const other = await world.authority('two');
    await world.istiod(other.intermediate, () => inboundResources(), 'istiod.elsewhere.svc');
    const stranger = await world.proxyPod('helloworld-v3', other.root.rootPem, {
      app: helloWorld,
      env: {
        CA_ADDR: 'istiod.elsewhere.svc:15012',
        PROXY_CONFIG: JSON.stringify({ discoveryAddress: 'istiod.elsewhere.svc:15012' }),
      },
    });
    await world.ready(stranger);
    update([endpointOf(stranger)]);
    const [, answer] = await callHello(sleep, 2);
    t.equal(answer?.status, '503');
    t.match(
      answer?.body,
      /connection failure, transport failure reason: .*268435581:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED/,
    );
    const { stdout } = await stranger.exec(curl, 'curl', '-s', 'http://localhost:15000/stats?filter=ssl');
    t.notMatch(stdout, /ssl\.handshake/);
  }
});

t.test('a server with another identity than the service has is not trusted', async t => {
  const { world, root, sleep, update } = await meshOf({}, v1 => [endpointOf(v1)]);
  await using _ = world;
  const impostor = await world.proxyPod('other-account', root.rootPem, { app: helloWorld });
  await world.ready(impostor);
  update([endpointOf(impostor)]);
  const [, answer] = await callHello(sleep, 2);
  t.match(answer, { status: '503', body: /CERTIFICATE_VERIFY_FAILED/ });
  const { stdout } = await sleep.exec(curl, 'curl', '-s', 'http://localhost:15000/stats?filter=fail_verify_san');
  t.match(stdout, /ssl\.fail_verify_san: \d/);
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
  const { exitCode } = await client.exec(curl, 'curl', '-sk', '-m', '5', `https://${v1.network.address}:5000/hello`);
  t.not(exitCode, 0);
});

t.test('a service without endpoints has no healthy upstream', async t => {
  const { world, sleep } = await meshOf({}, () => []);
  await using _ = world;
  t.same(await callHello(sleep, 1), [{ status: '503', body: 'no healthy upstream' }]);
});

t.test('a service that the mesh does not know is passed through', async t => {
  const { world, sleep } = await meshOf({}, v1 => [endpointOf(v1)]);
  await using _ = world;
  const other = world.plainPod('helloworld-v7', helloWorld);
  // To the port of a listener with routes, by another Host; and to a port that no listener is for.
  const routed = await sleep.exec(curl, 'curl', '-s', '-m', '5', `http://${other.network.address}:5000/hello`);
  t.match(routed.stdout, /helloworld-v7/);
  const refused = await sleep.exec(curl, 'curl', '-sS', '-m', '5', `http://${other.network.address}:5001/hello`);
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
  t.match(seen['x-forwarded-client-cert'], /^By=spiffe:\/\/cluster\.local\/ns\/sample\/sa\/default;Hash=[0-9a-f]{64};/);
  t.match(seen['x-forwarded-client-cert'], /;URI=spiffe:\/\/cluster\.local\/ns\/sample\/sa\/sleep$/);
  t.equal(seen['x-envoy-attempt-count'], '1');
  t.match(seen['x-request-id'], /^[0-9a-f-]{36}$/);
});
