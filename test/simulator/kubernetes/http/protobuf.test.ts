import t from 'tap';
import { decodeProtobuf } from '../../../../harness/simulator/kubernetes/http/protobuf/decode.ts';
import { ApiError } from '../../../../harness/simulator/kubernetes/registry/status.ts';
import { apiWorld, refusalOf } from '../api-world.ts';

const varint = (value: number): number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
const bytes = (field: number, content: Buffer | string): Buffer => {
  const buffer = Buffer.from(content as string); // a Buffer is copied, a string encoded
  return Buffer.concat([Buffer.from([...varint(field * 8 + 2), ...varint(buffer.length)]), buffer]);
};
const int = (field: number, value: number): Buffer => Buffer.from([...varint(field * 8), ...varint(value)]);
const message = (...fields: readonly Buffer[]): Buffer => Buffer.concat(fields);
const envelope = (apiVersion: string, kind: string, raw: Buffer): Buffer =>
  message(
    Buffer.from('k8s\0'),
    bytes(1, message(bytes(1, apiVersion), bytes(2, kind))),
    bytes(2, raw),
    bytes(3, ''),
    bytes(4, ''),
  );
const metadata = (name: string): Buffer =>
  bytes(
    1,
    message(
      bytes(1, name),
      bytes(2, ''),
      bytes(3, ''),
      bytes(8, ''),
      bytes(11, message(bytes(1, 'a'), bytes(2, 'b'))),
    ),
  );

t.test('protobuf bodies become the objects that JSON would have been', async t => {
  const rows: { name: string; body: Buffer; expected: object }[] = [
    {
      name: 'empty strings and times are dropped',
      body: envelope('v1', 'Namespace', message(metadata('foo'), bytes(2, ''), bytes(3, bytes(1, 'x')))),
      expected: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'foo', labels: { a: 'b' } } },
    },
    {
      name: 'bytes are base64',
      body: envelope('v1', 'Secret', message(metadata('s'), bytes(2, message(bytes(1, 'k'), bytes(2, 'v'))))),
      expected: { data: { k: Buffer.from('v').toString('base64') } },
    },
    {
      name: 'zero is a value where Go has a pointer',
      body: envelope(
        'apps/v1',
        'Deployment',
        message(metadata('d'), bytes(2, message(int(1, 0), int(5, 0)))),
      ),
      expected: { spec: { replicas: 0 } },
    },
    {
      name: 'quantities, integers or strings, inlined messages',
      body: envelope(
        'v1',
        'Pod',
        message(
          metadata('p'),
          bytes(
            2,
            message(
              bytes(1, message(bytes(1, 'vol'), bytes(2, bytes(2, '')))),
              bytes(
                2,
                message(
                  bytes(1, 'c'),
                  bytes(8, bytes(1, message(bytes(1, 'cpu'), bytes(2, bytes(1, '100m'))))),
                  bytes(
                    11,
                    message(bytes(1, bytes(2, bytes(2, message(int(1, 1), bytes(3, 'http'))))), int(4, 3)),
                  ),
                ),
              ),
            ),
          ),
        ),
      ),
      expected: {
        spec: {
          volumes: [{ name: 'vol', emptyDir: {} }],
          containers: [
            {
              name: 'c',
              resources: { limits: { cpu: '100m' } },
              readinessProbe: { httpGet: { port: 'http' }, periodSeconds: 3 },
            },
          ],
        },
      },
    },
    {
      name: 'times of leases have six digits',
      body: envelope(
        'coordination.k8s.io/v1',
        'Lease',
        message(metadata('l'), bytes(2, bytes(3, message(int(1, 1), int(2, 5000))))),
      ),
      expected: { spec: { acquireTime: '1970-01-01T00:00:01.000005Z' } },
    },
  ];
  rows.push(
    {
      name: 'statuses',
      body: envelope('v1', 'Namespace', message(metadata('n'), bytes(3, bytes(1, 'Active')))),
      expected: { status: { phase: 'Active' } },
    },
    {
      name: 'the schema of a definition: unions, raw JSON, floats, names that only JSON has',
      body: envelope(
        'apiextensions.k8s.io/v1',
        'CustomResourceDefinition',
        message(
          metadata('d'),
          bytes(
            2,
            bytes(
              7,
              bytes(
                4,
                bytes(
                  1,
                  message(
                    bytes(5, 'object'),
                    bytes(8, bytes(1, '{"a":[1,null]}')),
                    Buffer.from([...varint(9 * 8 + 1), ...Buffer.from(Float64Array.of(1.5).buffer)]),
                    bytes(24, message(bytes(2, bytes(5, 'string')), bytes(2, bytes(5, 'integer')))),
                    bytes(30, message(int(1, 1))),
                    int(38, 1),
                  ),
                ),
              ),
            ),
          ),
        ),
      ),
      expected: {
        spec: {
          versions: [
            {
              schema: {
                openAPIV3Schema: {
                  type: 'object',
                  default: { a: [1, null] },
                  maximum: 1.5,
                  items: [{ type: 'string' }, { type: 'integer' }],
                  additionalProperties: true,
                  'x-kubernetes-preserve-unknown-fields': true,
                },
              },
            },
          ],
        },
      },
    },
  );
  for (const { name, body, expected } of rows) t.match(decodeProtobuf(body), expected, name);
});

t.test('broken bodies are refused, never misread', async t => {
  const good = envelope(
    'v1',
    'ConfigMap',
    message(metadata('c'), bytes(2, message(bytes(1, 'k'), bytes(2, 'v')))),
  );
  for (let length = 4; length < good.length; length++) {
    try {
      decodeProtobuf(good.subarray(0, length));
    } catch (error) {
      if (!(error instanceof ApiError)) t.fail(`cut at ${length}: ${String(error)}`);
    }
  }
  t.same(
    decodeProtobuf(envelope('v1', 'ConfigMap', bytes(99, 'x'))),
    { apiVersion: 'v1', kind: 'ConfigMap' },
    'Go skips fields that it does not know',
  );
  t.throws(() => decodeProtobuf(Buffer.from('{}')), { message: /lacks its prefix/ });
});

t.test('the server takes protobuf and answers JSON', async t => {
  await using world = await apiWorld();
  const post = (path: string, body: Buffer) =>
    // The client sends strings as they are: every byte of this body is below 128.
    world.admin.request('POST', path, {
      body: body.toString('latin1'),
      contentType: 'application/vnd.kubernetes.protobuf',
    });
  t.match(await post('/api/v1/namespaces', envelope('v1', 'Namespace', metadata('foo'))), {
    kind: 'Namespace',
    metadata: { name: 'foo' },
  });
  t.match(
    await refusalOf(post('/api/v1/namespaces', envelope('networking.istio.io/v1', 'Gateway', metadata('g')))),
    /^415 UnsupportedMediaType: the body of the request was in an unknown format/,
    'custom resources travel as JSON and YAML alone',
  );
});

t.test('a status comes in protobuf too', async t => {
  await using world = await apiWorld();
  await world.admin.request('POST', '/api/v1/namespaces', { body: { metadata: { name: 'foo' } } });
  const status = message(bytes(1, 'Active'), bytes(2, message(bytes(1, 'Odd'), bytes(2, 'True'))));
  t.match(
    await world.admin.request('PUT', '/api/v1/namespaces/foo/status', {
      body: envelope('v1', 'Namespace', message(metadata('foo'), bytes(3, status))).toString('latin1'),
      contentType: 'application/vnd.kubernetes.protobuf',
    }),
    { status: { phase: 'Active', conditions: [{ type: 'Odd', status: 'True' }] } },
  );
});
