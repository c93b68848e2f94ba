import t from 'tap';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import { bootstrapPolicy } from '../../../../harness/simulator/kubernetes/auth/bootstrap-policy.ts';
import { apiWorld, refusalOf } from '../api-world.ts';
import { TestWorld } from '../test-world.ts';

const ROLES = 'clusterroles.rbac.authorization.k8s.io';
const clusterRoles = { apiVersion: 'rbac.authorization.k8s.io/v1', plural: 'clusterroles' };
const rule = (resource: string) => ({ apiGroups: ['example.com'], resources: [resource], verbs: ['get'] });
const selecting = (label: string) => ({ clusterRoleSelectors: [{ matchLabels: { [label]: 'true' } }] });

t.test('the roles for users have the rules that a real cluster shows', async t => {
  const counts = new Map<string, number>();
  for (const { resource, object } of bootstrapPolicy()) {
    if (resource === ROLES) counts.set(object.metadata.name ?? '', (object['rules'] as unknown[]).length);
  }
  t.match(Object.fromEntries(counts), { view: 11, edit: 25, admin: 27, 'system:node': 25 });
});

t.test('an aggregated role follows the roles that its selectors find', async t => {
  await using world = new TestWorld();
  const { local } = world.client;
  const role = (name: string, rest: Partial<KubernetesObject>, labels: Record<string, string> = {}) =>
    world.create(ROLES, { ...rest, metadata: { name, labels } });
  const rulesOf = (name: string) => local.get(ROLES, '', name)?.['rules'];
  role('b', { rules: [rule('b'), rule('a')] }, { one: 'true' });
  role('a', { rules: [rule('a')] }, { one: 'true' });
  role('other', { rules: [rule('other')] }, { two: 'true' });
  role('all', { aggregationRule: selecting('one') }, { two: 'true' });
  role('above', { aggregationRule: selecting('two'), rules: [rule('own')] });
  await world.advance(1);
  t.same(rulesOf('all'), [rule('a'), rule('b')], 'by name, each once');
  t.same(rulesOf('above'), [rule('a'), rule('b'), rule('other')], 'through another one, without its own');
  local.modify(ROLES, '', 'b', draft => {
    draft['rules'] = [rule('c')];
  });
  local.delete(ROLES, '', 'a');
  await world.advance(1);
  t.same(rulesOf('above'), [rule('c'), rule('other')]);
});

t.test('who may not do everything may not aggregate', async t => {
  await using world = await apiWorld();
  const { admin } = world;
  const group = { apiGroup: 'rbac.authorization.k8s.io' };
  await admin.create(clusterRoles, {
    metadata: { name: 'roles' },
    rules: [{ apiGroups: [group.apiGroup], resources: ['clusterroles'], verbs: ['create', 'update'] }],
  });
  await admin.create(
    { ...clusterRoles, plural: 'clusterrolebindings' },
    {
      metadata: { name: 'roles' },
      roleRef: { ...group, kind: 'ClusterRole', name: 'roles' },
      subjects: [{ ...group, kind: 'User', name: 'ann' }],
    },
  );
  const ann = await world.withCertificate('ann', []);
  const role = { metadata: { name: 'all' }, aggregationRule: selecting('one') };
  const refused = /^403 Forbidden: .* must have cluster-admin privileges to use the aggregationRule$/;
  t.match(await refusalOf(ann.create(clusterRoles, role)), refused);
  await admin.create(clusterRoles, role);
  const named = { ...clusterRoles, name: 'all' };
  t.match(await refusalOf(ann.replace(named, { metadata: role.metadata })), refused, 'nor change one');
  t.equal(await refusalOf(ann.create(clusterRoles, { metadata: { name: 'none' } })), 'none');
});
