import t from 'tap';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import type { Schema } from '../../../../harness/simulator/kubernetes/openapi/schema.ts';
import { apiWorld } from '../api-world.ts';
import { type Answer, type Ask, asker } from '../raw-request.ts';

const definitions = { apiVersion: 'apiextensions.k8s.io/v1', plural: 'customresourcedefinitions' };
const name = 'boats.harbour.example';

const schema = {
  type: 'object',
  description: 'A boat.',
  required: ['spec'],
  externalDocs: { url: 'https://example.test' },
  properties: {
    spec: {
      type: 'object',
      required: ['hull', 'rig'],
      properties: {
        hull: { type: 'string', default: 'wood', enum: ['wood', 'steel'] },
        rig: { type: 'object', nullable: true, properties: { masts: { type: 'integer' } } },
        draught: { 'x-kubernetes-int-or-string': true },
        cargo: {
          type: 'object',
          'x-kubernetes-preserve-unknown-fields': true,
          properties: { a: { type: 'string' } },
        },
        tender: {
          type: 'object',
          'x-kubernetes-embedded-resource': true,
          properties: { oars: { type: 'integer' } },
        },
        flag: { type: 'object', oneOf: [{ required: ['a'] }, { required: ['b'] }] },
      },
    },
  },
};

const version = (called: string, openAPIV3Schema: object, more: object = {}) => ({
  name: called,
  served: true,
  storage: called === 'v1',
  schema: { openAPIV3Schema },
  ...more,
});

const definition = (versions: readonly object[]): KubernetesObject => ({
  metadata: { name },
  spec: {
    group: 'harbour.example',
    scope: 'Namespaced',
    names: { plural: 'boats', singular: 'boat', kind: 'Boat', listKind: 'BoatList' },
    versions,
  },
});

const VERSIONS = [
  version('v1', schema, {
    subresources: { status: {} },
    selectableFields: [{ jsonPath: '.spec.hull' }],
  }),
  version('v1beta1', { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }),
];

