/**
 * VirtualServices for HTTP, as people write them: each is applied to both clusters of a mesh, and its effect
 * is seen in calls. The last tests say what becomes of what is not simulated.
 */
import t from 'tap';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import { type Called, RuledMesh } from '../../../support/ruled-mesh.ts';

const mesh = await RuledMesh.install('multi-primary');
t.teardown(async () => await mesh[Symbol.asyncDispose]());

const HOST = 'helloworld.sample.svc.cluster.local';
const SUBSETS: KubernetesObject = {
  apiVersion: 'networking.istio.io/v1alpha3',
  kind: 'DestinationRule',
  metadata: { name: 'versions', namespace: 'sample' },
  spec: {
    host: HOST,
    subsets: ['v1', 'v2'].map(version => ({ name: version, labels: { version } })),
  },
};
const virtualService = (http: readonly object[]): KubernetesObject => ({
  apiVersion: 'networking.istio.io/v1alpha3',
  kind: 'VirtualService',
  metadata: { name: 'rules', namespace: 'sample' },
  spec: { hosts: [HOST], http },
});
const to = (subset: string, weight?: number) => ({
  destination: { host: HOST, subset },
  ...(weight !== undefined && { weight }),
});
const withRoutes = async <T>(http: readonly object[], run: () => Promise<T>): Promise<T> =>
  await mesh.with([SUBSETS, virtualService(http)], run);
const versionsOf = (calls: readonly Called[]): string =>
  [...new Set(calls.map(({ body }) => /version: (v\d)/.exec(body)?.[1] ?? body))].sort().join(' ');

/** Routes, arguments of curl, and what of eight calls is answered by. */
const PICKS: readonly [title: string, http: object[], argv: string[], expected: string][] = [
  ['weights 0 and 100', [{ route: [to('v1', 0), to('v2', 100)] }], [], 'v2'],
  ['weights 100 and 0', [{ route: [to('v1', 100), to('v2', 0)] }], [], 'v1'],
  ['one destination without a weight', [{ route: [to('v2')] }], [], 'v2'],
  ['one destination of weight 0', [{ route: [to('v2', 0)] }], [], 'v2'],
];
const byMatch = (match: object) => [{ match: [match], route: [to('v2')] }, { route: [to('v1')] }];
const HEADER = ['-H', 'x-user: jason'];
const MATCHES: readonly [title: string, match: object, argv: string[], expected: string][] = [
  ['an exact header', { headers: { 'x-user': { exact: 'jason' } } }, HEADER, 'v2'],
  ['an exact header that says something else', { headers: { 'x-user': { exact: 'jas' } } }, HEADER, 'v1'],
  ['the name of a header in capitals', { headers: { 'X-User': { exact: 'jason' } } }, HEADER, 'v2'],
  ['a header by prefix', { headers: { 'x-user': { prefix: 'ja' } } }, HEADER, 'v2'],
  ['a header by a regular expression', { headers: { 'x-user': { regex: 'j.*n' } } }, HEADER, 'v2'],
  [
    'a regular expression that matches a part only',
    { headers: { 'x-user': { regex: 'aso' } } },
    HEADER,
    'v1',
  ],
  ['a header that has to be there', { headers: { 'x-user': {} } }, HEADER, 'v2'],
  ['a header that has to be there and is not', { headers: { 'x-user': {} } }, [], 'v1'],
  ['a header that must not be there', { withoutHeaders: { 'x-user': {} } }, HEADER, 'v1'],
  [
    'a header that must not say it, and is missing',
    { withoutHeaders: { 'x-user': { exact: 'a' } } },
    [],
    'v2',
  ],
  ['two headers, of which one is missing', { headers: { 'x-user': {}, 'x-other': {} } }, HEADER, 'v1'],
  ['the method', { method: { exact: 'GET' } }, [], 'v2'],
  ['another method', { method: { exact: 'POST' } }, [], 'v1'],
  ['the authority', { authority: { prefix: 'helloworld.sample' } }, [], 'v2'],
  ['an exact path', { uri: { exact: '/hello' } }, [], 'v2'],
  ['an exact path in other letters', { uri: { exact: '/HELLO' } }, [], 'v1'],
  ['the same, case ignored', { uri: { exact: '/HELLO' }, ignoreUriCase: true }, [], 'v2'],
  ['a prefix of the path', { uri: { prefix: '/he' } }, [], 'v2'],
  ['a path by a regular expression', { uri: { regex: '/h.llo' } }, [], 'v2'],
  [
    'a parameter',
    { queryParams: { try: { exact: '2' } } },
    ['http://helloworld.sample:5000/hello?try=2'],
    'v2',
  ],
  [
    'another value of it',
    { queryParams: { try: { exact: '2' } } },
    ['http://helloworld.sample:5000/hello?try=3'],
    'v1',
  ],
  ['labels of the caller', { sourceLabels: { app: mesh.mesh.context.client } }, [], 'v2'],
  ['labels that the caller lacks', { sourceLabels: { app: 'other' } }, [], 'v1'],
  ['the namespace of the caller', { sourceNamespace: 'sample' }, [], 'v2'],
  ['another namespace', { sourceNamespace: 'default' }, [], 'v1'],
  ['the port', { port: 5000 }, [], 'v2'],
  ['another port', { port: 80 }, [], 'v1'],
  ['a gateway, which sidecars are not', { gateways: ['istio-system/some'] }, [], 'v1'],
];
for (const [title, http, argv, expected] of [
  ...PICKS,
  ...MATCHES.map(
    ([title, match, argv, expected]) => [`a match by ${title}`, byMatch(match), argv, expected] as const,
  ),
])
  t.test(`${title}: ${expected}`, async t => {
    const calls = await withRoutes(http, async () => await mesh.calls(8, ...argv));
    t.equal(versionsOf(calls), expected);
  });

