/** What people ask istiod about: its debug pages over HTTP, and the debug types on discovery streams. */
import t from 'tap';
import { TYPE_URLS } from '../../../../../harness/simulator/istio/xds/ads/type-urls.ts';
import { messageJson } from '../../../../../harness/simulator/istio/xds/proto/message-json.ts';
import { IstiodWorld } from '../../istiod-world.ts';

const PROXY = {
  id: 'sidecar~10.10.0.9~curl-1.sample~sample.svc.cluster.local',
  metadata: { CLUSTER_ID: 'cluster1', NETWORK: 'network1', NAMESPACE: 'sample', ISTIO_VERSION: '1.30.3' },
  labels: { app: 'helloworld' },
  proxyConfig: { discoveryAddress: 'istiod.istio-system.svc:15012' },
};
/** As istioctl introduces itself (istioctl/pkg/xds/client.go, pkg/adsc/adsc.go @1.30.3). */
const asker = (namespace: string) => ({
  id: 'sidecar~10.0.0.1~test-1.default~default.svc.cluster.local',
  metadata: { GENERATOR: 'event', NAMESPACE: namespace, SERVICE_ACCOUNT: 'default' },
  labels: {},
});

t.test('a mesh of one service and one proxy', async t => {
  await using world = await IstiodWorld.start(['cluster1']);
  const address = await world.install('cluster1', '1.30.3');
  await world.until('istiod ready', () => world.isReady('cluster1'));
  await world.create('cluster1', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'sample' } });
  await world.create('cluster1', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'helloworld', namespace: 'sample', labels: { app: 'helloworld' } },
    spec: { selector: { app: 'helloworld' }, ports: [{ name: 'http', port: 5000 }] },
  });
  await world.create('cluster1', {
    apiVersion: 'networking.istio.io/v1alpha3',
    kind: 'Gateway',
    metadata: { name: 'cross-network-gateway', namespace: 'istio-system' },
    spec: {
      selector: { istio: 'eastwestgateway' },
      servers: [
        {
          port: { number: 15443, name: 'tls', protocol: 'TLS' },
          tls: { mode: 'AUTO_PASSTHROUGH' },
          hosts: ['*.local'],
        },
      ],
    },
  });
  const stream = world.discover(address, PROXY);
  await world.until('the service at the proxy', async () =>
    stream.pushed.some(({ resources }) => JSON.stringify(resources).includes('helloworld')),
  );
  const page = (path: string) => world.request(address, 8080, path);
  const rootPem = await world.rootPem('cluster1');
  const ask = async (namespace: string, typeUrl: string, resourceNames: readonly string[] = []) =>
    await world.ask(address, rootPem, {
      typeUrl,
      resourceNames,
      node: asker(namespace),
      metadata: {
        authorization: `Bearer ${await world.token('cluster1', namespace, 'default', ['istio-ca'])}`,
        clusterid: 'cluster1',
      },
    });

  await t.test('proxy-status: every type that the proxy watches is in sync', async t => {
    const answer = await ask('istio-system', 'istio.io/debug/syncz');
    t.match(JSON.parse(answer.controlPlane), {
      Component: 'istiod',
      ID: /^istiod-/,
      Info: { version: '1.30.3' },
    });
    t.equal(answer.resources.length, 1, 'of the one proxy, not of who asks');
    const [status] = answer.resources;
    t.equal(status?.typeUrl, 'type.googleapis.com/envoy.service.status.v3.ClientConfig');
    const json = messageJson('envoy.service.status.v3.ClientConfig', status?.value ?? new Uint8Array());
    t.match(json, {
      node: {
        id: 'curl-1.sample',
        metadata: { CLUSTER_ID: 'cluster1', NAMESPACE: 'sample', ISTIO_VERSION: '1.30.3' },
      },
      generic_xds_configs: [TYPE_URLS.cds, TYPE_URLS.eds, TYPE_URLS.lds, TYPE_URLS.rds].map(type_url => ({
        type_url,
        config_status: 'SYNCED',
        last_updated: /^20\d\d-.*Z$/,
      })),
    });
  });

  await t.test('proxy-status of one proxy: what it is sent, as Envoy dumps it', async t => {
    const { resources } = await ask('istio-system', 'istio.io/debug/config_dump', ['curl-1.sample']);
    t.same(
      resources.map(({ typeUrl }) => typeUrl.slice(typeUrl.lastIndexOf('.') + 1)),
      ['Bootstrap', 'Clusters', 'Listeners', 'ScopedRoutes', 'Routes', 'Secrets', 'Ecds'].map(
        it => `${it}ConfigDump`,
      ),
    );
    const json = messageJson('envoy.admin.v3.ClustersConfigDump', resources[1]?.value ?? new Uint8Array());
    const clusters = json['dynamic_active_clusters'] as unknown as { cluster: { name: string } }[]; // see the type
    t.ok(
      clusters.some(({ cluster }) => cluster.name === 'outbound|5000||helloworld.sample.svc.cluster.local'),
    );
    t.same((await ask('istio-system', 'istio.io/debug/config_dump', ['nobody'])).resources, []);
  });

  await t.test('internal-debug: any page by its name, for istiod’s own namespace', async t => {
    const { resources } = await ask('istio-system', 'istio.io/debug', ['clusterz']);
    t.equal(resources[0]?.typeUrl, 'istio.io/debug');
    t.equal(
      Buffer.from(resources[0]?.value ?? []).toString(),
      '[{"id":"cluster1","secretName":"","syncStatus":"synced"}]',
    );
    await t.rejects(ask('istio-system', 'istio.io/debug', ['clusterz', 'syncz']), {
      code: 'InvalidArgument',
      message: /exactly one debug request is required/,
    });
  });

  await t.test('others see proxies of their own namespace, and what is about them', async t => {
    await t.rejects(ask('default', 'istio.io/debug', ['clusterz']), {
      code: 'PermissionDenied',
      message: /not available for current identity: "spiffe:.*ns\/default\/sa\/default"/,
    });
    t.same((await ask('default', 'istio.io/debug/syncz')).resources, []);
    const hidden = await ask('default', 'istio.io/debug', ['edsz?proxyID=curl-1.sample']);
    t.match(Buffer.from(hidden.resources[0]?.value ?? []).toString(), /^Proxy not connected/);
    const own = await ask('sample', 'istio.io/debug', ['edsz?proxyID=curl-1.sample']);
    t.match(JSON.parse(Buffer.from(own.resources[0]?.value ?? []).toString()), {
      configs: [{ clusterName: /^outbound/ }],
    });
  });

  await t.test('who says that he is another is refused', async t => {
    const token = await world.token('cluster1', 'sample', 'default', ['istio-ca']);
    const question = {
      typeUrl: 'istio.io/debug/syncz',
      resourceNames: [],
      node: asker('istio-system'),
      metadata: { authorization: `Bearer ${token}`, clusterid: 'cluster1' },
    };
    await t.rejects(world.ask(address, rootPem, question), {
      message: /no identities \(\[spiffe:.*ns\/sample\/sa\/default\]\) matched istio-system\/default/,
    });
  });

  for (const [path, status, expected] of [
    ['clusterz', 200, '[{"id":"cluster1","secretName":"","syncStatus":"synced"}]'],
    ['clusterz?pretty', 200, /^\[\n {4}\{\n {8}"id": "cluster1",/],
    [
      'syncz',
      200,
      /^\[\{"cluster_id":"cluster1","proxy":"curl-1.sample","proxy_type":"sidecar",.*"sentTime":"20/,
    ],
    ['registryz', 200, /"clusterVIPs":\{"Addresses":\{"cluster1":\["10\..*"Resolution":0/],
    ['endpointz', 200, /"Shards":\{"Kubernetes\/cluster1":\[/],
    [
      'instancesz',
      200,
      /"curl-1.sample":\[\{"Service":\{.*"Port":\{"name":"http","port":5000,"protocol":"HTTP","TargetPort":5000\}/,
    ],
    [
      'configz',
      200,
      /^\[\{"kind":"Gateway","apiVersion":"networking.istio.io\/.*"name":"cross-network-gateway"/,
    ],
    ['inject', 200, /^\{.*"sidecar":/],
    ['mcsz', 200, 'null'],
    ['telemetryz', 200, '{"telemetries":{"namespace_to_telemetries":{},"root_namespace":"istio-system"}}'],
    [
      'authorizationz',
      200,
      '{"authorization_policies":{"namespace_to_policies":{},"root_namespace":"istio-system"}}',
    ],
    ['ndsz?proxyID=curl-1.sample', 200, '{}'],
    ['config_dump?proxyID=curl-1.sample', 200, /"dynamicActiveClusters":\[\{"cluster":\{"@type":/],
    ['cachez', 200, /"outbound\|5000\|\|helloworld/],
    ['cachez?clear=true', 200, 'Cache cleared\n'],
    ['cachez?sizes=true', 200, '{"total":"0B"}'],
    ['adsz?push=true', 200, 'Pushed to 1 servers\n'],
    ['adsz', 200, /"totalClients":1,"clients":\[\{"connectionId":"curl-1.sample-.*"watches":\{"type/],
    ['connections', 200, /^\{"totalClients":1,"clients":\[\{"connectionId"/],
    ['resourcesz', 200, /"kind":"VirtualService"/],
    ['list', 200, /^\["adsz","adsz\?push=true",.*"telemetryz"\]$/],
    ['config_dump', 400, 'You must provide a proxyID in the query string\n'],
    ['edsz?proxyID=nobody', 404, /^Proxy not connected to this Pilot instance\./],
    ['sidecarz?proxyID=curl-1.sample', 501, 'This page is not simulated.\n'],
    ['nonsense', 404, '404 page not found\n'],
  ] as const) {
    await t.test(`/debug/${path}`, async t => {
      const answer = await page(`/debug/${path}`);
      t.equal(answer.status, status);
      t.match(answer.body, expected);
      if (typeof expected === 'string') t.equal(answer.body, expected);
    });
  }

  await t.test('a path with slashes too many is led to the right one', async t => {
    const answer = await page('//version');
    t.equal(answer.status, 307);
    t.match(answer.body, '<a href="/version">Temporary Redirect</a>');
  });
  stream.close();
});
