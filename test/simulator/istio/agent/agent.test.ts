/** The agent and istiod: certificates, discovery, readiness, and what it says when something is missing. */
import t from 'tap';
import { sleep as sleepFor } from '../../../../harness/base/clock.ts';
import { pilotAgent } from '../../../../harness/simulator/istio/agent/agent.ts';
import { readDownwardApi } from '../../../../harness/simulator/istio/agent/settings.ts';
import type { ProxyResources } from '../../../support/fake-istiod.ts';
import { curl, inboundResources, type Pod, ProxyWorld } from '../../../support/proxy-world.ts';

const log = (pod: Pod) => pod.output.join('');
const probe = async (pod: Pod) =>
  (await pod.exec(curl, 'curl', '-s', '-w', '%{http_code}', 'http://127.0.0.1:15021/healthz/ready')).stdout;

async function world(version = '1.8.0', configure: () => ProxyResources = inboundResources) {
  const world = new ProxyWorld({ version });
  const { root, intermediate } = await world.authority('one');
  const istiod = await world.istiod(intermediate, configure);
  return { world, root, istiod };
}

t.test('a proxy asks with its token and the name of its cluster, and tells who it is', async t => {
  const { world: w, root, istiod } = await world();
  await using _ = w;
  const pod = await w.proxyPod('helloworld-v1', root.rootPem, {
    env: { ISTIO_META_CLUSTER_ID: 'cluster2', PROXY_CONFIG: '{"concurrency":2}' },
  });
  await w.ready(pod);
  t.equal(istiod.credentials.length, 2, 'for the certificate and for discovery');
  for (const { authorization, clusterId } of istiod.credentials) {
    t.equal(authorization, 'Bearer token-of-the-pod');
    t.equal(clusterId, 'cluster2');
  }
  t.match(istiod.requests[0], {
    type: 'cluster',
    node: {
      id: `sidecar~${pod.network.address}~helloworld-v1.sample~sample.svc.cluster.local`,
      metadata: { CLUSTER_ID: 'cluster2', NETWORK: 'network1', NAMESPACE: 'sample' },
      labels: { app: 'helloworld', version: 'v1' },
      // Without it istiod takes it for somebody with a question.
      proxyConfig: { concurrency: 2 },
    },
  });
  t.same(
    istiod.requests
      .filter(({ nonce }) => nonce !== '')
      .map(({ type, version, errorDetail }) => [type, version, errorDetail]),
    ['cluster', 'listener'].map(type => [type, 'v0', undefined]),
    'it answers what it was told',
  );
  t.match(log(pod), 'connecting to upstream XDS server: istiod.istio-system.svc:15012');
  t.match(log(pod), 'Envoy proxy is ready');
});

