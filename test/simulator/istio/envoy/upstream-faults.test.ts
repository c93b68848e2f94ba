/**
 * Upstreams that refuse, vanish or are not who they should be: what retries hide, and Envoy's words when
 * nothing helps.
 */
import t from 'tap';
import { behaviourOf } from '../../../../harness/simulator/istio/releases.ts';
import type { LbEndpoint } from '../../../../harness/simulator/istio/xds/resources.ts';
import { BLACK_HOLE, endpointOf, hostStats, meshOf, REFUSING } from '../../../support/one-network-mesh.ts';
import { callHello, curl, helloWorld, inboundResources } from '../../../support/proxy-world.ts';

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
  {
    name: 'current hides a host that refuses',
    version: '1.30.3',
    bad: REFUSING,
    alone: false,
    statuses: ['200'],
  },
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
    body: /retried and the latest reset reason: remote connection failure$/,
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
    // Since Envoy 1.38.1 the transport failure reason is no longer in the body.
    t.match(
      answer?.body,
      version === '1.8.0'
        ? /connection failure, transport failure reason: .*268435581:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED$/
        : /retried and the latest reset reason: remote connection failure$/,
    );
    const own = await sleep.exec(curl, 'curl', '-s', 'http://localhost:15000/stats?filter=fail_verify_error');
    t.match(own.stdout, /ssl\.fail_verify_error: \d/, 'the cluster counts what it was');
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
  const { stdout } = await sleep.exec(
    curl,
    'curl',
    '-s',
    'http://localhost:15000/stats?filter=fail_verify_san',
  );
  t.match(stdout, /ssl\.fail_verify_san: \d/);
});

t.test('a service without endpoints has no healthy upstream', async t => {
  const { world, sleep } = await meshOf({}, () => []);
  await using _ = world;
  t.same(await callHello(sleep, 1), [{ status: '503', body: 'no healthy upstream' }]);
});

t.test('a try that takes longer than one may is given up: for another, or with 504', async t => {
  const { retryPolicy } = behaviourOf('1.30.3');
  const seen: Record<string, string> = {};
  for (const condition of ['5xx', 'unavailable'] as const) {
    const policy = { ...retryPolicy, retryOn: [condition], perTryTimeoutMs: 2000 };
    const { world, sleep } = await meshOf({ version: '1.30.3', retryPolicy: policy }, v1 => [
      BLACK_HOLE,
      endpointOf(v1),
    ]);
    await using _ = world;
    const answers = await callHello(sleep, 12);
    seen[condition] = [...new Set(answers.map(({ status, body }) => `${status} ${body.slice(0, 24)}`))]
      .sort()
      .join(', ');
  }
  t.same(seen, {
    '5xx': '200 Hello version: v1, insta',
    unavailable: '200 Hello version: v1, insta, 504 upstream request timeout',
  });
});
