/** A port whose name and number tell no protocol: current looks at its bytes, 1.8 takes it for TCP. */
import t from 'tap';
import { sleep } from '../../../../../harness/base/clock.ts';
import type { Listener } from '../../../../../harness/simulator/istio/xds/resources.ts';
import type { RouteConfiguration } from '../../../../../harness/simulator/istio/xds/routes.ts';
import { IstiodWorld } from '../../istiod-world.ts';

const HOST = 'web.sample.svc.cluster.local';

/** What a sidecar beside the service is told of it. */
async function toldOf(version: string, ports: readonly object[]) {
  await using world = await IstiodWorld.start(['cluster1']);
  const address = await world.install('cluster1', version);
  await world.until('istiod ready', () => world.isReady('cluster1'));
  await world.create('cluster1', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'sample' } });
  const made = await world.create('cluster1', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'sample' },
    spec: { ports, selector: { app: 'web' } },
  });
  const { clusterIP } = made['spec'] as { clusterIP: string };
  const proxy = world.discover(address, {
    id: 'sidecar~10.10.0.99~web-x.sample~sample.svc.cluster.local',
    metadata: { CLUSTER_ID: 'cluster1', NETWORK: 'network1' },
    labels: { app: 'web' },
  });
  await sleep(world.clock, 2000);
  const told = <T>(type: string) =>
    proxy.pushed.filter(push => push.type === type).flatMap(push => push.resources as readonly T[]);
  const listeners = told<Listener>('listener');
  const routes = told<RouteConfiguration>('route');
  proxy.close();
  return {
    outbound: (port: number) => listeners.findLast(({ name }) => name === `${clusterIP}_${port}`),
    inbound: (port: number) =>
      (listeners.findLast(({ name }) => name === 'virtualInbound')?.filterChains ?? []).filter(
        ({ match }) => match?.destinationPort === port,
      ),
    routes: (name: string) => routes.findLast(each => each.name === name),
  };
}

const PORTS = [
  { name: 'status-port', port: 15021 },
  { name: 'data', port: 3306 },
  { name: 'odd', port: 7000, appProtocol: 'kubernetes.io/ws' },
];

t.test('current: HTTP has routes, other bytes go to the cluster', async t => {
  const { outbound, inbound, routes } = await toldOf('1.30.3', PORTS);
  const cluster = `outbound|15021||${HOST}`;
  t.match(outbound(15021), {
    httpInspector: true,
    filterChains: [
      {
        match: { transportProtocol: 'raw_buffer', applicationProtocols: ['http/1.1', 'h2c'] },
        filter: { type: 'http_connection_manager', rds: `${HOST}:15021` },
      },
    ],
    defaultFilterChain: { filter: { type: 'tcp_proxy', cluster } },
  });
  t.match(routes(`${HOST}:15021`), { virtualHosts: [{ domains: ['*'], routes: [{ cluster }] }] });
  t.strictSame(
    inbound(15021).map(({ filter, downstreamTls }) => `${filter.type}${downstreamTls ? ' mTLS' : ''}`),
    ['http_connection_manager mTLS', 'http_connection_manager', 'tcp_proxy mTLS', 'tcp_proxy', 'tcp_proxy'],
  );
  const mysql = outbound(3306);
  t.match(
    mysql?.filterChains,
    [{ filter: { type: 'tcp_proxy' } }],
    'a server that speaks first by its number',
  );
  t.equal(mysql?.httpInspector, undefined);
  t.ok(routes('7000'), 'a word of Kubernetes for HTTP');
});

t.test('1.8: any bytes', async t => {
  const { outbound, routes } = await toldOf('1.8.0', PORTS);
  t.match(outbound(15021), { filterChains: [{ filter: { type: 'tcp_proxy' } }] });
  t.equal(outbound(15021)?.httpInspector, undefined);
  t.equal(routes(`${HOST}:15021`), undefined);
});
