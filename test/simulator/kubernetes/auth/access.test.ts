import t from 'tap';
import { sleep } from '../../../../harness/base/clock.ts';
import { type ApiWorld, apiWorld, configMaps, pods, refusalOf } from '../api-world.ts';

const roles = { apiVersion: 'rbac.authorization.k8s.io/v1', plural: 'roles', namespace: 'sample' };
const roleBindings = { ...roles, plural: 'rolebindings' };
const clusterRoles = { apiVersion: 'rbac.authorization.k8s.io/v1', plural: 'clusterroles' };
const clusterRoleBindings = { ...clusterRoles, plural: 'clusterrolebindings' };
const tokenOf = async (world: ApiWorld, spec: Record<string, unknown> = {}) => {
  const path = {
    apiVersion: 'v1',
    plural: 'serviceaccounts',
    namespace: 'sample',
    name: 'default',
    subresource: 'token',
  };
  const { status } = await world.admin.create(path, { spec });
  return (status as { token: string }).token;
};
const review = async (world: ApiWorld, token: string, audiences?: string[]) => {
  const path = { apiVersion: 'authentication.k8s.io/v1', plural: 'tokenreviews' };
  const { status } = await world.admin.create(path, { spec: { token, ...(audiences && { audiences }) } });
  return status as {
    authenticated?: boolean;
    error?: string;
    user: { username?: string; groups?: string[] };
  };
};

t.test('who is calling decides what is answered', async t => {
  await using world = await apiWorld();
  const nobody = world.withToken(undefined);
  t.equal(
    await refusalOf(nobody.list(pods)),
    '403 Forbidden: pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" in the namespace "sample"',
  );
  t.match(await nobody.request('GET', '/version'), { minor: '34' }, 'anybody may ask for the version');
  t.equal(
    await refusalOf(nobody.request('GET', '/metrics')),
    '403 Forbidden: forbidden: User "system:anonymous" cannot get path "/metrics"',
  );
  const liar = world.withToken('not-a-token');
  t.equal(
    await refusalOf(liar.request('GET', '/version')),
    '401 Unauthorized: Unauthorized',
    'a bad token is worse than none',
  );
  const alice = await world.withCertificate('alice', ['dev']);
  t.equal(
    await refusalOf(alice.get({ ...pods, name: 'p' })),
    '403 Forbidden: pods "p" is forbidden: User "alice" cannot get resource "pods" in API group "" in the namespace "sample"',
  );
  t.equal(
    await refusalOf(alice.list({ apiVersion: 'v1', plural: 'nodes' })),
    '403 Forbidden: nodes is forbidden: User "alice" cannot list resource "nodes" in API group "" at the cluster scope',
  );
});

t.test('roles take effect at once, and cease to', async t => {
  await using world = await apiWorld();
  const alice = await world.withCertificate('alice', ['dev']);
  await world.admin.create(roles, {
    metadata: { name: 'reader' },
    rules: [
      { apiGroups: [''], resources: ['configmaps'], verbs: ['list'] },
      { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list'], resourceNames: ['known'] },
    ],
  });
  t.match(await refusalOf(alice.list(configMaps)), /^403/);
  await world.admin.create(roleBindings, {
    metadata: { name: 'readers' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'dev' }],
  });
  t.equal(await refusalOf(alice.list(configMaps)), 'none');
  t.match(
    await refusalOf(alice.list({ ...configMaps, namespace: 'default' })),
    /^403/,
    'in its namespace only',
  );
  t.match(await refusalOf(alice.get({ ...configMaps, name: 'x' })), /^403/, 'its verbs only');
  const secrets = { ...configMaps, plural: 'secrets' };
  t.match(await refusalOf(alice.get({ ...secrets, name: 'known' })), /^404/, 'by name');
  t.match(await refusalOf(alice.list(secrets)), /^403/, 'a list of all is more than a name');
  t.equal(await refusalOf(alice.list(secrets, { fieldSelector: 'metadata.name=known' })), 'none');
  await world.admin.delete({ ...roleBindings, name: 'readers' });
  t.match(await refusalOf(alice.list(configMaps)), /^403/);
});

