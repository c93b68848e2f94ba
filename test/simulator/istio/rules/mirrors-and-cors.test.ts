/** Copies of requests, and what browsers are told: each is applied to both clusters, and seen in calls. */
import t from 'tap';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import { RuledMesh } from '../../../support/ruled-mesh.ts';

const mesh = await RuledMesh.install('multi-primary');
t.teardown(async () => await mesh[Symbol.asyncDispose]());

const HOST = 'helloworld.sample.svc.cluster.local';
const networking = (kind: string, spec: object): KubernetesObject => ({
  apiVersion: 'networking.istio.io/v1alpha3',
  kind,
  metadata: { name: 'rules', namespace: 'sample' },
  spec,
});
const SUBSETS = networking('DestinationRule', {
  host: HOST,
  subsets: ['v1', 'v2'].map(version => ({ name: version, labels: { version } })),
});
const route = [{ destination: { host: HOST, subset: 'v1' } }];
const withRoute = async <T>(more: object, run: () => Promise<T>): Promise<T> =>
  await mesh.with(
    [SUBSETS, networking('VirtualService', { hosts: [HOST], http: [{ route, ...more }] })],
    run,
  );

/** How many requests the client has sent to v2, and how many answers it had. */
async function copies(): Promise<{ readonly sent: number; readonly answered: number }> {
  const page = await mesh.admin('clusters');
  const sum = (name: string): number =>
    page
      .split('\n')
      .filter(line => line.startsWith(`outbound|5000|v2|${HOST}::`) && line.includes(`::${name}::`))
      .reduce((all, line) => all + Number(line.slice(line.lastIndexOf('::') + 2)), 0);
  return { sent: sum('rq_total'), answered: sum('rq_success') };
}

const mirror = { host: HOST, subset: 'v2' };
const MIRRORS: readonly [what: string, more: object, argv: string[], copies: number][] = [
  ['all of the requests', { mirror }, [], 10],
  ['none of them', { mirror, mirrorPercentage: { value: 0 } }, [], 0],
  ['in old words', { mirror, mirrorPercent: 100 }, [], 10],
  ['twice', { mirrors: [{ destination: mirror }, { destination: mirror }] }, [], 20],
  ['with a body', { mirror }, ['-X', 'POST', '-d', 'a=b'], 10],
  ['with its host rewritten', { mirror, rewrite: { authority: 'x.example' } }, [], 10],
  ['to a host that there is not', { mirror: { host: 'nobody' } }, [], 0],
  [
    'of what is refused before',
    { mirror, fault: { abort: { httpStatus: 418, percentage: { value: 100 } } } },
    [],
    0,
  ],
];

t.test('copies of requests', async t => {
  for (const [what, more, argv, expected] of MIRRORS)
    await withRoute(more, async () => {
      const calls = await mesh.calls(10, ...argv);
      await mesh.mesh.pass(5000);
      t.same(await copies(), { sent: expected, answered: expected }, what);
      if (argv.length === 0 && !('fault' in more))
        t.ok(
          calls.every(({ body }) => body.includes('version: v1')),
          `${what}: v1 answers`,
        );
    });
  await withRoute({ mirror, mirrorPercentage: { value: 30 } }, async () => {
    await mesh.calls(100);
    await mesh.mesh.pass(5000);
    const { sent } = await copies();
    t.ok(sent > 12 && sent < 50, `a share of them: ${sent} of 100`);
  });
});

const corsPolicy = {
  allowOrigins: [{ exact: 'https://a.example' }, { regex: 'https://.*[.]b[.]example' }],
  allowMethods: ['GET', 'POST'],
  allowHeaders: ['x-a'],
  exposeHeaders: ['x-b', 'x-c'],
  allowCredentials: true,
  maxAge: '24h',
};
const ORIGIN = 'access-control-allow-origin';
const from = (origin: string): string[] => ['-H', `Origin: ${origin}`];
const asks = (origin: string): string[] => [
  ...['-X', 'OPTIONS', '-H', 'Access-Control-Request-Method: GET'],
  ...from(origin),
];

t.test('what browsers are told', async t => {
  await withRoute({ corsPolicy }, async () => {
    const answer = await mesh.call(...asks('https://a.example'));
    t.equal(answer.status, 200, 'a question is answered by the proxy');
    t.match(answer.headers, {
      [ORIGIN]: 'https://a.example',
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET,POST',
      'access-control-allow-headers': 'x-a',
      'access-control-expose-headers': 'x-b,x-c',
      'access-control-max-age': '86400',
    });
    t.equal(answer.body, '');
    const plain = await mesh.call();
    t.equal(plain.headers[ORIGIN], undefined, 'who names no page is told nothing');
    const call = await mesh.call(...from('https://x.b.example'));
    t.match(call.body, /version: v1/, 'a call goes on');
    t.match(call.headers, { [ORIGIN]: 'https://x.b.example', 'access-control-expose-headers': 'x-b,x-c' });
    t.equal(call.headers['access-control-max-age'], undefined);
    const other = await mesh.call(...from('https://c.example'));
    t.match(other.body, /version: v1/, 'a call of another page goes on');
    t.equal(other.headers[ORIGIN], undefined);
    const asked = await mesh.call(...asks('https://c.example'));
    t.not(asked.headers['x-envoy-upstream-service-time'], undefined, 'its question goes to the server');
    t.equal(asked.headers[ORIGIN], undefined);
  });
  await withRoute({ corsPolicy: { ...corsPolicy, unmatchedPreflights: 'IGNORE' } }, async () => {
    const { status, headers, body } = await mesh.call(...asks('https://c.example'));
    t.same([status, body, headers[ORIGIN]], [200, '', undefined], 'a question is answered without leave');
  });
  await withRoute({ corsPolicy: { allowOrigins: [{ exact: '*' }] } }, async () => {
    const { headers } = await mesh.call(...from('https://c.example'));
    t.equal(headers[ORIGIN], 'https://c.example', 'all pages may call');
  });
  await withRoute({ route: undefined, redirect: { uri: '/x' }, corsPolicy }, async () => {
    const { status, headers } = await mesh.call(...from('https://a.example'));
    t.same([status, headers[ORIGIN]], [301, 'https://a.example'], 'an answer of the proxy says it too');
  });
});
