import t from 'tap';
import { readFields } from '../../../../harness/simulator/kubernetes/http/protobuf/wire.ts';
import { encodeVersion2 } from '../../../../harness/simulator/kubernetes/openapi/protobuf/version2.ts';
import { encodeVersion3 } from '../../../../harness/simulator/kubernetes/openapi/protobuf/version3.ts';

/** The fields at a path of numbers, the first of each. */
function at(bytes: Buffer, ...path: readonly number[]) {
  let inside = bytes;
  for (const [index, number] of path.entries()) {
    const field = readFields(inside).find(each => each.number === number);
    if (!field) return `no ${path.slice(0, index + 1).join('.')}`;
    if (index === path.length - 1) return field.wire === 2 ? field.bytes.toString() : Number(field.integer);
    inside = field.bytes;
  }
  return undefined;
}

t.test('a document of version 3', async t => {
  const ref = { $ref: '#/components/schemas/b' };
  const bytes = encodeVersion3({
    openapi: '3.0.0',
    info: { title: 'T', version: '1' },
    paths: {
      '/a': {
        get: {
          operationId: 'readA',
          responses: { 200: { description: 'OK', content: { 'application/json': { schema: ref } } } },
          'x-kubernetes-action': 'get',
        },
        parameters: [{ name: 'n', in: 'query', schema: { type: 'string', uniqueItems: true } }],
      },
    },
    components: {
      schemas: {
        a: {
          properties: { p: { default: {}, allOf: [ref] } },
          minimum: 0,
          maximum: 1.5,
          default: 0,
          enum: [''],
          items: ref,
          additionalProperties: false,
          'x-kubernetes-list-map-keys': ['k'],
        },
      },
    },
  });
  t.equal(at(bytes, 1), '3.0.0');
  t.equal(at(bytes, 2, 6), '1');
  t.equal(at(bytes, 4, 1, 1), '/a');
  t.equal(at(bytes, 4, 1, 2, 4, 5), 'readA');
  t.equal(at(bytes, 4, 1, 2, 4, 8, 2, 1), '200');
  t.equal(
    at(bytes, 4, 1, 2, 4, 8, 2, 2, 1, 3, 1, 2, 1, 2, 1),
    ref.$ref,
    'a reference has a message of its own',
  );
  t.equal(at(bytes, 4, 1, 2, 4, 13, 2, 2), 'get\n', 'an extension is YAML');
  t.equal(at(bytes, 4, 1, 2, 13, 1, 10, 1, 20), 1);
  const schema = [5, 1, 1, 2, 1] as const;
  t.equal(at(bytes, ...schema, 13), 'no 5.1.1.2.1.13', 'nought is not written');
  t.equal(at(bytes, ...schema, 33, 1), 0, 'but as a default');
  t.equal(at(bytes, ...schema, 24, 2), '""\n');
  t.equal(at(bytes, ...schema, 30, 1, 2, 1), ref.$ref);
  t.equal(at(bytes, ...schema, 32, 2), 0);
  t.equal(at(bytes, ...schema, 31, 1, 2, 1, 26, 2, 1), ref.$ref);
  t.equal(
    at(bytes, ...schema, 31, 1, 2, 1, 33),
    '',
    'of a default that is an object there is only that it is',
  );
  t.equal(at(bytes, ...schema, 36, 2, 2), '- k\n');
});

t.test('the document of version 2', async t => {
  const bytes = encodeVersion2({
    swagger: '2.0',
    paths: {
      '/a': {
        post: {
          consumes: ['*/*'],
          parameters: [
            { name: 'body', in: 'body', required: true, schema: { $ref: '#/definitions/A' } },
            { name: 'dryRun', in: 'query', type: 'string', uniqueItems: true },
            { $ref: '#/parameters/p' },
          ],
          responses: { 200: { description: 'OK', schema: { type: 'string' } } },
        },
      },
    },
    definitions: { A: { type: 'object', properties: { n: { $ref: '#/definitions/B' } } } },
    parameters: { p: { name: 'ns', in: 'path', required: true, type: 'string' } },
    security: [{ BearerToken: [] }],
    securityDefinitions: { BearerToken: { type: 'apiKey', name: 'authorization', in: 'header' } },
  });
  const operation = [8, 2, 2, 4] as const;
  t.equal(at(bytes, ...operation, 7), '*/*');
  t.equal(at(bytes, ...operation, 8, 1, 1, 5, 1), '#/definitions/A');
  t.equal(at(bytes, ...operation, 9, 1, 2, 1, 2, 1, 22, 1), 'string');
  t.equal(at(bytes, 9, 1, 2, 25, 1, 2, 1), '#/definitions/B');
  t.equal(at(bytes, 10, 1, 2, 2, 4, 4), 'ns');
  t.equal(at(bytes, 12, 1, 1), 'BearerToken');
  t.equal(at(bytes, 13, 1, 2, 2, 2), 'authorization');
  const kinds = readFields(Buffer.from(bytes)).map(({ number }) => number);
  t.same(kinds, [1, 8, 9, 10, 12, 13], 'in the order of their numbers, as Go writes them');
});
