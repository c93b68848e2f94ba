import tls from 'node:tls';
import t from 'tap';
import { sleep } from '../../../../harness/base/clock.ts';
import { type ApiWorld, apiWorld, configMap, configMaps, refusalOf } from '../api-world.ts';

/** Sends bytes over TLS and returns the first line of the answer; empty if the server hangs up. */
function rawRequest({ dial, world }: ApiWorld, text: string): Promise<string> {
  return new Promise(resolve => {
    const socket = tls.connect({ socket: dial(world.nodes.east.address, 6443), rejectUnauthorized: false });
    let answer = '';
    socket.on('secureConnect', () => socket.write(text));
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString();
      socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer.split('\r\n')[0] ?? ''));
  });
}

t.test('the server stays up, whatever comes', async t => {
  await using world = await apiWorld();
  const host = 'Host: x\r\n';
  const rows: readonly (readonly [string, RegExp])[] = [
    ['GARBAGE\r\n\r\n', /^HTTP\/1.1 400/],
    [`GET /api/v1/../../etc/passwd HTTP/1.1\r\n${host}\r\n`, /^HTTP\/1.1 (403|404)/],
    [`GET /api/v1/namespaces/%ZZ/pods HTTP/1.1\r\n${host}\r\n`, /^HTTP\/1.1 400/],
    [`BREW /api/v1/pods HTTP/1.1\r\n${host}\r\n`, /^HTTP\/1.1 400/],
    [`OPTIONS /api/v1/pods HTTP/1.1\r\n${host}\r\n`, /^HTTP\/1.1 403/],
    [`GET /version HTTP/1.1\r\n${host}Authorization: Bearer x.y.z\r\n\r\n`, /^HTTP\/1.1 401/],
    [`GET /version HTTP/1.1\r\n${host}Authorization: Basic eDp5\r\n\r\n`, /^HTTP\/1.1 401/],
    [`GET /version HTTP/1.1\r\n${host}X: ${'y'.repeat(100_000)}\r\n\r\n`, /^HTTP\/1.1 200/],
    [
      `GET /api/v1/namespaces/sample/pods/p/exec?command=x HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
      /^HTTP\/1.1 403/,
    ],
    [`GET /version HTTP/1.1\r\n${host}\r\n`, /^HTTP\/1.1 200/],
  ];
  for (const [text, expected] of rows) t.match(await rawRequest(world, text), expected, text.slice(0, 60).trim());
  const plain = world.dial(world.world.nodes.east.address, 6443);
  plain.on('error', () => {});
  plain.write('this is not TLS\r\n');
  await sleep(world.world.clock, 1000);
  plain.destroy();
  t.equal(await refusalOf(world.admin.list(configMaps)), 'none');
});

t.test('bodies that are broken, deep or strange are refused', async t => {
  await using world = await apiWorld();
  const path = '/api/v1/namespaces/sample/configmaps';
  const post = (body: string, contentType = 'application/json') =>
    refusalOf(world.admin.request('POST', path, { body, contentType }));
  t.match(await post(''), /^400 BadRequest: .*unexpected end of JSON input \(<empty>\)$/);
  t.match(await post('[]'), /^400 BadRequest/);
  t.match(await post('null'), /^400 BadRequest/);
  t.match(await post('{"metadata": []}'), /^400 BadRequest: .*cannot unmarshal/);
  t.match(await post('a: [', 'application/yaml'), /^400 BadRequest/);
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
  t.match(
    await post('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yaml}\ndata: {k: v}', 'application/yaml'),
    /none/,
  );
});

t.test('a client that takes nothing holds nobody up', async t => {
  await using world = await apiWorld();
  const socket = tls.connect({ socket: world.dial(world.world.nodes.east.address, 6443), rejectUnauthorized: false });
  socket.on('error', () => {});
  socket.pause();
  socket.write('GET /version HTTP/1.1\r\nHost: x\r\n');
  for (let index = 0; index < 20; index++) await world.admin.create(configMaps, configMap(`m${index}`));
  t.equal((await world.admin.list(configMaps)).items.length, 20);
  socket.destroy();
});