const get = (ask: Ask, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  ask({ method: 'GET', path, headers });

interface Document {
  readonly paths: Readonly<Record<string, unknown>>;
  readonly definitions: Readonly<Record<string, Schema>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}
const documentIn = ({ body }: Answer) => body as Document;

t.test('custom resources are published with what is structural of their schema', async t => {
  await using world = await apiWorld();
  const ask = asker(world);
  await world.admin.create(definitions, definition(VERSIONS));
  const { components, paths } = documentIn(await get(ask, '/openapi/v3/apis/harbour.example/v1'));
  const boat = components.schemas['example.harbour.v1.Boat'] as Schema;
  t.match(boat, {
    description: 'A boat.',
    required: ['spec'],
    'x-kubernetes-group-version-kind': [{ group: 'harbour.example', kind: 'Boat', version: 'v1' }],
    'x-kubernetes-selectable-fields': [{ fieldPath: 'spec.hull' }],
    properties: { apiVersion: { type: 'string' }, metadata: { description: /^Standard object/ } },
  });
  t.notOk('externalDocs' in boat);
  const spec = boat.properties?.['spec']?.properties ?? {};
  t.same(spec['hull'], { type: 'string', default: 'wood', enum: ['wood', 'steel'] });
  t.same(spec['draught']?.['anyOf'], [{ type: 'integer' }, { type: 'string' }]);
  t.match(spec['rig'], { nullable: true, properties: { masts: {} } });
  t.match(spec['tender'], { required: ['kind', 'apiVersion'], properties: { metadata: {}, oars: {} } });
  t.match(components.schemas['example.harbour.v1.BoatList'], { required: ['items'] });
  const path = '/apis/harbour.example/v1/namespaces/{namespace}/boats/{name}';
  t.match(paths[path], { get: { operationId: 'readHarbourExampleV1NamespacedBoat' } });
  t.ok(`${path}/status` in paths);
  t.notOk(Object.keys(paths).some(each => each.includes('/watch/')));
  const beta = documentIn(await get(ask, '/openapi/v3/apis/harbour.example/v1beta1'));
  t.notOk(
    Object.keys(beta.paths).some(each => each.endsWith('/status')),
    'another version has no status',
  );
});

t.test('for clients of version 2 without what they stumble over', async t => {
  await using world = await apiWorld();
  const ask = asker(world);
  await world.admin.create(definitions, definition(VERSIONS));
  const all = documentIn(await get(ask, '/openapi/v2')).definitions;
  const spec = all['example.harbour.v1.Boat']?.properties?.['spec'] as Schema;
  t.same(spec['required'], ['hull'], 'what may be null is not required');
  t.same(spec.properties?.['hull'], { type: 'string', enum: ['wood', 'steel'] });
  t.same(spec.properties?.['rig'], {});
  t.same(spec.properties?.['cargo'], { 'x-kubernetes-preserve-unknown-fields': true });
  t.same(spec.properties?.['flag'], { type: 'object' });
  t.same(Object.keys(all['example.harbour.v1beta1.Boat'] ?? {}), ['type', 'x-kubernetes-group-version-kind']);
});

t.test('documents follow the definitions', async t => {
  await using world = await apiWorld();
  const ask = asker(world);
  const pathsNow = async () => {
    const { body } = await get(ask, '/openapi/v3');
    const { paths } = JSON.parse(String(JSON.stringify(body))) as {
      paths: Record<string, { serverRelativeURL: string }>;
    };
    return paths;
  };
  const apps = 'apis/apps/v1';
  const before = await pathsNow();
  await world.admin.create(definitions, definition(VERSIONS));
  const after = await pathsNow();
  t.ok('apis/harbour.example/v1beta1' in after);
  t.same(after[apps], before[apps], 'what did not change keeps its address');
  const renamed = definition([version('v1', schema), version('v2', schema)]);
  const found = await world.admin.get({ ...definitions, name });
  await world.admin.replace({ ...definitions, name }, { ...renamed, metadata: { ...found?.metadata, name } });
  const later = await pathsNow();
  t.ok('apis/harbour.example/v2' in later);
  t.notOk('apis/harbour.example/v1beta1' in later);
  t.not(
    later['apis/harbour.example/v1']?.serverRelativeURL,
    after['apis/harbour.example/v1']?.serverRelativeURL,
  );
  const { definitions: all } = documentIn(await get(ask, '/openapi/v2'));
  t.same(
    Object.keys(all).filter(each => each.endsWith('.Boat')),
    ['example.harbour.v1.Boat', 'example.harbour.v2.Boat'],
  );
  await world.admin.delete({ ...definitions, name });
  t.equal((await get(ask, '/openapi/v3/apis/harbour.example/v1')).code, 404);
  t.notMatch(Object.keys(documentIn(await get(ask, '/openapi/v2')).definitions), /harbour/);
  t.same(await pathsNow(), before);
});

t.test('a client says in which form it wants a document, and keeps it by its hash', async t => {
  await using world = await apiWorld();
  const ask = asker(world);
  const path = '/openapi/v3/apis/apps/v1';
  const plain = await get(ask, path);
  t.match(plain.headers, {
    'content-type': 'application/json',
    vary: 'Accept',
    'cache-control': 'no-cache, private',
  });
  const tag = plain.headers.etag ?? '';
  t.equal((await get(ask, path, { 'if-none-match': tag })).code, 304);
  const hash = tag.replaceAll('"', '');
  const kept = await get(ask, `${path}?hash=${hash}`);
  t.match(kept.headers, { 'cache-control': 'public, immutable', expires: /UTC$/ });
  const moved = await get(ask, `${path}?hash=0`);
  t.match(moved, { code: 301, headers: { location: `${path}?hash=${hash}` } });
  const { body } = await get(ask, '/openapi/v3');
  t.match(
    JSON.stringify(body),
    `${path}?hash=${hash}`,
    'the index knows the hash before the document is made',
  );
  t.equal((await get(ask, '/openapi/v3/apis/none/v1')).code, 404);
  for (const [asked, type] of [
    ['application/com.github.proto-openapi.spec.v3@v1.0+protobuf', 'spec.v3.v1.0+protobuf'],
    ['text/html, application/*;q=0.1', 'json'],
  ] as const)
    t.match((await get(ask, path, { accept: asked })).headers['content-type'], type);
  t.equal((await get(ask, path, { accept: 'application/yaml' })).code, 406);
  t.equal((await get(ask, '/openapi/v2', { accept: 'application/vnd.kubernetes.protobuf' })).code, 406);
  const old = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
  const packed = await get(ask, '/openapi/v2', { accept: old, 'accept-encoding': 'gzip' });
  t.match(packed.headers, { 'content-encoding': 'gzip', 'content-type': /spec\.v2\.v1\.0\+protobuf$/ });
});