const unready: {
  name: string;
  version: string;
  break: (w: ProxyWorld, istiod: { refusesTokens: boolean }) => void;
  root?: 'other';
  says: RegExp[];
}[] = [
  {
    name: 'there is no istiod of that name',
    version: '1.8.0',
    break: w => w.names.delete('istiod.istio-system.svc'),
    says: [
      /NOT ready: config not received from Pilot \(is Pilot running\?\): cds updates: 0 successful, 0 rejected; lds updates: 0 successful, 0 rejected/,
      /lookup istiod\.istio-system\.svc: no such host/,
    ],
  },
  {
    name: 'nobody listens where istiod should be',
    version: '1.30.3',
    break: w => w.names.set('istiod.istio-system.svc', ['172.18.0.2']),
    says: [
      /NOT ready: config not received from XDS server \(is Istiod running\?\)/,
      /failed to connect to upstream istiod\.istio-system\.svc:15012: .*connect: connection refused/,
      /failed to warm certificate: failed to generate workload certificate: create certificate: rpc error/,
    ],
  },
  {
    name: 'packets to istiod vanish',
    version: '1.8.0',
    break: w => w.names.set('istiod.istio-system.svc', ['10.20.0.9']),
    says: [/dial tcp 10\.20\.0\.9:15012: i\/o timeout/],
  },
  {
    name: 'istiod has another root than the pod',
    version: '1.8.0',
    break: () => {},
    root: 'other',
    says: [/authentication handshake failed: x509: certificate signed by unknown authority/],
  },
  {
    name: 'istiod does not accept the token',
    version: '1.8.0',
    break: (_, istiod) => {
      istiod.refusesTokens = true;
    },
    says: [
      /upstream terminated with unexpected error rpc error: code = Unauthenticated desc = authentication failure/,
      /CSR failed .*code = Unauthenticated desc = request authenticate failure/,
    ],
  },
];
for (const { name, version, break: spoil, root: which, says } of unready) {
  t.test(`not ready as long as ${name}`, async t => {
    const { world: w, root, istiod } = await world(version);
    await using _ = w;
    const addresses = w.names.get('istiod.istio-system.svc') ?? [];
    spoil(w, istiod);
    const { rootPem } = which === 'other' ? (await w.authority('other')).root : root;
    const pod = await w.proxyPod('helloworld-v1', rootPem);
    await sleepFor(w.clock, 60_000);
    t.equal(await probe(pod), '503');
    for (const text of says) t.match(log(pod), text);
    if (which === 'other') return;
    istiod.refusesTokens = false;
    w.names.set('istiod.istio-system.svc', addresses);
    await sleepFor(w.clock, 60_000);
    t.equal(await probe(pod), '200', 'and ready soon after that is put right');
  });
}

t.test('what was accepted stays in use when istiod goes away, and is renewed when it is back', async t => {
  const { world: w, root, istiod } = await world();
  await using _ = w;
  const pod = await w.proxyPod('helloworld-v1', root.rootPem);
  await w.ready(pod);
  istiod.disconnect();
  istiod.refusesTokens = true;
  await sleepFor(w.clock, 120_000);
  t.equal(await probe(pod), '200');
  istiod.refusesTokens = false;
  await sleepFor(w.clock, 60_000);
  t.equal(istiod.requests.filter(({ node }) => node !== undefined).length, 2);
});

for (const version of ['1.8.0', '1.30.3']) {
  t.test(`bytes that are no response end the stream, and the proxy comes back: ${version}`, async t => {
    const { world: w, root, istiod } = await world(version);
    await using _ = w;
    const pod = await w.proxyPod('helloworld-v1', root.rootPem);
    await w.ready(pod);
    istiod.say(Buffer.from('0aff', 'hex'));
    await sleepFor(w.clock, 60_000);
    t.match(log(pod), /upstream terminated with unexpected error rpc error: code = Internal desc = /);
    t.equal(istiod.requests.filter(({ node }) => node !== undefined).length, 2);
    t.equal(await probe(pod), '200', 'with what it has');
  });
}

t.test('a push that Envoy would refuse is refused, with the reason and the version that stays', async t => {
  let resources = inboundResources();
  const { world: w, root, istiod } = await world('1.8.0', () => resources);
  await using _ = w;
  const pod = await w.proxyPod('helloworld-v1', root.rootPem);
  await w.ready(pod);
  const routes = { prefix: '/' };
  resources = {
    ...resources,
    listener: [
      ...resources.listener,
      {
        name: '0.0.0.0_80',
        address: '0.0.0.0',
        port: 80,
        bindToPort: false,
        filterChains: [{ filter: { type: 'http_connection_manager', rds: '80', statPrefix: 'outbound' } }],
      },
    ],
    route: [
      {
        name: '80',
        virtualHosts: ['a', 'b'].map(name => ({
          name,
          domains: ['same.host'],
          routes: [{ match: routes, cluster: 'c', timeoutMs: 0 }],
        })),
      },
    ],
  };
  istiod.push();
  await sleepFor(w.clock, 1000);
  t.match(istiod.requests.at(-1), {
    type: 'route',
    version: '',
    errorDetail: {
      message: 'Only unique values for domains are permitted. Duplicate entry of domain same.host',
    },
  });
  t.match(
    istiod.requests.findLast(({ type }) => type === 'listener'),
    { version: 'v1', errorDetail: undefined },
  );
});

