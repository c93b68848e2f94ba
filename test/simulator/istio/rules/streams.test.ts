/**
 * VirtualServices for connections, `tcp` and `tls`: each is applied to both clusters of a mesh, and its effect
 * is seen in calls.
 */
import t from 'tap';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import { isNightly } from '../../../support/nightly.ts';
import { type Called, RuledMesh } from '../../../support/ruled-mesh.ts';

const mesh = await RuledMesh.install('multi-primary-multi-network');
t.teardown(async () => await mesh[Symbol.asyncDispose]());

const networking = (kind: string, spec: object, name = 'streams'): KubernetesObject => ({
  apiVersion: 'networking.istio.io/v1alpha3',
  kind,
  metadata: { name, namespace: 'sample' },
  spec,
});
const service = (name: string, port: object): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'sample' },
  spec: { selector: { app: 'helloworld' }, ports: [port] },
});
/** HelloWorld, as a port of which nothing is known but that it takes bytes. */
const HOST = 'hello-tcp.sample.svc.cluster.local';
const BASE = [
  service('hello-tcp', { name: 'tcp', port: 5000 }),
  service('hello-other', { name: 'tcp', port: 6000, targetPort: 5000 }),
  networking('DestinationRule', {
    host: HOST,
    subsets: ['v1', 'v2'].map(version => ({ name: version, labels: { version } })),
  }),
  networking(
    'DestinationRule',
    { host: 'hello-other', trafficPolicy: { loadBalancer: { consistentHash: { useSourceIp: true } } } },
    'hashed',
  ),
];
const to = (subset: string, weight?: number) => ({
  destination: { host: HOST, subset },
  ...(weight !== undefined && { weight }),
});
const only = (subset: string, ...match: readonly object[]) => ({
  ...(match.length > 0 && { match }),
  route: [to(subset)],
});
const tcp = (...routes: readonly object[]) => [networking('VirtualService', { hosts: [HOST], tcp: routes })];
const seen = (calls: readonly Called[]): string =>
  [...new Set(calls.map(({ status, body }) => /version: (v\d)/.exec(body)?.[1] ?? String(status)))]
    .sort()
    .join(' ');

const ROWS: readonly [what: string, objects: readonly KubernetesObject[], expected: string][] = [
  ['one subset', tcp(only('v2')), 'v2'],
  ['weights 0 and 100', tcp({ route: [to('v1', 0), to('v2', 100)] }), 'v2'],
  ['a subset that no rule has', tcp(only('v3')), '0'],
  ['its port', tcp(only('v2', { port: 5000 }), only('v1')), 'v2'],
  ['another port', tcp(only('v2', { port: 5001 }), only('v1')), 'v1'],
  ['a subnet', tcp(only('v2', { destinationSubnets: ['10.0.0.0/8'] }), only('v1')), 'v2'],
  [
    'the smaller of two subnets',
    tcp(
      only('v1', { destinationSubnets: ['0.0.0.0/0', '10.0.0.0/8'] }),
      only('v2', { destinationSubnets: ['10.128.0.0/9', '10.0.0.0/9'] }),
    ),
    'v2',
  ],
  ['labels of the caller', tcp(only('v2', { sourceLabels: { app: 'CLIENT' } }), only('v1')), 'v2'],
  ['the namespace of the caller', tcp(only('v2', { sourceNamespace: 'sample' }), only('v1')), 'v2'],
  ['one of two conditions', tcp(only('v2', { port: 1 }, { sourceNamespace: 'sample' }), only('v1')), 'v2'],
  ['a gateway', tcp(only('v2', { gateways: ['istio-system/ingress'] }), only('v1')), 'v1'],
  [
    'hosts by wildcard',
    [networking('VirtualService', { hosts: ['*.sample.svc.cluster.local'], tcp: [only('v2')] })],
    'v2',
  ],
  [
    'one for a gateway only',
    [networking('VirtualService', { hosts: [HOST], gateways: ['istio-system/ingress'], tcp: [only('v2')] })],
    'v1 v2',
  ],
  [
    'routes of HTTP, which no port of TCP has',
    [networking('VirtualService', { hosts: [HOST], http: [only('v2')] })],
    'v1 v2',
  ],
  [
    'another service, hashed by the caller',
    tcp({ route: [{ destination: { host: 'hello-other' } }] }),
    'ONE',
  ],
];
/** The other sides of these. */
const MORE: typeof ROWS = [
  ['no rule', [], 'v1 v2'],
  ['weights 100 and 0', tcp({ route: [to('v1', 100), to('v2', 0)] }), 'v1'],
  ['weights of halves', tcp({ route: [to('v1', 50), to('v2', 50)] }), 'v1 v2'],
  ['the first of two routes', tcp(only('v1'), only('v2')), 'v1'],
  ['no route for its port', tcp(only('v2', { port: 5001 })), 'v1 v2'],
  ['another subnet', tcp(only('v2', { destinationSubnets: ['11.0.0.0/8'] }), only('v1')), 'v1'],
  ['labels of others', tcp(only('v2', { sourceLabels: { app: 'other' } }), only('v1')), 'v1'],
  ['another namespace', tcp(only('v2', { sourceNamespace: 'other' }), only('v1')), 'v1'],
  ['the mesh', tcp(only('v2', { gateways: ['mesh'] }), only('v1')), 'v2'],
];

