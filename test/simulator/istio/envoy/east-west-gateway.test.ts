/** A gateway between two networks: bytes pass by SNI, and nothing else does. */
import t from 'tap';
import type { FilterChain, LbEndpoint, Listener } from '../../../../harness/simulator/istio/xds/resources.ts';
import {
  callHello,
  curl,
  gatewayResources,
  helloWorld,
  inboundResources,
  OUTBOUND,
  outboundResources,
  type Pod,
  ProxyWorld,
  SERVICE_IP,
  SNI,
} from '../../../support/proxy-world.ts';

/** The client in cluster1; server and gateway in cluster2, whose pods cluster1 cannot reach. */
async function twoNetworks(
  options: {
    readonly behind?: (server: Pod) => readonly LbEndpoint[];
    /** What the gateway is told in place of its listener. */
    readonly listeners?: (usual: readonly Listener[]) => readonly Listener[];
  } = {},
) {
  const world = new ProxyWorld();
  const { root, intermediate } = await world.authority('one');
  let outbound: readonly LbEndpoint[] = [];
  let behind: readonly LbEndpoint[] = [];
  const istiod = await world.istiod(intermediate, ({ id }) => {
    if (id.startsWith('router')) {
      const resources = gatewayResources(behind);
      const { listener = [] } = resources;
      return { ...resources, listener: options.listeners?.(listener) ?? listener };
    }
    return id.includes('sleep') ? outboundResources(world.version, outbound) : inboundResources();
  });
  world.names.set('helloworld.sample.svc.cluster.local', [SERVICE_IP]);
  const server = await world.proxyPod('helloworld-v2', root.rootPem, {
    app: helloWorld,
    cluster: 'cluster2',
  });
  behind = options.behind?.(server) ?? [
    { address: server.network.address, port: 5000, weight: 1, tlsMode: 'istio' },
  ];
  const gateway = await world.proxyPod('eastwest', root.rootPem, { kind: 'router', cluster: 'cluster2' });
  const address = world.clusters.cluster2.allocateLoadBalancerAddress();
  world.clusters.cluster2.setServiceRoutes([
    {
      address,
      port: 15443,
      protocol: 'TCP',
      endpoints: [{ address: gateway.network.address, port: 15443 }],
    },
  ]);
  outbound = [{ address, port: 15443, weight: 1, tlsMode: 'istio' }];
  const sleep = await world.proxyPod('sleep', root.rootPem);
  await world.ready(server, gateway, sleep);
  return { world, istiod, gateway, sleep, server, address };
}

const statsOf = async (pod: Pod, filter: string) =>
  (await pod.exec(curl, 'curl', '-s', `http://localhost:15000/stats?filter=${filter}`)).stdout;

t.test('calls cross networks through the gateway, which counts them', async t => {
  const { world, gateway, sleep, server, address } = await twoNetworks();
  await using _ = world;
  const answers = await callHello(sleep, 10);
  t.ok(answers.every(({ status, body }) => status === '200' && body.includes('helloworld-v2')));
  const clusters = await gateway.exec(curl, 'curl', '-s', 'http://localhost:15000/clusters');
  const prefix = `${SNI}::${server.network.address}:5000::`;
  t.match(clusters.stdout, `${prefix}cx_total::2\n`, 'a connection for each worker of the client');
  t.match(clusters.stdout, `${prefix}rq_total::0\n`, 'it sees bytes, not requests');
  const own = await sleep.exec(curl, 'curl', '-s', 'http://localhost:15000/clusters');
  t.match(own.stdout, `${OUTBOUND}::${address}:15443::rq_success::10\n`);
  const listeners = await gateway.exec(curl, 'curl', '-s', 'http://localhost:15000/listeners');
  t.equal(listeners.stdout, '0.0.0.0_15443::0.0.0.0:15443\n');
});

t.test('the gateway closes what asks for a name that it has no cluster for', async t => {
  const { world, gateway, sleep, address } = await twoNetworks();
  await using _ = world;
  const call = (name: string) =>
    sleep.exec(
      curl,
      'curl',
      '-sSk',
      '-m',
      '5',
      '--resolve',
      `${name}:15443:${address}`,
      `https://${name}:15443/`,
    );
  const unknown = await call('outbound_.80_._.other.sample.svc.cluster.local');
  t.match(unknown.exitCode, 35);
  const foreign = await call('www.example.com');
  t.match(foreign.exitCode, 35);
  t.match(
    await statsOf(gateway, 'no_filter_chain_match'),
    'listener.0.0.0.0_15443.no_filter_chain_match: 1\n',
  );
});

t.test('a stranger without a certificate gets as far as the server, and no further', async t => {
  const { world, sleep, address } = await twoNetworks();
  await using _ = world;
  const { exitCode } = await sleep.exec(
    curl,
    'curl',
    '-sSk',
    '-m',
    '5',
    '--resolve',
    `${SNI}:15443:${address}`,
    `https://${SNI}:15443/hello`,
  );
  t.not(exitCode, 0);
});

