/** Custom resources beyond their schema: apply, names of kinds, and what objects say of themselves. */
import t from 'tap';
import type { KubernetesObject } from '../../../harness/base/kubernetes-client.ts';
import { refusalOf } from './api-world.ts';
import { definition, definitions, it, lamp, lamps, lampWorld, schema } from './lamps.ts';

t.test('apply compares what was sent: defaults are nobody’s', async t => {
  await using world = await lampWorld();
  const apply = (fieldManager: string, spec: unknown) =>
    refusalOf(
      world.admin.request('PATCH', '/apis/ex.io/v1/namespaces/sample/lamps/a', {
        body: lamp('a', spec),
        query: { fieldManager },
        contentType: 'application/apply-patch+yaml',
      }),
    );
  const watts = (watt?: number) => ({ bulbs: [{ name: 'x', ...(watt !== undefined && { watt }) }] });
  t.equal(await apply('first', { ...watts(), pairs: [{ left: 'l' }] }), 'none');
  t.same((await world.admin.get(it('a')))['spec'], {
    bulbs: [{ name: 'x', watt: 40 }],
    pairs: [{ left: 'l', right: 'r' }],
  });
  t.equal(await apply('second', watts(50)), 'none', 'the default that it changes has no owner');
  t.match(await apply('second', { pairs: [{ left: 'l' }] }), /^409 .*conflict with "first": .spec.pairs/);
  t.equal(await apply('second', { pairs: [{ left: 'l', right: 'r' }] }), 'none', 'the whole as it is');
});

t.test('a definition whose kind has a name already is not served until the name is free', async t => {
  await using world = await lampWorld();
  const other = definition(schema);
  other.metadata.name = 'lanterns.ex.io';
  Object.assign(other['spec'] as object, { names: { plural: 'lanterns', kind: 'Lamp' } });
  const created = await world.admin.create(definitions, other);
  t.same(created['status'], {
    acceptedNames: { plural: '', kind: '' },
    conditions: null,
    storedVersions: ['v1'],
  });
  const lanterns = { ...lamps, plural: 'lanterns' };
  t.match(await refusalOf(world.admin.list(lanterns)), /^404/);
  const { status } = await world.admin.get({ ...definitions, name: 'lanterns.ex.io' });
  t.match(status, {
    acceptedNames: { plural: 'lanterns', kind: '' },
    conditions: [
      { type: 'NamesAccepted', status: 'False', reason: 'ListKindConflict' },
      { type: 'Established', status: 'False', reason: 'NotAccepted' },
    ],
  });
  await world.admin.delete({ ...definitions, name: 'lamps.ex.io' });
  t.same((await world.admin.list(lanterns)).items, []);
});

t.test('what a custom resource says it is must be so, and its metadata is that of all objects', async t => {
  await using world = await lampWorld();
  const post = (body: unknown) =>
    refusalOf(world.admin.request('POST', '/apis/ex.io/v1/namespaces/sample/lamps', { body }));
  t.equal(
    await post({ ...lamp('a', {}), kind: 'Torch' }),
    '422 Invalid: Torch.ex.io "a" is invalid: kind: Invalid value: "Torch": must be Lamp',
  );
  t.equal(
    await post({ ...lamp('a', {}), apiVersion: 'other.io/v1' }),
    '400 BadRequest: the API version in the data (other.io/v1) does not match the expected API version (ex.io/v1)',
  );
  t.match(
    await post({ ...lamp('a', {}), metadata: { name: 'a', labels: { a: 5 } } }),
    /^400 .*json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string$/,
  );
  t.equal(await post({ ...lamp('a', {}), metadata: { name: 'a', finalizers: ['mine'] } }), 'none');
  t.equal(
    await refusalOf(world.admin.replace(it('a'), lamp('a', {}))),
    '422 Invalid: lamps.ex.io "a" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
  );
});

/** The fields of each manager. */
const fieldsOf = ({ metadata }: KubernetesObject) =>
  (metadata['managedFields'] as { fieldsV1: object }[]).map(({ fieldsV1 }) => fieldsV1);

t.test('an update that makes a map owns the map, too; what describes nothing is a map as well', async t => {
  await using world = await lampWorld();
  const template = { apiVersion: 'v1', kind: 'X', metadata: { name: 'x' }, more: { deep: { x: 1 } } };
  const made = await world.admin.create(lamps, lamp('a', { bulbs: [{ name: 'x' }], template }));
  const more = { '.': {}, 'f:deep': { '.': {}, 'f:x': {} } };
  t.match(fieldsOf(made), [
    {
      'f:spec': {
        '.': {},
        'f:bulbs': { '.': {}, 'k:{"name":"x"}': { '.': {}, 'f:name': {}, 'f:watt': {} } },
        'f:template': { '.': {}, 'f:more': more },
      },
    },
  ]);
  const changed = await world.admin.patch(it('a'), 'merge', { spec: { either: { a: 'b' } } });
  t.match(fieldsOf(changed)[0], { 'f:spec': { '.': {}, 'f:either': { '.': {}, 'f:a': {} } } });
  const patched = await world.admin.patch(it('a'), 'merge', { spec: { template: { more: { deep: null } } } });
  t.match(fieldsOf(patched)[0], { 'f:spec': { 'f:template': { 'f:more': {} } } });
});

t.test('a refused patch shows the object with sorted keys, but for what operations bring', async t => {
  await using world = await lampWorld();
  await world.admin.create(lamps, lamp('a', { either: { b: '1' }, color: 'red' }));
  const shown = async (contentType: string, body: unknown) =>
    (
      await refusalOf(
        world.admin.request('PATCH', '/apis/ex.io/v1/namespaces/sample/lamps/a', {
          body,
          query: { fieldValidation: 'Strict' },
          contentType,
        }),
      )
    )
      .replaceAll('\\"', "'")
      .replace(/^.*?'managedFields':\[\{('\w+').*'spec':/, '$1 … ')
      .replace(/,'status':.*/, '');
  const brought = { z: 1, a: [{ z: 1, b: 2 }] };
  const kept = "'apiVersion' … {'color':'red','either':{'b':'1'}";
  t.equal(
    await shown('application/merge-patch+json', { spec: { nope: brought } }),
    `${kept},'nope':{'a':[{'b':2,'z':1}],'z':1}}`,
  );
  t.equal(
    await shown('application/json-patch+json', [{ op: 'add', path: '/spec/nope', value: brought }]),
    `${kept},'nope':{'z':1,'a':[{'z':1,'b':2}]}}`,
  );
});