t.test('routes of TCP', async t => {
  await mesh.with(BASE, async () => {
    for (const [what, objects, expected] of isNightly ? [...ROWS, ...MORE] : ROWS) {
      const text = JSON.stringify(objects).replaceAll('CLIENT', mesh.mesh.context.client);
      await mesh.with(JSON.parse(text), async () => {
        const found = seen(await mesh.calls(12, `http://${HOST}:5000/hello`));
        if (expected === 'ONE') t.match(found, /^v\d$/, what);
        else t.equal(found, expected, what);
      });
    }
  });
});

t.test('weights are shares of the connections', async t => {
  await mesh.with([...BASE, ...tcp({ route: [to('v1', 10), to('v2', 90)] })], async () => {
    const calls = await mesh.calls(100, `http://${HOST}:5000/hello`);
    const share = calls.filter(({ body }) => body.includes('version: v2')).length;
    t.ok(share > 75 && share < 99, `${share} of 100`);
  });
});

/** Two names at one address, and two servers that speak TLS: an API server and istiod's webhooks. */
const NAMES = networking('ServiceEntry', {
  hosts: ['one.example', 'two.example'],
  addresses: ['240.0.0.9'],
  ports: [{ number: 443, name: 'tls', protocol: 'TLS' }],
  resolution: 'STATIC',
  endpoints: [{ address: '240.0.0.10' }],
});
const API = { destination: { host: 'kubernetes.default.svc.cluster.local', port: { number: 443 } } };
const ISTIOD = { destination: { host: 'istiod.istio-system.svc.cluster.local', port: { number: 443 } } };
const tls = (match: object, ...route: readonly object[]) => ({ match: [match], route });
const sni = (name: string, more: object = {}) => ({ sniHosts: [name], ...more });
/** What each server answers who does not say who he is. */
const secure = async (name: string, address: string, port = 443): Promise<string> => {
  const url = `https://${name}:${port}/hello`;
  const { status, body } = await mesh.call('-k', '--resolve', `${name}:${port}:${address}`, url);
  return status === 403 && body.includes('forbidden') ? 'API' : status === 400 ? 'istiod' : String(status);
};
const TLS_ROWS: readonly [what: string, routes: readonly object[], one: string, two: string][] = [
  ['no route', [], '0', '0'],
  ['two names', [tls(sni('one.example'), API), tls(sni('two.example'), ISTIOD)], 'API', 'istiod'],
  ['the rest of a name goes where all goes', [tls(sni('one.example'), API)], 'API', '0'],
  [
    'a wildcard, and a closer name',
    [tls(sni('*.example'), API), tls(sni('two.example'), ISTIOD)],
    'API',
    'istiod',
  ],
  ['the first of equal names', [tls(sni('one.example'), API), tls(sni('one.example'), ISTIOD)], 'API', '0'],
  [
    'callers decide between equal names',
    [tls(sni('one.example', { sourceNamespace: 'other' }), API), tls(sni('one.example'), ISTIOD)],
    'istiod',
    '0',
  ],
  ['weights', [tls(sni('*.example'), { ...API, weight: 0 }, { ...ISTIOD, weight: 100 })], 'istiod', 'istiod'],
];

t.test('routes of TLS at sidecars', async t => {
  for (const [what, routes, one, two] of TLS_ROWS) {
    const virtual = networking('VirtualService', { hosts: ['*.example'], tls: routes });
    await mesh.with(routes.length > 0 ? [NAMES, virtual] : [NAMES], async () => {
      t.equal(await secure('one.example', '240.0.0.9'), one, `${what}: one`);
      t.equal(await secure('two.example', '240.0.0.9'), two, `${what}: two`);
    });
  }
});

t.test('a gateway splits TLS by two names', async t => {
  const gateway = networking('Gateway', {
    selector: { istio: 'eastwestgateway' },
    servers: [
      {
        port: { number: 15443, name: 'names', protocol: 'TLS' },
        tls: { mode: 'PASSTHROUGH' },
        hosts: ['*.example'],
      },
    ],
  });
  const routes = [tls(sni('one.example', { port: 15443 }), API), tls(sni('two.example'), ISTIOD)];
  const gateways = ['streams'];
  const virtual = networking('VirtualService', { hosts: ['*.example'], gateways, tls: routes });
  const path = { apiVersion: 'v1', plural: 'services', namespace: 'istio-system' };
  const found = await mesh.mesh.client('cluster1').get({ ...path, name: 'istio-eastwestgateway' });
  const { clusterIP } = found['spec'] as { readonly clusterIP: string };
  await mesh.with([gateway, virtual], async () => {
    for (const [name, expected] of [
      ['one.example', 'API'],
      ['two.example', 'istiod'],
      ['three.example', '0'],
    ] as const)
      t.equal(await secure(name, clusterIP, 15443), expected, name);
  });
});