t.test('the certificate is renewed at half of its life', async t => {
  const { world: w, root, istiod } = await world();
  await using _ = w;
  istiod.certificateLifetimeMs = 3_600_000;
  const pod = await w.proxyPod('helloworld-v1', root.rootPem);
  await w.ready(pod);
  await sleepFor(w.clock, 1_700_000);
  t.equal(istiod.signed, 1);
  await sleepFor(w.clock, 200_000);
  t.equal(istiod.signed, 2);
});

t.test('the administration shows what runs', async t => {
  const { world: w, root } = await world('1.30.3');
  await using _ = w;
  const pod = await w.proxyPod('helloworld-v1', root.rootPem);
  await w.ready(pod);
  const get = async (path: string) =>
    (await pod.exec(pilotAgent, 'pilot-agent', 'request', 'GET', path)).stdout;
  t.match(JSON.parse(await get('certs')), {
    certificates: [
      {
        cert_chain: [
          {
            subject_alt_names: [{ uri: 'spiffe://cluster.local/ns/sample/sa/default' }],
            days_until_expiration: '0',
          },
        ],
      },
    ],
  });
  const dump = JSON.parse(await get('/config_dump?include_eds')) as { configs: { '@type': string }[] };
  t.equal(dump.configs.length, 8);
  t.notMatch(JSON.stringify(dump), /PRIVATE KEY/);
  t.match(JSON.parse(await get('server_info')), { state: 'LIVE', command_line_options: { concurrency: 2 } });
  t.equal(await get('ready'), 'LIVE\n');
  t.match(await get('stats'), 'listener_manager.lds.update_success: 1\n');
  t.match(await get('clusters'), 'inbound|5000||::127.0.0.1:5000::cx_total::0\n');
  const outside = w.plainPod('outside');
  const refused = await outside.exec(curl, 'curl', '-s', `http://${pod.network.address}:15000/clusters`);
  t.not(refused.exitCode, 0, 'from inside the pod only');
  const metrics = await outside.exec(
    curl,
    'curl',
    '-s',
    `http://${pod.network.address}:15090/stats/prometheus`,
  );
  t.match(metrics.stdout, /^envoy_listener_manager_lds_update_success\{\} 1$/m);
  const changing = await pod.exec(pilotAgent, 'pilot-agent', 'request', 'GET', 'logging');
  t.match(changing, { exitCode: 1, stderr: /405: Method GET not allowed, POST required\.$/m });
  const missing = await pod.exec(pilotAgent, 'pilot-agent', 'request', 'GET', 'contention');
  t.match(missing, { exitCode: 1, stderr: /501.*\/contention is not simulated/ });
});

t.test('the files of the downward API are read', async t => {
  t.same(readDownwardApi('app="helloworld"\nnote="a \\"quoted\\" = word"\n\n'), {
    app: 'helloworld',
    note: 'a "quoted" = word',
  });
});

t.test('SECRET_TTL says for how long a certificate is asked', async t => {
  const { world: w, root, istiod } = await world();
  await using _ = w;
  const settings: [Record<string, string>, number][] = [
    [{}, 86_400],
    [{ PROXY_CONFIG: '{"proxyMetadata":{"SECRET_TTL":"1m30s"}}' }, 90],
    [{ SECRET_TTL: '2h' }, 7200],
  ];
  for (const [index, [env]] of settings.entries())
    await w.ready(await w.proxyPod(`pod-${index}`, root.rootPem, { env }));
  t.same(
    istiod.askedSeconds,
    settings.map(([, seconds]) => seconds),
  );
});