t.test('weights share the calls', async t => {
  const calls = await withRoutes(
    [{ route: [to('v1', 90), to('v2', 10)] }],
    async () => await mesh.calls(200),
  );
  const share = calls.filter(({ body }) => body.includes('version: v2')).length;
  // Binomial(200, 0.1) lies outside of it once in a million.
  t.ok(share > 1 && share < 43, `${share} of 200`);
});

t.test('a request that no route is for', async t => {
  const http = [{ match: [{ uri: { prefix: '/other' } }], route: [to('v1')] }];
  t.equal((await withRoutes(http, async () => await mesh.call())).status, 404);
});

t.test('a rewritten path: its prefix, all of it, and by an expression', async t => {
  for (const [match, rewrite] of [
    [{ uri: { prefix: '/greet' } }, { uri: '/hello' }],
    [{ uri: { exact: '/greet' } }, { uri: '/hello' }],
    [{ uri: { regex: '/gr.*' } }, { uri: '/hello' }],
    [{ uri: { prefix: '/' } }, { uriRegexRewrite: { match: '^/(gr)(e+)t$', rewrite: '/hello' } }],
  ]) {
    const http = [{ match: [match], rewrite, route: [to('v1')] }];
    const called = await withRoutes(http, async () => await mesh.call('http://helloworld.sample:5000/greet'));
    t.match(called, { status: 200, body: /version: v1/ }, JSON.stringify(match));
  }
});

t.test('redirects', async t => {
  const asked = 'http://helloworld.sample:5000/old/x?a=1';
  for (const [redirect, status, location] of [
    [{ uri: '/new' }, 301, 'http://helloworld.sample:5000/new?a=1'],
    [{ authority: 'other.example', redirectCode: 302 }, 302, 'http://other.example/old/x?a=1'],
    [{ scheme: 'https', port: 8443 }, 301, 'https://helloworld.sample:8443/old/x?a=1'],
    [{ uri: '/new', derivePort: 'FROM_REQUEST_PORT' }, 301, 'http://helloworld.sample:5000/new?a=1'],
  ] as const) {
    const http = [{ match: [{ uri: { prefix: '/old' } }], redirect }];
    const called = await withRoutes(http, async () => await mesh.call(asked));
    t.equal(called.status, status);
    t.equal(called.headers['location'], location);
  }
});

t.test('an answer of the proxy itself', async t => {
  const http = [{ directResponse: { status: 503, body: { string: 'closed today' } } }];
  t.match(await withRoutes(http, async () => await mesh.call()), { status: 503, body: 'closed today' });
});

t.test('faults', async t => {
  const abort = { abort: { httpStatus: 418, percentage: { value: 100 } } };
  const aborted = await withRoutes([{ fault: abort, route: [to('v1')] }], async () => await mesh.call());
  t.match(aborted, { status: 418, body: 'fault filter abort' });
  const delay = { delay: { fixedDelay: '3s', percentage: { value: 100 } } };
  const delayed = await withRoutes([{ fault: delay, route: [to('v1')] }], async () => await mesh.call());
  t.equal(delayed.status, 200);
  t.ok(delayed.seconds >= 3 && delayed.seconds < 4, `${delayed.seconds}`);
  const none = { abort: { httpStatus: 418 } };
  const spared = await withRoutes([{ fault: none, route: [to('v1')] }], async () => await mesh.call());
  t.equal(spared.status, 200, 'without a percentage nothing is aborted');
});

