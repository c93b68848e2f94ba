/** The administration pages are written as the release's Envoy writes them. */
import t from 'tap';
import { endpointOf, meshOf } from '../../../support/one-network-mesh.ts';
import { callHello, curl, OUTBOUND, type Pod } from '../../../support/proxy-world.ts';

async function meshThatCalled(version: string) {
  const mesh = await meshOf({ version }, v1 => [endpointOf(v1)]);
  await callHello(mesh.sleep, 4);
  const page = async (path: string, ...more: string[]) =>
    (await mesh.sleep.exec(curl, 'curl', '-s', ...more, `http://localhost:15000/${path}`)).stdout;
  return { ...mesh, page };
}

/** Every message of any type, by where it stands. */
const ANY = new Set(['cluster', 'listener', 'route_config', 'endpoint_config', 'secret', 'typed_config']);

function untyped(value: unknown, at = ''): string[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, inside]) => {
    // The route configuration that stands in a filter is a member of it.
    const isMember = at.endsWith('typed_config') && name === 'route_config';
    const isAny = ANY.has(name) && !isMember && typeof inside === 'object' && inside !== null;
    const lacks = isAny && !('@type' in inside);
    return [...(lacks ? [`${at}.${name}`] : []), ...untyped(inside, `${at}.${name}`)];
  });
}

for (const version of ['1.8.0', '1.30.3']) {
  t.test(`${version}: every message in the dump has its type`, async t => {
    const { world, page, v1 } = await meshThatCalled(version);
    await using _ = world;
    const dumpOf = async (pod: Pod) =>
      JSON.parse(
        (await pod.exec(curl, 'curl', '-s', 'http://localhost:15000/config_dump?include_eds')).stdout,
      );
    const dump = JSON.parse(await page('config_dump?include_eds'));
    t.same(untyped(dump), []);
    t.same(untyped(await dumpOf(v1)), [], 'with inbound listeners, too');
    t.match(dump.configs[0].bootstrap.node.user_agent_build_version.version, { major_number: 1 });
    const types = dump.configs.map((config: { '@type': string }) => config['@type'].replace(/.*\./, ''));
    t.ok(types.includes('EcdsConfigDump'));
    const info = JSON.parse(await page('server_info'));
    t.match(info.version, /^[0-9a-f]{40}\/1\.\d+\.\d+[^/]*\/Clean\/RELEASE\/BoringSSL$/);
  });

  t.test(`${version}: levels are kept, and a page that changes something wants POST`, async t => {
    const { world, page } = await meshThatCalled(version);
    await using _ = world;
    t.equal(await page('logging'), 'Method GET not allowed, POST required.');
    t.equal(await page('quitquitquit'), 'Method GET not allowed, POST required.');
    t.match(await page('logging', '-X', 'POST'), /^active loggers:\n {2}admin: warning\n/);
    t.match(await page('logging?level=debug', '-X', 'POST'), / {2}misc: debug\n/);
    t.match(await page('logging?paths=http:trace,router:info', '-X', 'POST'), / {2}http: trace\n/);
    t.match(await page('logging', '-X', 'POST'), / {2}router: info\n/);
    t.match(await page('logging?nope=info', '-X', 'POST'), /^error: unknown logger name\n\nusage: /);
    t.match(JSON.parse(await page('memory')), { allocated: /^\d+$/ });
    t.match(JSON.parse(await page('runtime')), { layers: ['global config', 'admin'] });
  });
}

t.test('current: clusters, listeners and statistics', async t => {
  const { world, page, v1 } = await meshThatCalled('1.30.3');
  await using _ = world;
  const host = `${OUTBOUND}::${v1.network.address}:5000::`;
  const text = await page('clusters');
  t.match(text, `\n${OUTBOUND}::observability_name::${OUTBOUND};\n`);
  t.match(text, `::added_via_api::true\n${OUTBOUND}::eds_service_name::${OUTBOUND}\n`);
  t.match(text, `${host}rq_error::0\n${host}rq_pending_active::0\n${host}rq_success::4\n`);
  t.match(text, `${host}success_rate::-1\n`);
  t.match(text, '\nxds-grpc::./etc/istio/proxy/XDS::cx_active::');
  const { cluster_statuses: statuses } = JSON.parse(await page('clusters?format=json'));
  const status = statuses.find(({ name }: { name: string }) => name === OUTBOUND);
  t.match(status, { observability_name: `${OUTBOUND};`, eds_service_name: OUTBOUND, circuit_breakers: {} });
  const [{ stats }] = status.host_statuses;
  t.same(
    stats.map(({ name }: { name: string }) => name),
    [
      ...['cx_connect_fail', 'cx_total', 'rq_error', 'rq_success', 'rq_timeout', 'rq_total'],
      ...['cx_active', 'rq_active', 'rq_pending_active'],
    ],
  );
  t.same(stats[2], { name: 'rq_error' }, 'a counter of nought has its name only');
  t.same(stats[3], { value: '4', name: 'rq_success' });
  t.same(stats[7], { type: 'GAUGE', name: 'rq_active' });
  t.equal(
    await page('listeners'),
    [15090, 15021, 15001, 5000]
      .map(port => `${port === 15001 ? 'virtualOutbound' : `0.0.0.0_${port}`}::0.0.0.0:${port}\n`)
      .join(''),
  );
  t.match(await page('stats?filter=xds-grpc'), 'cluster.xds-grpc;.upstream_cx_total: 1\n');
  t.match(await page('stats?filter=rq_completed'), `cluster.${OUTBOUND};.upstream_rq_completed: 4\n`);
  const metrics = await page('stats/prometheus');
  t.match(metrics, '# TYPE envoy_cluster_upstream_rq_completed counter\n');
  t.match(metrics, `envoy_cluster_upstream_rq_completed{cluster_name="${OUTBOUND}"} 4\n`);
  t.match(metrics, '# TYPE envoy_cluster_membership_total gauge\n');
  const certs = await page('certs');
  t.match(certs, '"path": "\\u003cinline\\u003e"');
  t.match(JSON.parse(certs).certificates[0].cert_chain[0], {
    path: '<inline>',
    valid_from: /:\d\dZ$/,
    expiration_time: /:\d\dZ$/,
  });
});

t.test('1.8 goes on writing as Envoy 1.16 did', async t => {
  const { world, page } = await meshThatCalled('1.8.0');
  await using _ = world;
  const text = await page('clusters');
  t.match(text, `${OUTBOUND}::observability_name::${OUTBOUND}\n`);
  t.match(text, '::success_rate::-1.0\n');
  t.notMatch(text, 'rq_pending_active');
  t.equal(await page('listeners'), 'virtualOutbound::0.0.0.0:15001\n');
  t.match(await page('stats?filter=rq_completed'), `cluster.${OUTBOUND}.upstream_rq_completed: 4\n`);
});
