/** What clients accept, and what they get: forms, media types, compression. */
import { gunzipSync } from 'node:zlib';
import t from 'tap';
import {
  type Accepted,
  acceptedForm,
  CUSTOM,
  OBJECTS,
} from '../../../../harness/simulator/kubernetes/http/accept.ts';
import { apiWorld, configMap, configMaps } from '../api-world.ts';
import { rawRequest, refusal } from '../raw-exchange.ts';

const TABLE = 'application/json;as=Table;g=meta.k8s.io;v=v1';
const ONE = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const MANY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const MEDIA = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';
const CONFIG_MAPS = '/api/v1/namespaces/sample/configmaps';
const REVIEW = '/apis/authentication.k8s.io/v1/selfsubjectreviews';

t.test('the form that counts is the first that both sides know', t => {
  const shown = (accept: string, endpoint = OBJECTS): string | undefined => {
    const form: Accepted | undefined = acceptedForm(accept, endpoint);
    return form && `${form.media} ${form.conversion?.kind ?? ''}`.trim();
  };
  const rows: readonly (readonly [accept: string, builtIn: string | undefined, custom?: string])[] = [
    ['', 'json'],
    ['*/*', 'json'],
    ['application/json', 'json'],
    ['application/yaml', 'yaml'],
    ['text/html,application/xhtml+xml,*/*;q=0.8', 'json'],
    ['application/yaml;q=0.5, application/json;q=0.9', 'json'],
    ['application/json;q=0.5,application/yaml', 'yaml'],
    ['application/vnd.kubernetes.protobuf', 'protobuf', ''],
    ['application/vnd.kubernetes.protobuf,application/json', 'protobuf', 'json'],
    [TABLE, 'json Table'],
    [`${TABLE},application/json`, 'json Table'],
    ['application/json;as=Table;g=meta.k8s.io;v=v2,application/json', 'json'],
    ['application/json;as=Table', undefined],
    ['application/vnd.kubernetes.protobuf;as=Table;g=meta.k8s.io;v=v1', undefined],
    ['application/json;stream=watch', 'json'],
    ['application/yaml;stream=watch', undefined],
    ['garbage', undefined],
  ];
  for (const [accept, builtIn, custom = builtIn] of rows) {
    t.equal(shown(accept), builtIn, accept);
    t.equal(shown(accept, CUSTOM), custom || undefined, `${accept} of a custom resource`);
  }
  t.end();
});

t.test('what cannot be shown is 406', async t => {
  await using world = await apiWorld();
  await world.admin.create(configMaps, configMap('a'));
  const ask = async (path: string, accept: string, method = 'GET', body?: string) =>
    refusal(await rawRequest(world, method, path, { headers: { accept }, ...(body && { body }) }));
  const types = `only the following media types are accepted: ${MEDIA}`;
  const router = `406 406: Not Acceptable\n\nAvailable representations: ${MEDIA}`;
  const streams = 'application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch';
  t.equal(await ask(`${CONFIG_MAPS}/a`, 'text/html'), router);
  t.equal(await ask(`${CONFIG_MAPS}/nothing`, 'application/cbor'), router, 'before anything is looked up');
  t.equal(await ask(CONFIG_MAPS, 'text/html'), `${router}, ${streams}`);
  t.equal(await ask(`${CONFIG_MAPS}/a`, 'application/json;as=Foo'), `406 ${types}`);
  t.equal(await ask(REVIEW, TABLE, 'POST', '{}'), `406 ${types}`, 'a review has no columns');
  t.equal(
    await ask(CONFIG_MAPS, ONE),
    '406 you requested PartialObjectMetadata, but the requested object is a list (*core.ConfigMapList)',
  );
  t.equal(
    await ask('/apis/rbac.authorization.k8s.io/v1/clusterroles/view', MANY),
    '406 you requested PartialObjectMetadataList, but the requested object is not a list (*rbac.ClusterRole)',
  );
  t.equal(
    await ask('/version', 'text/html'),
    '406 406: Not Acceptable\n\nAvailable representations: application/json',
  );
  t.equal(
    await ask(`${CONFIG_MAPS}?includeObject=Foo`, TABLE),
    "400 Unable to convert to Table as requested: includeObject: Invalid value: \"Foo\": must be 'Metadata', 'Object', 'None', or empty",
  );
  const watch = await rawRequest(world, 'GET', `${CONFIG_MAPS}?watch=1`, {
    headers: { accept: 'application/yaml' },
  });
  t.equal(watch.code, 406);
  t.match(
    watch.text,
    `message: "only the following media types are accepted: ${streams}"`,
    'an error in YAML',
  );
});

t.test('an answer to a write has the form that is accepted, too', async t => {
  await using world = await apiWorld();
  const headers = { accept: ONE };
  const body = JSON.stringify({ metadata: { name: 'a' }, data: { k: 'v' } });
  const kindOf = async (method: string, path: string, type: string, content: string) => {
    const answer = await rawRequest(world, method, path, {
      headers: { ...headers, 'content-type': type },
      body: content,
    });
    return `${answer.code} ${(JSON.parse(answer.text) as { kind: string }).kind}`;
  };
  t.equal(await kindOf('POST', CONFIG_MAPS, 'application/json', body), '201 PartialObjectMetadata');
  t.equal(await kindOf('PUT', `${CONFIG_MAPS}/a`, 'application/json', body), '200 PartialObjectMetadata');
  const patched = await kindOf('PATCH', `${CONFIG_MAPS}/a`, 'application/merge-patch+json', '{}');
  t.equal(patched, '200 PartialObjectMetadata');
});

t.test('people get indented answers, and programs those that they ask for', async t => {
  await using world = await apiWorld();
  const ask = async (path: string, headers = {}) => (await rawRequest(world, 'GET', path, { headers })).text;
  const path = '/api/v1/namespaces/sample';
  t.match(await ask(path), /^\{"kind":"Namespace",.*\}\n$/);
  for (const agent of ['curl/8.5.0', 'Wget/1.21', 'Mozilla/5.0 (X11)'])
    t.match(await ask(path, { 'user-agent': agent }), /^\{\n {2}"kind"/, agent);
  t.match(await ask(`${path}?pretty=1`), /^\{\n {2}"kind"/);
  t.match(await ask(`${path}?pretty=false`, { 'user-agent': 'curl/8.5.0' }), /^\{"kind"/);
  t.match(await ask(`${path}-not?pretty=true`), /^\{\n {2}"kind": "Status"/, 'an error too');
  const yaml = await ask(path, { accept: 'application/yaml' });
  t.match(yaml, /^apiVersion: v1\nkind: Namespace\nmetadata:\n {2}creationTimestamp: "/);
});

t.test('long answers are compressed for clients that can read it', async t => {
  await using world = await apiWorld();
  const ask = (headers: Record<string, string>) => rawRequest(world, 'GET', CONFIG_MAPS, { headers });
  const gzip = { 'accept-encoding': 'deflate, gzip' };
  await world.admin.create(configMaps, configMap('short'));
  t.notOk((await ask(gzip)).headers['content-encoding']);
  await world.admin.create(configMaps, configMap('long', { data: { k: 'v'.repeat(128 * 1024) } }));
  const packed = await ask(gzip);
  t.match(packed.headers, { 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
  t.ok(packed.body.length < 10_000, 'it is short');
  const plain = await ask({});
  t.notOk(plain.headers['content-encoding']);
  t.equal(gunzipSync(packed.body).toString(), plain.text);
});
