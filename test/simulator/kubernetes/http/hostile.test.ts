/**
 * Broken, hostile and merely slow clients: each gets the status that a real API server gives, and the server
 * serves the others.
 */
import http2 from 'node:http2';
import { Duplex } from 'node:stream';
import tls from 'node:tls';
import t from 'tap';
import { sleep } from '../../../../harness/base/clock.ts';
import { KubernetesApiError } from '../../../../harness/base/kubernetes-client.ts';
import { createRandom } from '../../../../harness/base/random.ts';
import type { KubeletApi } from '../../../../harness/simulator/kubernetes/kubelet-api.ts';
import { type ApiWorld, apiWorld, configMap, configMaps, pods, refusalOf } from '../api-world.ts';

const clusterRoleBindings = { apiVersion: 'rbac.authorization.k8s.io/v1', plural: 'clusterrolebindings' };
const serviceAccounts = { apiVersion: 'v1', plural: 'serviceaccounts', namespace: 'sample' };
const path = '/api/v1/namespaces/sample/configmaps';
const host = 'Host: x\r\n';

function connect({ dial, world }: ApiWorld, ALPNProtocols?: string[]): tls.TLSSocket {
  const options: tls.ConnectionOptions = {
    socket: dial(world.nodes.east.address, 6443),
    rejectUnauthorized: false,
    ...(ALPNProtocols && { ALPNProtocols }),
  };
  const socket = tls.connect(options);
  socket.on('error', () => {});
  return socket;
}

/** Sends bytes over TLS and returns the first line of the answer; empty if the server hangs up. */
function rawRequest(world: ApiWorld, text: string | Buffer, then = ''): Promise<string> {
  return new Promise(resolve => {
    const socket = connect(world);
    let answer = '';
    socket.on('secureConnect', () => {
      socket.write(text);
      if (then === 'end') socket.end();
    });
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString();
      socket.destroy();
    });
    socket.on('close', () => resolve(answer.split('\r\n')[0] ?? ''));
  });
}

async function tokenFor(world: ApiWorld): Promise<string> {
  const answer = await world.admin.create(
    { ...serviceAccounts, name: 'default', subresource: 'token' },
    { metadata: {}, spec: { expirationSeconds: 600 } },
  );
  return (answer as unknown as { status: { token: string } }).status.token;
}

