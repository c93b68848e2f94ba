/** Who a request is: certificates, tokens in their places, and acting as somebody else. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import t from 'tap';
import { sleep } from '../../../../harness/base/clock.ts';
import { type ApiWorld, apiWorld, refusalOf } from '../api-world.ts';
import { credentialsOf, type RawOptions, rawRequest, refusal } from '../raw-exchange.ts';

const REVIEW = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
const NAMESPACE = '/api/v1/namespaces/sample';

async function whoAmI(world: ApiWorld, options: RawOptions = {}) {
  const { text } = await rawRequest(world, 'POST', REVIEW, { ...options, body: '{}' });
  return (JSON.parse(text) as { status: { userInfo: unknown } }).status.userInfo;
}

t.test('a request may act as any user, with all that makes one', async t => {
  await using world = await apiWorld();
  const as = (headers: Record<string, string | string[]>) => whoAmI(world, { headers });
  const everybody = 'system:authenticated';
  t.same(
    await as({
      'impersonate-user': 'bob',
      'impersonate-uid': 'u-1',
      'impersonate-group': ['dev', 'a, b'],
      'impersonate-extra-scopes': ['read', 'write'],
      'impersonate-extra-Example.com%2FTeam': 'blue',
    }),
    {
      username: 'bob',
      uid: 'u-1',
      groups: ['dev', 'a, b', everybody],
      extra: { scopes: ['read', 'write'], 'example.com/team': ['blue'] },
    },
  );
  const account = 'system:serviceaccount:sample:default';
  const own = ['system:serviceaccounts', 'system:serviceaccounts:sample', everybody];
  t.same(await as({ 'impersonate-user': account }), { username: account, groups: own });
  t.same(
    await as({ 'impersonate-user': account, 'impersonate-group': 'dev' }),
    { username: account, groups: ['dev', everybody] },
    'groups that are said are all of them',
  );
  const stranger = { 'impersonate-user': 'bob', 'impersonate-group': 'system:unauthenticated' };
  const answer = await rawRequest(world, 'POST', REVIEW, { headers: stranger, body: '{}' });
  t.equal(answer.code, 403, 'nobody known is not asked who it is');
});

t.test('each part of another identity must be allowed', async t => {
  await using world = await apiWorld();
  const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1' };
  const rule = { apiGroups: [''], resources: ['users'], verbs: ['impersonate'], resourceNames: ['bob'] };
  const more = {
    apiGroups: ['authentication.k8s.io'],
    resources: ['userextras/scopes'],
    verbs: ['impersonate'],
  };
  await world.admin.create(
    { ...rbac, plural: 'clusterroles' },
    { metadata: { name: 'actor' }, rules: [rule, more] },
  );
  await world.admin.create(
    { ...rbac, plural: 'clusterrolebindings' },
    {
      metadata: { name: 'actor' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'actor' },
      subjects: [{ kind: 'User', name: 'alice', apiGroup: 'rbac.authorization.k8s.io' }],
    },
  );
  const { certificatePem, keyPem } = await world.api.issueClientCertificate('alice', []);
  const alice = { ...world, api: { ...world.api, kubeconfig: () => kubeconfigWith(certificatePem, keyPem) } };
  const ask = async (headers: Record<string, string>) => {
    const answer = await rawRequest(alice, 'GET', '/version', { headers });
    return answer.code === 200 ? '200' : refusal(answer);
  };
  const refused = (what: string, group = '') =>
    `User "alice" cannot impersonate resource "${what}" in API group "${group}" at the cluster scope`;
  t.equal(await ask({ 'impersonate-user': 'bob' }), '200');
  t.equal(await ask({ 'impersonate-user': 'bob', 'impersonate-extra-scopes': 'x' }), '200');
  t.equal(await ask({ 'impersonate-user': 'eve' }), `403 users "eve" is forbidden: ${refused('users')}`);
  t.equal(
    await ask({ 'impersonate-user': 'bob', 'impersonate-group': 'dev' }),
    `403 groups "dev" is forbidden: ${refused('groups')}`,
  );
  t.equal(
    await ask({ 'impersonate-user': 'bob', 'impersonate-uid': '7' }),
    `403 uids.authentication.k8s.io "7" is forbidden: ${refused('uids', 'authentication.k8s.io')}`,
  );
  t.equal(
    await ask({ 'impersonate-user': 'bob', 'impersonate-extra-team': 'x' }),
    `403 userextras.authentication.k8s.io "x" is forbidden: ${refused('userextras/team', 'authentication.k8s.io')}`,
  );
});

const kubeconfigWith = (certificatePem: string, keyPem: string): string => {
  const encode = (pem: string) => Buffer.from(pem).toString('base64');
  const user = { 'client-certificate-data': encode(certificatePem), 'client-key-data': encode(keyPem) };
  return JSON.stringify({ users: [{ name: 'alice', user }] });
};

t.test('nobody acts as a group, an id or a property alone', async t => {
  await using world = await apiWorld();
  for (const [headers, wanted] of [
    [{ 'impersonate-group': 'dev' }, '[{Group  dev    }]'],
    [{ 'impersonate-uid': '7' }, '[{UID  7  authentication.k8s.io/v1  }]'],
    [{ 'impersonate-extra-a': 'b' }, '[{UserExtra  b  authentication.k8s.io/v1  a}]'],
  ] as const) {
    const { code, text } = await rawRequest(world, 'GET', NAMESPACE, { headers });
    t.match(text, `requested ${wanted} without impersonating a user`);
    t.ok(code === 400 || code === 500, 'as the version has it');
  }
});

t.test('tokens are read where a real server reads them', async t => {
  await using world = await apiWorld();
  const path = { apiVersion: 'v1', plural: 'serviceaccounts', namespace: 'sample', name: 'default' };
  const made = await world.admin.create({ ...path, subresource: 'token' }, { metadata: {}, spec: {} });
  const { token } = (made as unknown as { status: { token: string } }).status;
  const nameOf = async (authorization: string) => {
    const options = { isAnonymous: true, headers: { authorization } };
    const answer = await rawRequest(world, 'GET', NAMESPACE, options);
    return answer.code === 401 ? '401' : (/User \\"([^\\]+)\\"/.exec(answer.text)?.[1] ?? answer.text);
  };
  const account = 'system:serviceaccount:sample:default';
  t.equal(await nameOf(`Bearer ${token}`), account);
  t.equal(await nameOf(` bearer ${token} `), account);
  t.equal(await nameOf(`Bearer ${token} and more`), account);
  t.equal(await nameOf('Bearer nonsense'), '401');
  for (const absent of ['Bearer', 'Bearer ', `Bearer  ${token}`, 'Basic eDp5', 'nonsense'])
    t.equal(await nameOf(absent), 'system:anonymous', absent);
});

t.test('an account that is gone is known for ten seconds more', async t => {
  await using world = await apiWorld();
  const accounts = { apiVersion: 'v1', plural: 'serviceaccounts', namespace: 'sample' };
  await world.admin.create(accounts, { metadata: { name: 'short-lived' } });
  const path = { ...accounts, name: 'short-lived' };
  const made = await world.admin.create({ ...path, subresource: 'token' }, { metadata: {}, spec: {} });
  const { token } = (made as unknown as { status: { token: string } }).status;
  const client = world.withToken(token);
  const ask = async () => (await refusalOf(client.request('GET', NAMESPACE))).slice(0, 3);
  t.equal(await ask(), '403', 'it has no rights');
  await world.admin.delete(path);
  t.equal(await ask(), '403', 'out of the cache');
  const { clock } = world.world;
  await sleep(clock, 9_000);
  t.equal(await ask(), '403');
  await sleep(clock, 1_001);
  t.equal(await ask(), '401');
});

t.test('a certificate has an id', async t => {
  await using world = await apiWorld();
  const { extra } = (await whoAmI(world)) as { extra: Record<string, string[]> };
  t.match(extra['authentication.kubernetes.io/credential-id'], [/^X509SHA256=[0-9a-f]{64}$/]);
});

t.test('client keys are in the form that all clients read', async t => {
  await using world = await apiWorld();
  const { keyPem, certificatePem } = await world.api.issueClientCertificate('alice', []);
  for (const pem of [keyPem, credentialsOf(world).key.toString()]) {
    t.match(pem, /^-----BEGIN EC PRIVATE KEY-----\n/);
    t.equal(createPrivateKey(pem).asymmetricKeyDetails?.namedCurve, 'prime256v1');
  }
  t.ok(new X509Certificate(certificatePem).checkPrivateKey(createPrivateKey(keyPem)), 'it fits');
});
