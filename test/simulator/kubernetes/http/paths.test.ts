/** Paths, methods and headers beside those that clients need: as a real server takes them. */
import t from 'tap';
import { apiWorld, configMap, configMaps } from '../api-world.ts';
import { rawRequest } from '../raw-exchange.ts';

const STATUS_404 = /^404 application\/json .*"message":"the server could not find the requested resource"/;
const PAGE_404 = /^404 text\/plain; charset=utf-8 404 page not found\n$/;
const STATUS_405 = /^405 application\/json .*"message":"the server does not allow this method/;

t.test('paths lead where they lead on a real server', async t => {
  await using world = await apiWorld();
  await world.admin.create(configMaps, configMap('a'));
  const ask = async (line: string) => {
    const [method = '', path = ''] = line.split(' ');
    const answer = await rawRequest(
      world,
      method,
      path,
      method === 'POST' || method === 'PUT' ? { body: '{}' } : {},
    );
    return `${answer.code} ${answer.headers['content-type']} ${answer.text}`;
  };
  const rows: readonly (readonly [line: string, expected: RegExp])[] = [
    ['GET //api', PAGE_404],
    ['GET //api/v1/pods', PAGE_404],
    ['GET /api//v1', STATUS_404],
    ['GET /api/', /^200 .*"kind":"APIVersions"/],
    ['GET /api/v1/', /^200 .*"kind":"APIResourceList"/],
    ['GET /api/v2', STATUS_404],
    ['GET /api/v2/pods', STATUS_404],
    ['GET /apis/apps/v2', STATUS_404],
    ['GET /apis/apps/v2/deployments', STATUS_404],
    ['GET /apis/nobody.io/v1', PAGE_404],
    ['GET /apis/nobody.io/v1/things', PAGE_404],
    ['GET /apis//', PAGE_404],
    ['GET /api/v1/namespaces//configmaps', /^200 .*"kind":"ConfigMapList".*"name":"a"/],
    ['GET /api/v1/namespaces//configmaps/a', /^400 .*Namespace parameter required\./],
    ['DELETE /api/v1/namespaces//configmaps', /^400 .*Namespace parameter required\./],
    ['GET /api/v1/namespaces/sample//configmaps', STATUS_404],
    ['GET /api/v1/namespaces/sample%2Fconfigmaps', /^200 .*"kind":"ConfigMapList"/],
    ['GET /api/v1/namespaces/sample/pods//status', /^400 .*name must be provided/],
    ['GET /api/v1/configmaps/a', STATUS_404],
    ['GET /api/v1/namespaces/sample/nodes', STATUS_404],
    ['GET /api/v1/namespaces/sample/status/more', STATUS_404],
    [
      'GET /api/v1/watch',
      /^500 text\/plain; charset=utf-8 Internal Server Error: "\/api\/v1\/watch": failed to create RequestInfo/,
    ],
    ['GET /api/v1/proxy/nodes', STATUS_404],
    ['GET /%zz', /^400 text\/plain/],
    ['PUT /api/v1/namespaces/sample/configmaps', STATUS_405],
    ['POST /api/v1/namespaces/sample/configmaps/a', STATUS_405],
    ['DELETE /api/v1/configmaps', STATUS_405],
    ['OPTIONS /api/v1/namespaces/sample', STATUS_405],
    ['POST /version', STATUS_405],
    ['POST /api', STATUS_405],
    ['PUT /apis', /^200 .*"kind":"APIGroupList"/],
    ['POST /healthz', /^200 .* ok$/],
    ['GET /index.html', /^200 application\/json \{\n {2}"paths": \[\n/],
    ['HEAD /api/v1/namespaces/sample', /^405 application\/json $/],
    ['HEAD /version', /^405 /],
    ['HEAD /apis', /^200 /],
    ['HEAD /healthz', /^200 /],
  ];
  for (const [line, expected] of rows) t.match(await ask(line), expected, line);
});

t.test('each answer has an id, the one of the request if it has one', async t => {
  await using world = await apiWorld();
  const idOf = async (headers = {}) =>
    (await rawRequest(world, 'GET', '/api/v1/namespaces/sample', { headers })).headers['audit-id'];
  const [first, second] = [await idOf(), await idOf()];
  t.match(first, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  t.not(first, second);
  t.equal(await idOf({ 'audit-id': 'mine' }), 'mine');
});

t.test('health is told check by check', async t => {
  await using world = await apiWorld();
  const ask = async (path: string) => {
    const { code, text } = await rawRequest(world, 'GET', path);
    return `${code} ${text}`;
  };
  t.equal(await ask('/livez/ping'), '200 ok');
  t.equal(await ask('/healthz/poststarthook/rbac/bootstrap-roles'), '200 ok');
  t.match(await ask('/livez/shutdown'), /^404 404 page not found/, 'which only readyz has');
  t.match(await ask('/healthz/'), /^404/);
  t.equal(await ask('/readyz?exclude=etcd'), '200 ok');
  const verbose = await ask('/readyz?verbose&exclude=etcd&exclude=foo');
  t.match(verbose, /^200 \[\+\]ping ok\n\[\+\]log ok\n\[\+\]etcd excluded: ok\n\[\+\]etcd-readiness ok\n/);
  const end =
    '[+]shutdown ok\nwarn: some health checks cannot be excluded: no matches for "foo"\nreadyz check passed\n';
  t.ok(verbose.endsWith(end));
});

t.test('metrics tell how many objects there are', async t => {
  await using world = await apiWorld();
  await world.admin.create(configMaps, configMap('a'));
  const { code, headers, text } = await rawRequest(world, 'GET', '/metrics');
  t.equal(code, 200);
  t.match(headers['content-type'], /^text\/plain; version=0\.0\.4/);
  t.match(text, /^# TYPE apiserver_storage_objects gauge$/m);
  const health = await rawRequest(world, 'GET', '/metrics/slis');
  t.match(health.text, /^kubernetes_healthcheck\{name="etcd",type="livez"\} 1$/m);
  t.match(text, /^apiserver_storage_objects\{resource="configmaps"\} 1$/m);
});

t.test(
  'what others know tokens by stands in one line, which they may keep; the version does not',
  async t => {
    await using world = await apiWorld();
    for (const path of ['/.well-known/openid-configuration', '/openid/v1/jwks', '/openid/v1/jwks?pretty=1']) {
      const { code, headers, text } = await rawRequest(world, 'GET', path);
      t.equal(`${code} ${headers['cache-control']}`, '200 public, max-age=3600', path);
      t.equal(text, JSON.stringify(JSON.parse(text)), path);
    }
    const { headers, text } = await rawRequest(world, 'GET', '/version');
    t.equal(headers['cache-control'], 'no-cache, private');
    t.match(text, /^\{\n {2}"major": "1",/);
  },
);