t.test('a plaintext client is closed', async t => {
  const { world, sleep, address } = await twoNetworks();
  await using _ = world;
  const { exitCode, stdout } = await sleep.exec(
    curl,
    'curl',
    '-s',
    '-m',
    '5',
    `http://${address}:15443/hello`,
  );
  t.not(exitCode, 0);
  t.equal(stdout, '');
});

t.test('with nobody behind the gateway the client sees a connection failure', async t => {
  const { world, sleep } = await twoNetworks({ behind: () => [] });
  await using _ = world;
  const [answer] = await callHello(sleep, 1);
  t.match(answer, { status: '503', body: /reset reason: connection failure$/ });
});

t.test('with a black hole behind the gateway the client gives up after ten seconds', async t => {
  const { world, sleep } = await twoNetworks({
    behind: () => [{ address: '10.10.0.99', port: 5000, weight: 1, tlsMode: 'istio' }],
  });
  await using _ = world;
  const startedMs = world.clock.now();
  const [answer] = await callHello(sleep, 1);
  t.match(answer, { status: '503', body: /reset reason: local reset$/ });
  t.equal(Math.round((world.clock.now() - startedMs) / 1000), 10);
});

t.test('when the server goes away its connections through the gateway end', async t => {
  const { world, gateway, sleep, server } = await twoNetworks();
  await using _ = world;
  await callHello(sleep, 4);
  server.network.destroy();
  const [answer] = await callHello(sleep, 1);
  t.equal(answer?.status, '503');
  t.match(
    await statsOf(gateway, 'downstream_cx_active'),
    /listener\.0\.0\.0\.0_15443\.downstream_cx_active: 0\n/,
  );
});

t.test('a removed listener stops to listen at once; its connections live for the drain time', async t => {
  let isExposed = true;
  const { world, istiod, gateway, sleep } = await twoNetworks({
    listeners: usual => (isExposed ? usual : []),
  });
  await using _ = world;
  const wait = (ms: number) => new Promise<void>(resolve => world.clock.setTimeout(resolve, ms));
  const status = async () => (await callHello(sleep, 1))[0]?.status;
  // Both workers of the client get a connection.
  for (let call = 0; call < 20; call++) t.equal(await status(), '200');
  isExposed = false;
  istiod.push();
  await wait(1_000);
  t.equal(await status(), '200', 'over a connection of the pool');
  const neighbour = world.plainPod('neighbour', undefined, 'cluster2');
  t.match(await neighbour.exec(curl, 'curl', '-s', `http://${gateway.network.address}:15443`), {
    exitCode: 7,
  });
  await wait(43_000);
  t.equal(await status(), '200', 'over a connection of the pool');
  await wait(1_500);
  t.equal(await status(), '503', 'after 45 s');
  t.match(await statsOf(gateway, 'total_listeners_active'), /: 0\n$/);
});

const named = (chain: FilterChain, name: string): FilterChain => ({ ...chain, name });

/** What connections of a client do when the gateway's listener changes. */
for (const [what, change, isDrained] of [
  [
    'another chain',
    (usual: Listener) => ({
      ...usual,
      filterChains: [
        ...usual.filterChains,
        { match: { serverNames: ['other'] }, filter: { type: 'tcp_proxy', cluster: 'x', statPrefix: 'x' } },
      ],
    }),
    false,
  ],
  [
    'its chain',
    (usual: Listener) => ({ ...usual, filterChains: usual.filterChains.map(chain => named(chain, 'new')) }),
    true,
  ],
  ['what is not a chain', (usual: Listener) => ({ ...usual, httpInspector: true }), true],
] as const)
  t.test(`a listener that changes in ${what}: connections ${isDrained ? 'drain' : 'stay'}`, async t => {
    let isChanged = false;
    const { world, istiod, gateway, sleep } = await twoNetworks({
      // A cast: literals of the table are wider than the type.
      listeners: usual => (isChanged ? usual.map(each => change(each) as Listener) : usual),
    });
    await using _ = world;
    const wait = (ms: number) => new Promise<void>(resolve => world.clock.setTimeout(resolve, ms));
    const active = async () => {
      const text = await statsOf(gateway, 'listener.0.0.0.0_15443.downstream_cx_active');
      return Number(/: (\d+)/.exec(text)?.[1]);
    };
    await callHello(sleep, 20);
    const before = await active();
    t.ok(before > 0);
    isChanged = true;
    istiod.push();
    await wait(44_000);
    t.equal(await active(), before, 'within the drain time');
    await wait(2_000);
    t.equal(await active(), isDrained ? 0 : before, 'after 45 s');
    t.equal((await callHello(sleep, 1))[0]?.status, '200', 'by the new definition');
  });
