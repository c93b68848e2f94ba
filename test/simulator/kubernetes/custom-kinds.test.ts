/** Custom resources beyond their schema: apply, names of kinds, and what objects say of themselves. */
import t from 'tap';
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