t.test('headers that are set, added and taken away', async t => {
  const http = [
    {
      headers: {
        request: { set: { 'x-user': 'set' } },
        response: { set: { 'x-from': 'route' }, remove: ['x-envoy-upstream-service-time'] },
      },
      route: [to('v1')],
    },
  ];
  const called = await withRoutes(http, async () => await mesh.call());
  t.equal(called.headers['x-from'], 'route');
  t.equal(called.headers['x-envoy-upstream-service-time'], undefined);
});

t.test('retries, as a VirtualService says', async t => {
  const dead: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'dead', namespace: 'sample' },
    spec: { selector: { app: 'helloworld' }, ports: [{ name: 'http', port: 5000, targetPort: 5999 }] },
  };
  const toDead = (retries: object): KubernetesObject => ({
    ...virtualService([{ retries, route: [{ destination: { host: 'dead' } }] }]),
    metadata: { name: 'dead', namespace: 'sample' },
  });
  const secondsWith = async (retries: object): Promise<number> =>
    await mesh.with([dead, toDead(retries)], async () => {
      const called = await mesh.call();
      t.equal(called.status, 503);
      return called.seconds;
    });
  const none = await secondsWith({ attempts: 0 });
  const many = await secondsWith({ attempts: 3, retryOn: '5xx', backoff: '2s' });
  t.ok(none < 0.5, `${none} s without a retry`);
  t.ok(many > none + 0.5, `${many} s with three, each after a pause`);
  const others = await secondsWith({ attempts: 3, retryOn: 'retriable-4xx', backoff: '2s' });
  t.ok(others < 0.5, `${others} s where the condition is another`);
});

t.test('routes that another VirtualService holds', async t => {
  const named = (name: string, spec: object): KubernetesObject => ({
    ...virtualService([]),
    metadata: { name, namespace: 'sample' },
    spec,
  });
  const root = named('root', {
    hosts: [HOST],
    http: [{ match: [{ uri: { prefix: '/hello' } }], delegate: { name: 'child' } }, { route: [to('v1')] }],
  });
  for (const [match, expected] of [
    [{ headers: { 'x-user': { exact: 'jason' } } }, 'v2'],
    [{ headers: { 'x-user': { exact: 'other' } } }, 'v1'],
    [{ uri: { prefix: '/hello' } }, 'v2'],
    // Contradicts the root's condition.
    [{ uri: { prefix: '/other' } }, 'v1'],
  ] as const) {
    const child = named('child', { http: [{ match: [match], route: [to('v2')] }] });
    const calls = await mesh.with([SUBSETS, root, child], async () => await mesh.calls(4, ...HEADER));
    t.equal(versionsOf(calls), expected, JSON.stringify(match));
  }
  const lonely = await mesh.with([SUBSETS, root], async () => await mesh.calls(4));
  t.equal(versionsOf(lonely), 'v1', 'a route whose delegate is not there is left out');
});

t.test('several VirtualServices for one host', async t => {
  const named = (name: string, hosts: string[], subset: string): KubernetesObject => ({
    ...virtualService([{ route: [to(subset)] }]),
    metadata: { name, namespace: 'sample' },
    spec: { hosts, http: [{ route: [to(subset)] }] },
  });
  for (const [title, rules, expected] of [
    [
      'the closer host',
      [named('all', ['*.sample.svc.cluster.local'], 'v1'), named('one', [HOST], 'v2')],
      'v2',
    ],
    [
      'the closer wildcard',
      [named('far', ['*.local'], 'v1'), named('near', ['*.svc.cluster.local'], 'v2')],
      'v2',
    ],
    ['the first of two by name', [named('a', [HOST], 'v1'), named('b', ['helloworld'], 'v2')], 'v1'],
    ['another host beside', [named('a', ['shop.example', 'helloworld'], 'v2')], 'v2'],
  ] as const) {
    const calls = await mesh.with([SUBSETS, ...rules], async () => await mesh.calls(4));
    t.equal(versionsOf(calls), expected, title);
  }
});

t.test('the API server drops what Istio has not, and the rest has its effect', async t => {
  const half = [
    { match: [{ headers: { 'x-user': { exact: 'jason' } }, future: true }], route: [to('v2')] },
    { route: [to('v1')], future: true },
  ];
  const calls = await withRoutes(half, async () => [...(await mesh.calls(3, ...HEADER)), await mesh.call()]);
  t.equal(versionsOf(calls.slice(0, 3)), 'v2');
  t.equal(versionsOf(calls.slice(3)), 'v1');
});