t.test('a service account is known by its token until that ends', async t => {
  await using world = await apiWorld();
  const token = await tokenOf(world, { expirationSeconds: 600 });
  const account = world.withToken(token);
  t.equal(
    await refusalOf(account.list(pods)),
    '403 Forbidden: pods is forbidden: User "system:serviceaccount:sample:default" cannot list resource "pods" in API group "" in the namespace "sample"',
  );
  await world.admin.create(clusterRoleBindings, {
    metadata: { name: 'view' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
    subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'sample' }],
  });
  t.equal(await refusalOf(account.list(pods)), 'none');
  await sleep(world.world.clock, 601_000);
  t.equal(await refusalOf(account.list(pods)), '401 Unauthorized: Unauthorized');
});

t.test('tokens are reviewed for their audience, their account and their signature', async t => {
  await using world = await apiWorld();
  await using other = await apiWorld();
  const istio = await tokenOf(world, { audiences: ['istio-ca'] });
  t.match(await review(world, istio, ['istio-ca']), {
    authenticated: true,
    user: {
      username: 'system:serviceaccount:sample:default',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:sample', 'system:authenticated'],
    },
  });
  t.match(await review(world, istio), {
    error: /token audiences \["istio-ca"\] is invalid for the target audiences/,
  });
  t.equal(
    await refusalOf(world.withToken(istio).list(pods)),
    '401 Unauthorized: Unauthorized',
    'it is not for the API server',
  );
  t.match(
    await review(other, istio, ['istio-ca']),
    { error: 'invalid bearer token' },
    'another cluster does not know it',
  );
  t.match(
    await refusalOf(tokenOf(world, { expirationSeconds: 10 })),
    /^422 Invalid: .*spec.expirationSeconds: Invalid value: 10: may not specify a duration less than 10 minutes/,
  );
  t.equal(
    await refusalOf(tokenOf(world, { expirationSeconds: 'soon' })),
    '400 BadRequest: TokenRequest in version "v1" cannot be handled as a TokenRequest: json: cannot unmarshal ' +
      'string into Go struct field TokenRequestSpec.spec.expirationSeconds of type int64',
  );
  world.api.machinery.client.delete('serviceaccounts', 'sample', 'default');
  await sleep(world.world.clock, 10_001);
  t.match(await review(world, istio, ['istio-ca']), { error: 'invalid bearer token' }, 'the account is gone');
});

t.test('a token bound to a pod ends with it', async t => {
  await using world = await apiWorld();
  await world.admin.create(pods, {
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'c', image: 'x' }] },
  });
  const token = await tokenOf(world, { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p' } });
  t.match(await review(world, token), { authenticated: true });
  await world.admin.delete({ ...pods, name: 'p' });
  await sleep(world.world.clock, 10_001);
  t.match(await review(world, token), { error: 'invalid bearer token' });
});

t.test('access reviews say what would happen, and why', async t => {
  await using world = await apiWorld();
  const alice = await world.withCertificate('alice', []);
  const path = { apiVersion: 'authorization.k8s.io/v1', plural: 'selfsubjectaccessreviews' };
  const ask = async (client: typeof alice) =>
    (
      await client.create(path, {
        spec: { resourceAttributes: { verb: 'list', resource: 'pods', namespace: 'sample' } },
      })
    )['status'];
  t.match(await ask(world.admin), { allowed: true });
  t.same(await ask(alice), { allowed: false });
  await world.admin.create(roleBindings, {
    metadata: { name: 'rb' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'alice' }],
  });
  t.same(await ask(alice), {
    allowed: true,
    reason: 'RBAC: allowed by RoleBinding "rb/sample" of ClusterRole "view" to User "alice"',
  });
  const whoami = await alice.create(
    { apiVersion: 'authentication.k8s.io/v1', plural: 'selfsubjectreviews' },
    {},
  );
  t.match(whoami['status'], { userInfo: { username: 'alice', groups: ['system:authenticated'] } });
});
