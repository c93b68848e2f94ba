/** Reviews and token requests: what they answer, and in which words they refuse. */
import t from 'tap';
import { type ApiWorld, apiWorld } from '../api-world.ts';
import { rawRequest, refusal } from '../raw-exchange.ts';

const AUTHORIZATION = '/apis/authorization.k8s.io/v1';
const TOKEN = '/api/v1/namespaces/sample/serviceaccounts/default/token';

const post = (world: ApiWorld, path: string, body: unknown) =>
  rawRequest(world, 'POST', path, { body: JSON.stringify(body), headers: { 'user-agent': 'peer/1' } });

t.test('reviews of access are refused without the name of their kind', async t => {
  await using world = await apiWorld();
  const review = async (plural: string, spec: unknown, metadata?: unknown) =>
    refusal(await post(world, `${AUTHORIZATION}/${plural}`, { metadata, spec }));
  const head = '422 .authorization.k8s.io "" is invalid: ';
  const [resourceAttributes, nonResourceAttributes] = [{ verb: 'get', resource: 'pods' }, { path: '/x' }];
  const nothing =
    'spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified';
  const nobody = 'spec.user: Invalid value: "": at least one of user or group must be specified';
  const both =
    'spec.nonResourceAttributes: Invalid value: {"Path":"/x","Verb":""}: cannot be specified in combination with resourceAttributes';
  t.equal(await review('selfsubjectaccessreviews', {}), head + nothing);
  t.equal(await review('subjectaccessreviews', {}), `${head}[${nothing}, ${nobody}]`);
  t.equal(await review('subjectaccessreviews', { resourceAttributes }), head + nobody);
  t.equal(
    await review('selfsubjectaccessreviews', { resourceAttributes, nonResourceAttributes }),
    head + both,
  );
  const local = 'namespaces/sample/localsubjectaccessreviews';
  t.equal(
    await review(local, { user: 'bob', nonResourceAttributes }),
    `${head}spec.nonResourceAttributes: Invalid value: {"Path":"/x","Verb":""}: disallowed on this kind of request`,
  );
  t.equal(
    await review(local, { user: 'bob', resourceAttributes: { ...resourceAttributes, namespace: 'other' } }),
    `${head}spec.resourceAttributes.namespace: Invalid value: "other": must match metadata.namespace`,
  );
  t.match(
    await review('selfsubjectaccessreviews', { resourceAttributes }, { labels: { a: 'b' } }),
    /^422 .*metadata: Invalid value: \{"labels":\{"a":"b"\},.*\}: must be empty$/,
  );
  const named = await rawRequest(world, 'GET', `${AUTHORIZATION}/subjectaccessreviews/x`);
  t.equal(named.code, 404, 'none of them has a name');
});

t.test('reviews tell whose fields they were', async t => {
  await using world = await apiWorld();
  const spec = { user: 'bob', resourceAttributes: { verb: 'get', resource: 'pods' } };
  const { text } = await post(world, `${AUTHORIZATION}/subjectaccessreviews`, { spec });
  t.notMatch(text, 'creationTimestamp');
  t.match(JSON.parse(text), {
    metadata: {
      managedFields: [
        {
          manager: 'peer',
          fieldsV1: { 'f:spec': { 'f:resourceAttributes': { 'f:verb': {} }, 'f:user': {} } },
        },
      ],
    },
    status: { allowed: false },
  });
});

t.test('an administrator has the rules of all, and those of everybody', async t => {
  await using world = await apiWorld();
  const { text } = await post(world, `${AUTHORIZATION}/selfsubjectrulesreviews`, {
    spec: { namespace: 'default' },
  });
  const { metadata, spec, status } = JSON.parse(text) as {
    metadata: unknown;
    spec: unknown;
    status: { resourceRules: { resources: string[] }[]; nonResourceRules: { nonResourceURLs: string[] }[] };
  };
  t.same([metadata, spec], [{}, {}]);
  const resources = status.resourceRules.map(rule => rule.resources.join());
  t.ok(resources.includes('*') && resources.includes('selfsubjectreviews'));
  const paths = status.nonResourceRules.flatMap(rule => rule.nonResourceURLs);
  t.ok(paths.includes('*') && paths.includes('/openapi/*'), 'discovery among them');
});

t.test('a token is asked for the account of the path', async t => {
  await using world = await apiWorld();
  const ask = async (body: unknown) => refusal(await post(world, TOKEN, body));
  t.equal(
    await ask({ metadata: { name: 'other' } }),
    '422 TokenRequest.authentication.k8s.io "default" is invalid: metadata.name: Invalid value: "other": must match the service account name if specified',
  );
  t.match(
    await ask({ metadata: { namespace: 'other' } }),
    /^400 the namespace of the provided object does not match/,
  );
  const bind = (kind: string, apiVersion?: string) => ({
    spec: { boundObjectRef: { kind, apiVersion, name: 'x' } },
  });
  t.equal(await ask(bind('Foo')), '400 cannot bind token to object of type /, Kind=Foo');
  t.equal(await ask(bind('ConfigMap', 'v1')), '400 cannot bind token to object of type /v1, Kind=ConfigMap');
  t.equal(await ask(bind('Job', 'batch/v1')), '400 cannot bind token to object of type batch/v1, Kind=Job');
  t.equal(await ask(bind('Node', 'v1')), '404 nodes "x" not found');
  const { text } = await post(world, TOKEN, { metadata: { name: 'default' } });
  t.match(JSON.parse(text), {
    metadata: { name: 'default', uid: /-/, managedFields: [{ subresource: 'token' }] },
  });
});
