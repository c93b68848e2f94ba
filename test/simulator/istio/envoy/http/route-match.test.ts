import t from 'tap';
import { duplicateDomain, findRoute } from '../../../../../harness/simulator/istio/envoy/http/route-match.ts';
import type { RouteConfiguration } from '../../../../../harness/simulator/istio/xds/routes.ts';

const virtualHost = (name: string, domains: string[], prefix = '/') => ({
  name,
  domains,
  routes: [{ match: { prefix }, cluster: name, timeoutMs: 0 }],
});
const routes: RouteConfiguration = {
  name: '5000',
  virtualHosts: [
    virtualHost('rest', ['*']),
    virtualHost('hello', ['helloworld.sample', 'helloworld.sample:5000', '10.255.10.7:5000']),
    virtualHost('suffix', ['*.example.com']),
    virtualHost('longer', ['*.a.example.com']),
    virtualHost('prefix', ['example.*']),
    virtualHost('api', ['api.local'], '/v1'),
  ],
};

const asked = (host: string, url: string) => ({ method: 'GET', host, url, scheme: 'http', rawHeaders: [] });
const rows: [host: string, path: string, expected: string | undefined][] = [
  ['helloworld.sample:5000', '/hello', 'hello'],
  ['HelloWorld.Sample', '/hello', 'hello'],
  ['10.255.10.7:5000', '/', 'hello'],
  ['x.example.com', '/', 'suffix'],
  ['x.a.example.com', '/', 'longer'],
  ['example.org', '/', 'prefix'],
  ['helloworld.sample:80', '/', 'rest'],
  ['api.local', '/v1/x', 'api'],
  ['api.local', '/v2', undefined],
];
for (const [host, path, expected] of rows) {
  t.test(`${host}${path} goes to ${expected ?? 'nowhere'}`, async t => {
    t.equal(findRoute(routes, asked(host, path))?.virtualHost.name, expected);
  });
}

t.test('a domain that occurs twice is found', async t => {
  t.equal(duplicateDomain(routes), undefined);
  const twice = { name: 'r', virtualHosts: [virtualHost('a', ['h', 'x']), virtualHost('b', ['H'])] };
  t.equal(duplicateDomain(twice), 'H');
});
