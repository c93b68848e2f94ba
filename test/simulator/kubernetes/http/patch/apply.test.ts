import t from 'tap';
import type { KubernetesObject } from '../../../../../harness/base/kubernetes-client.ts';
import { type ApiWorld, apiWorld, configMaps, deployments, refusalOf } from '../../api-world.ts';

const applier =
  (world: ApiWorld) =>
  (manager: string, data: Record<string, string>, query: Record<string, string> = {}) =>
    world.admin.patch(
      { ...configMaps, name: 'a' },
      'apply',
      { apiVersion: 'v1', kind: 'ConfigMap', data },
      { fieldManager: manager, ...query },
    );
const managersOf = (object: KubernetesObject) =>
  (object.metadata['managedFields'] as { manager: string; operation: string; fieldsV1: unknown }[]).map(
    ({ manager, operation, fieldsV1 }) => ({ manager, operation, fieldsV1 }),
  );

t.test('apply creates, merges, and takes away what is no longer applied', async t => {
  await using world = await apiWorld();
  const apply = applier(world);
  t.same((await apply('one', { a: '1', b: '1' }))['data'], { a: '1', b: '1' });
  t.same((await apply('two', { c: '2' }))['data'], { a: '1', b: '1', c: '2' });
  const third = await apply('one', { a: '1' });
  t.same(third['data'], { a: '1', c: '2' });
  t.same(managersOf(third), [
    { manager: 'one', operation: 'Apply', fieldsV1: { 'f:data': { 'f:a': {} } } },
    { manager: 'two', operation: 'Apply', fieldsV1: { 'f:data': { 'f:c': {} } } },
  ]);
  const again = await apply('one', { a: '1' });
  t.equal(again.metadata.resourceVersion, third.metadata.resourceVersion, 'applying the same is no change');
});

t.test('a field of another manager is a conflict, unless the value is the same or it is forced', async t => {
  await using world = await apiWorld();
  const apply = applier(world);
  await apply('one', { a: '1', b: '1' });
  t.equal(
    await refusalOf(apply('two', { a: '2' })),
    '409 Conflict: Apply failed with 1 conflict: conflict with "one": .data.a',
  );
  t.equal(
    await refusalOf(apply('two', { a: '2', b: '2' })),
    '409 Conflict: Apply failed with 2 conflicts: conflicts with "one":\n- .data.a\n- .data.b',
  );
  t.equal(await refusalOf(apply('two', { a: '1' })), 'none', 'both own it');
  t.same((await apply('one', {}))['data'], { a: '1' }, 'what two owns as well stays');
  const forced = await apply('three', { a: '3' }, { force: 'true' });
  t.same(managersOf(forced), [
    { manager: 'one', operation: 'Apply', fieldsV1: { 'f:data': {} } },
    { manager: 'three', operation: 'Apply', fieldsV1: { 'f:data': { 'f:a': {} } } },
  ]);
  await world.admin.patch(
    { ...configMaps, name: 'a' },
    'merge',
    { data: { a: '4' } },
    { fieldManager: 'curl' },
  );
  t.equal(
    await refusalOf(apply('three', { a: '3' })),
    '409 Conflict: Apply failed with 1 conflict: conflict with "curl" using v1: .data.a',
    'an update takes ownership',
  );
});

t.test('lists merge by their keys', async t => {
  await using world = await apiWorld();
  const apply = (manager: string, containers: unknown[]) =>
    world.admin.patch(
      { ...deployments, name: 'd' },
      'apply',
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        spec: {
          selector: { matchLabels: { a: 'b' } },
          template: { metadata: { labels: { a: 'b' } }, spec: { containers } },
        },
      },
      { fieldManager: manager },
    );
  const names = (object: KubernetesObject) =>
    (
      object['spec'] as { template: { spec: { containers: { name: string }[] } } }
    ).template.spec.containers.map(({ name }) => name);
  await apply('one', [{ name: 'c', image: 'x', ports: [{ containerPort: 80 }] }]);
  t.same(names(await apply('two', [{ name: 'd', image: 'y' }])), ['c', 'd']);
  t.equal(
    await refusalOf(apply('two', [{ name: 'c', image: 'z' }])),
    '409 Conflict: Apply failed with 1 conflict: conflict with "one": .spec.template.spec.containers[name="c"].image',
  );
  t.same(names(await apply('one', [{ name: 'e', image: 'x' }])), ['d', 'e'], 'the element of one went');
});

t.test('apply says what it needs', async t => {
  await using world = await apiWorld();
  const path = { ...configMaps, name: 'a' };
  t.equal(
    await refusalOf(world.admin.patch(path, 'apply', { apiVersion: 'v1', kind: 'ConfigMap' })),
    '422 Invalid: PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
  );
  t.equal(
    await refusalOf(world.admin.patch(path, 'apply', { data: {} }, { fieldManager: 'x' })),
    '400 BadRequest: invalid object type: /, Kind=',
  );
  t.equal(
    await refusalOf(
      world.admin.patch(
        path,
        'apply',
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { managedFields: [{}] } },
        { fieldManager: 'x' },
      ),
    ),
    '400 BadRequest: metadata.managedFields must be nil',
  );
});