t.test('requests that are none, or ask for what nobody should', async t => {
  await using world = await apiWorld();
  const rows: readonly (readonly [name: string, text: string, expected: RegExp, then?: string])[] = [
    ['no HTTP', 'GARBAGE\r\n\r\n', /^HTTP\/1.1 400/],
    ['bytes', '\0\u0001\u0002\r\n\r\n', /^HTTP\/1.1 400/],
    ['a path that climbs', `GET /api/v1/../../etc/passwd HTTP/1.1\r\n${host}\r\n`, /^HTTP\/1.1 (403|404)/],
    [
      'one that does so encoded',
      `GET /api/v1/%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n${host}\r\n`,
      /^HTTP\/1.1 (403|404)/,
    ],
    [
      'a name that climbs',
      `GET /api/v1/namespaces/..%2f..%2fkube-system/pods HTTP/1.1\r\n${host}\r\n`,
      /^HTTP\/1.1 403/,
    ],
    ['a nul in a name', `GET /api/v1/namespaces/a%00b/pods HTTP/1.1\r\n${host}\r\n`, /^HTTP\/1.1 403/],
    ['slashes', `GET ////api////v1////pods HTTP/1.1\r\n${host}\r\n`, /^HTTP\/1.1 (403|404)/],
    ['a broken escape', `GET /api/v1/namespaces/%ZZ/pods HTTP/1.1\r\n${host}\r\n`, /^HTTP\/1.1 400/],
    ['a verb that nobody has', `BREW /api/v1/pods HTTP/1.1\r\n${host}\r\n`, /^HTTP\/1.1 400/],
    ['a verb for others', `OPTIONS /api/v1/pods HTTP/1.1\r\n${host}\r\n`, /^HTTP\/1.1 403/],
    ['a tunnel', `CONNECT 10.0.0.1:22 HTTP/1.1\r\n${host}\r\n`, /^$/],
    ['no host', 'GET /version HTTP/1.1\r\n\r\n', /^HTTP\/1.1 400/],
    [
      'a header of 100 kB',
      `GET /version HTTP/1.1\r\n${host}X: ${'y'.repeat(100_000)}\r\n\r\n`,
      /^HTTP\/1.1 200/,
    ],
    [
      'a header of 2 MB',
      `GET /version HTTP/1.1\r\n${host}X: ${'y'.repeat(2_000_000)}\r\n\r\n`,
      /^HTTP\/1.1 431/,
    ],
    ['a path of 2 MB', `GET /${'y'.repeat(2_000_000)} HTTP/1.1\r\n${host}\r\n`, /^HTTP\/1.1 431/],
    [
      'two lengths',
      `POST ${path} HTTP/1.1\r\n${host}Content-Length: 4\r\nContent-Length: 5\r\n\r\n{}  `,
      /^HTTP\/1.1 400/,
    ],
    [
      'a length and chunks',
      `POST ${path} HTTP/1.1\r\n${host}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      /^HTTP\/1.1 400/,
    ],
    [
      'a chunk without a size',
      `POST ${path} HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
      /^HTTP\/1.1 4/,
    ],
    [
      'a body that breaks off',
      `POST ${path} HTTP/1.1\r\n${host}Content-Length: 100\r\n\r\n{"met`,
      /^HTTP\/1.1 4|^$/,
      'end',
    ],
    [
      'an unsigned token',
      `GET /version HTTP/1.1\r\n${host}Authorization: Bearer x.y.z\r\n\r\n`,
      /^HTTP\/1.1 401/,
    ],
    [
      'a token that says it needs no signature',
      `GET /version HTTP/1.1\r\n${host}Authorization: Bearer ${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"admin"}').toString('base64url')}.\r\n\r\n`,
      /^HTTP\/1.1 401/,
    ],
    ['a password', `GET /version HTTP/1.1\r\n${host}Authorization: Basic eDp5\r\n\r\n`, /^HTTP\/1.1 200/],
    ['an empty token', `GET /api HTTP/1.1\r\n${host}Authorization: Bearer \r\n\r\n`, /^HTTP\/1.1 403/],
    [
      'somebody else, without a right to be',
      `GET /api HTTP/1.1\r\n${host}Impersonate-User: admin\r\n\r\n`,
      /^HTTP\/1.1 403/,
    ],
    [
      'an upgrade by nobody',
      `GET /api/v1/namespaces/sample/pods/p/exec?command=x HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
      /^HTTP\/1.1 403/,
    ],
    ['a good one, after all', `GET /version HTTP/1.1\r\n${host}\r\n`, /^HTTP\/1.1 200/],
  ];
  for (const [name, text, expected, then] of rows)
    t.match(await rawRequest(world, text, then), expected, name);
  const plain = world.dial(world.world.nodes.east.address, 6443);
  plain.on('error', () => {});
  plain.write('this is not TLS\r\n');
  const frames = connect(world, ['h2']);
  frames.on('secureConnect', () => frames.write(Buffer.alloc(5000, 0xff)));
  await sleep(world.world.clock, 1000);
  plain.destroy();
  frames.destroy();
  t.equal(await refusalOf(world.admin.list(configMaps)), 'none', 'the administrator is served');
});

t.test('bodies that are broken, deep or strange are refused', async t => {
  await using world = await apiWorld();
  const send = (method: string, at: string, body: unknown, contentType = 'application/json') =>
    refusalOf(world.admin.request(method, at, { body, contentType }));
  const post = (body: string, contentType?: string) => send('POST', path, body, contentType);
  t.match(await post(''), /^400 BadRequest: .*unexpected end of JSON input \(<empty>\)$/);
  t.match(await post('[]'), /^400 BadRequest/);
  t.match(await post('null'), /^422 Invalid: .*name or generateName is required$/);
  t.match(await post('{"metadata": []}'), /^400 BadRequest: .*cannot unmarshal/);
  t.match(await post('\u0000\u0001'), /^400 BadRequest: .*\(0001\)$/);
  t.match(await post('a: [', 'application/yaml'), /^400 BadRequest/);
  t.match(await post('data: !!js/function "x"', 'application/yaml'), /^400 BadRequest/);
  t.match(await post('data: &a {k: *a}', 'application/yaml'), /^400 BadRequest: exceeded max depth/);
  const bomb = Array.from(
    { length: 9 },
    (_, index) => `a${index + 1}: &b${index + 1} [${Array(9).fill(`*b${index}`)}]`,
  );
  t.match(await post(['a0: &b0 x', ...bomb].join('\n'), 'application/yaml'), /excessive aliasing/);
  t.match(
    await post(`{"metadata":{"name":"deep"},"data":${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}}`),
    /^400 BadRequest/,
  );
  t.match(await post('{"metadata":{"name":"x","labels":{"__proto__":"y"}}}'), /^422 Invalid|none/);
  t.equal(({} as Record<string, unknown>)['y'], undefined);
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'x',
  ])
    t.match(
      await post('{"metadata":{"name":"y"}}', type),
      /^415 UnsupportedMediaType: the body of the request/,
      type,
    );
  t.match(await send('PATCH', `${path}/y`, '{}', 'application/json'), /^415 UnsupportedMediaType/);
  t.match(await post('k8s', 'application/vnd.kubernetes.protobuf'), /^400 BadRequest/);
  t.match(await post('k8s\0\u00ff\u00ff', 'application/vnd.kubernetes.protobuf'), /^400 BadRequest/);
  t.match(
    await post(`{"metadata":{"name":"large"},"data":{"a":"${'x'.repeat(20_000_000)}"}}`),
    /^413 RequestEntityTooLarge: Request entity too large: limit is 3145728$/,
    'a body of 20 MB',
  );
  t.match(
    await post('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yaml}\ndata: {k: v}', 'application/yaml'),
    /none/,
  );
});

t.test('foreign, expired and powerless callers', async t => {
  await using world = await apiWorld();
  await using other = await apiWorld();
  const token = await tokenFor(world);
  const list = (client: ApiWorld['admin']) => refusalOf(client.list(configMaps));
  const refused = (who: string) =>
    `403 Forbidden: configmaps is forbidden: User "${who}" cannot list resource "configmaps" in API group "" in the namespace "sample"`;
  t.equal(await list(world.withToken(undefined)), refused('system:anonymous'));
  t.equal(await list(world.withToken(token)), refused('system:serviceaccount:sample:default'));
  t.equal(
    await list(world.withToken(await tokenFor(other))),
    '401 Unauthorized: Unauthorized',
    "another cluster's",
  );
  t.equal(
    await list(world.withToken(`${token.slice(0, -4)}AAAA`)),
    '401 Unauthorized: Unauthorized',
    'forged',
  );
  const { certificatePem, keyPem } = await other.api.issueClientCertificate('root', ['system:masters']);
  const stranger = tls.connect({
    socket: world.dial(world.world.nodes.east.address, 6443),
    rejectUnauthorized: false,
    cert: certificatePem,
    key: keyPem,
  });
  stranger.on('error', () => {});
  stranger.write(`GET ${path} HTTP/1.1\r\n${host}\r\n`);
  const [answer] = (await stranger.take(1).toArray()) as Buffer[];
  stranger.destroy();
  t.match(
    answer?.toString(),
    /^HTTP\/1.1 403 .*system:anonymous/s,
    'a certificate of another cluster makes nobody',
  );
  await sleep(world.world.clock, 601_000);
  t.equal(await list(world.withToken(token)), '401 Unauthorized: Unauthorized', 'expired');
});

t.test('upgrades that are broken, before and after', async t => {
  await using world = await apiWorld();
  const kubelet: Partial<KubeletApi> = {
    exec: async (_pod, _container, _argv, { stdin }, signal) => {
      stdin?.on('data', () => {});
      await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }));
      return { kind: 'exited', exitCode: 0 };
    },
    portForward: () => new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() }),
  };
  world.api.connectKubelets(kubelet as KubeletApi);
  world.api.machinery.client.create('pods', {
    metadata: { name: 'p', namespace: 'sample' },
    spec: { nodeName: 'n', containers: [{ name: 'a', image: 'x' }] },
  });
  await world.admin.create(clusterRoleBindings, {
    metadata: { name: 'all' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'sample' }],
  });
  const token = await tokenFor(world);
  const at = (query: string, headers: string, subresource = 'exec') =>
    `GET /api/v1/namespaces/sample/pods/p/${subresource}?${query} HTTP/1.1\r\n${host}Authorization: Bearer ${token}\r\nConnection: Upgrade\r\n${headers}\r\n`;
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n';
  const v5 = `Upgrade: websocket\r\n${key}Sec-WebSocket-Protocol: v5.channel.k8s.io\r\n`;
  const asks = 'command=x&stdout=true&stdin=true';
  const rows: readonly (readonly [name: string, text: string, expected: RegExp])[] = [
    [
      'no key',
      at(asks, 'Upgrade: websocket\r\nSec-WebSocket-Protocol: v5.channel.k8s.io\r\n'),
      /^HTTP\/1.1 400/,
    ],
    ['no protocol', at(asks, `Upgrade: websocket\r\n${key}`), /^HTTP\/1.1 101/],
    [
      'a protocol of others',
      at(asks, `Upgrade: websocket\r\n${key}Sec-WebSocket-Protocol: chat\r\n`),
      /^HTTP\/1.1 403/,
    ],
    ['another transport', at(asks, 'Upgrade: h2c\r\n'), /^HTTP\/1.1 400/],
    ['no command', at('stdout=true', v5), /^HTTP\/1.1 400/],
    ['nothing to see', at('command=x', v5), /^HTTP\/1.1 400/],
    ['a pod that is not there', at(asks, v5).replace('pods/p/', 'pods/q/'), /^HTTP\/1.1 404/],
    ['a resource without streams', at('', v5, 'status'), /^HTTP\/1.1 200/],
    ['no ports', at('', v5.replace('v5', 'v4'), 'portforward'), /^HTTP\/1.1 (400|101)/],
    ['strange ports', at('ports=x,-1,99999', v5.replace('v5', 'v4'), 'portforward'), /^HTTP\/1.1 (400|101)/],
    [
      'SPDY without versions',
      at(asks, 'Upgrade: SPDY/3.1\r\n').replace('GET', 'POST'),
      /^HTTP\/1.1 (101|400|403)/,
    ],
    ['all as it should be', at(asks, v5), /^HTTP\/1.1 101/],
  ];
  for (const [name, text, expected] of rows) t.match(await rawRequest(world, text), expected, name);

  // What comes after a good upgrade: no frames, frames without masks, of 2^62 bytes, texts, channels that
  // nobody has.
  const afterwards = [
    Buffer.alloc(4000, 0xff),
    Buffer.from([0x82, 0x02, 0x00, 0x78]),
    Buffer.from([0x82, 0xff, 0x3f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]),
    Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x78]),
    Buffer.from([0x82, 0x82, 0, 0, 0, 0, 0x09, 0x78]),
    Buffer.from([0x82, 0x83, 0, 0, 0, 0, 0x04, 0x7b, 0x7b]),
  ];
  for (const upgrade of [
    at(asks, v5),
    at(asks, 'Upgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n'),
  ]) {
    for (const bytes of afterwards) {
      const socket = connect(world);
      socket.write(upgrade);
      socket.once('data', () => socket.write(bytes));
      await sleep(world.world.clock, 10);
      socket.destroy();
    }
  }
  t.equal(await refusalOf(world.admin.list(pods)), 'none', 'the administrator is served');
});

t.test('clients that hang, and thousands of them, hold nobody up', async t => {
  await using world = await apiWorld();
  const idle = Array.from({ length: 3000 }, () => world.dial(world.world.nodes.east.address, 6443));
  for (const socket of idle) socket.on('error', () => {});
  const hanging = Array.from({ length: 40 }, (_, index) => {
    const socket = connect(world, index % 4 === 3 ? ['h2'] : undefined);
    socket.pause();
    // A request without an end, one without a body, and an answer that nobody fetches.
    const texts = [
      'GET /version HTTP/1.1\r\nHost: x\r\n',
      `POST ${path} HTTP/1.1\r\n${host}Content-Length: 1000\r\n\r\n{`,
      `GET /openapi/v3 HTTP/1.1\r\n${host}\r\n`.repeat(20),
    ];
    socket.write(texts[index % 4] ?? 'PRI * HTTP/2.0\r\n');
    return socket;
  });
  for (let index = 0; index < 20; index++) await world.admin.create(configMaps, configMap(`m${index}`));
  t.equal((await world.admin.list(configMaps)).items.length, 20);
  for (const socket of [...idle, ...hanging]) socket.destroy();
  const session = http2.connect('https://x', { createConnection: () => connect(world, ['h2']) });
  session.on('error', () => {});
  // A thousand requests that are given up at once.
  for (let index = 0; index < 1000; index++) {
    const stream = session.request({ ':path': '/version' });
    stream.on('error', () => {});
    stream.close(http2.constants.NGHTTP2_CANCEL);
  }
  await sleep(world.world.clock, 1000);
  session.destroy();
  t.equal((await world.admin.list(configMaps)).items.length, 20);
});

t.test('any path, verb and query is answered, and never with a failure of the server', async t => {
  await using world = await apiWorld();
  await world.admin.create(configMaps, configMap('a'));
  const random = createRandom('paths');
  const parts = [
    'api',
    'apis',
    'v1',
    'apps',
    'namespaces',
    'sample',
    'configmaps',
    'deployments',
    'pods',
    'a',
    'status',
    'scale',
  ].concat([
    'watch',
    '..',
    '%2e',
    'exec',
    'log',
    'proxy',
    'token',
    'eviction',
    'finalize',
    '__proto__',
    'constructor',
    '',
  ]);
  const queries = [
    '',
    'labelSelector=a%20b',
    'fieldSelector=__proto__=1',
    'limit=-1',
    'limit=x',
    'continue=e30',
    'watch=1&timeoutSeconds=1',
  ].concat([
    'resourceVersion=-1',
    'dryRun=x',
    'timeoutSeconds=1e9',
    'fieldManager=%00',
    'gracePeriodSeconds=-1',
    'pretty=true',
  ]);
  const bodies = [
    '{}',
    '[]',
    '',
    'null',
    '{"metadata":{"name":"a"}}',
    '[{"op":"add","path":"/__proto__/x","value":1}]',
  ];
  const types = [
    'application/json',
    'application/merge-patch+json',
    'application/json-patch+json',
    'application/apply-patch+yaml',
  ];
  // A verb in the path without a resource is another failure of the real server.
  const isVerbAlone = (at: string) => /^\/(?:api|apis\/[^/?]+)\/[^/?]+\/(?:proxy|watch)\?/.test(at);
  const failures: string[] = [];
  for (let index = 0; index < 800; index++) {
    const method = random.pick(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD']);
    const at = `/${Array.from({ length: 1 + random.integer(7) }, () => random.pick(parts)).join('/')}?${random.pick(queries)}`;
    const body = method === 'GET' || method === 'HEAD' ? undefined : random.pick(bodies);
    const ended = new AbortController();
    const call = world.admin.request(method, at, {
      ...(body !== undefined && { body, contentType: random.pick(types) }),
      signal: ended.signal,
    });
    try {
      await call;
    } catch (error) {
      const code = error instanceof KubernetesApiError ? error.code : 0;
      // A version that is no number is a failure of the real server, too.
      if (
        (code === 0 && method !== 'HEAD') ||
        (code >= 500 &&
          code !== 501 &&
          code !== 504 &&
          !at.includes('resourceVersion=-1') &&
          !isVerbAlone(at))
      )
        failures.push(`${method} ${at} ${body}: ${String(error)}`);
    }
    ended.abort();
  }
  t.same(failures, []);
  t.equal(({} as Record<string, unknown>)['x'], undefined);
});

t.test('no credential is in what is recorded of a request, or in an answer', async t => {
  await using world = await apiWorld();
  const token = await tokenFor(world);
  const written: string[] = [];
  const { write } = process.stderr;
  process.stderr.write = (chunk: string | Uint8Array) => {
    written.push(String(chunk));
    return true;
  };
  t.teardown(() => {
    process.stderr.write = write;
  });
  const answers = await Promise.all(
    [token, `${token}x`, 'x y'].map(text => refusalOf(world.withToken(text).list(configMaps))),
  );
  const first = await rawRequest(
    world,
    `GET /api?access_token=${token} HTTP/1.1\r\n${host}Authorization: Bearer ${token}x\r\n\r\n`,
  );
  process.stderr.write = write;
  const secret = token.slice(token.lastIndexOf('.') + 1);
  t.match(first, /^HTTP\/1.1 401/);
  for (const text of [...answers, first, ...written]) t.notMatch(text, secret);
});
