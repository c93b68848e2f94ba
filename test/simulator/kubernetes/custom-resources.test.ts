/** Custom resources as apiextensions has them: what a real kube-apiserver 1.34.3 answers. */
import t from 'tap';
import { refusalOf } from './api-world.ts';
import { definitions, it, lamp, lamps, lampWorld, specSchema } from './lamps.ts';

const rows: readonly { what: string; spec: unknown; expected: string }[] = [
  {
    what: 'a value of no known format',
    spec: { when: 'soon' },
    expected: 'spec.when: Invalid value: "soon": spec.when in body must be of type date-time: "soon"',
  },
  {
    what: 'a text that only Go would refuse',
    spec: { text: 'ABC' },
    expected: `spec.text: Invalid value: "ABC": spec.text in body should match '^[[:lower:]]+$'`,
  },
  {
    what: 'elements of a set that are equal',
    spec: { tags: ['a', 'b', 'a', 'a'] },
    expected: 'spec.tags[2]: Duplicate value: "a"',
  },
  {
    what: 'elements of a map with the same key',
    spec: { bulbs: [{ name: 'a' }, { name: 'b' }, { name: 'a' }] },
    expected: 'spec.bulbs[2]: Duplicate value: {"name":"a"}',
  },
  {
    what: 'none of the alternatives',
    spec: { either: {} },
    expected:
      '[<nil>: Invalid value: "": "spec.either" must validate one and only one schema (oneOf). Found none valid, spec.either.a: Required value]',
  },
  {
    what: 'an embedded object without a kind',
    spec: { template: { metadata: { labels: { a: '_' } } } },
    expected:
      "[spec.template.apiVersion: Required value, spec.template.kind: Required value, spec.template.metadata.labels: Invalid value: \"_\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')]",
  },
  {
    what: 'a scale below zero',
    spec: { count: -1 },
    expected: '.spec.count: Invalid value: -1: should be a non-negative integer',
  },
];

t.test('what the schema does not allow is refused in the words of the real server', async t => {
  await using world = await lampWorld();
  for (const { what, spec, expected } of rows) {
    const refusal = await refusalOf(world.admin.create(lamps, lamp('bad', spec)));
    t.equal(refusal, `422 Invalid: Lamp.ex.io "bad" is invalid: ${expected}`, what);
  }
});

t.test('nulls are absent where a field is not nullable; embedded metadata has known fields only', async t => {
  await using world = await lampWorld();
  const spec = {
    color: null,
    maybe: null,
    bulbs: [{ name: 'a', watt: null }],
    template: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', zzz: 1 }, spec: { free: true } },
  };
  const created = await world.admin.create(lamps, lamp('n', spec));
  t.same(created['spec'], {
    maybe: null,
    bulbs: [{ name: 'a', watt: 40 }],
    template: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: { free: true } },
  });
});

t.test('defaults of the status are there for readers, and written with the next write', async t => {
  await using world = await lampWorld();
  const created = await world.admin.create(lamps, { ...lamp('d', {}), status: { phase: 'Up' } });
  t.same(created['status'], { phase: 'Unknown' });
  t.same((await world.admin.list(lamps)).items[0]?.['status'], { phase: 'Unknown' });
  const stored = world.api.machinery.client.get('lamps.ex.io', 'sample', 'd');
  t.equal(stored?.['status'], undefined, 'nobody has written it');
});

t.test('a default that comes later is shown, a field that goes is not', async t => {
  await using world = await lampWorld();
  await world.admin.create(lamps, lamp('old', { color: 'red', maybe: 'x' }));
  const { maybe: _maybe, ...properties } = specSchema.properties;
  const next = { ...properties, count: { type: 'integer', default: 3 } };
  await world.admin.patch({ ...definitions, name: 'lamps.ex.io' }, 'json', [
    {
      op: 'replace',
      path: '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties',
      value: next,
    },
  ]);
  t.same((await world.admin.get(it('old')))['spec'], { color: 'red', count: 3 });
});

t.test('a status is held against its schema', async t => {
  await using world = await lampWorld();
  await world.admin.create(lamps, lamp('s', {}));
  const refused = async (status: unknown) =>
    (await refusalOf(world.admin.patch(it('s', 'status'), 'merge', { status }))).replace(/^.*invalid: /, '');
  t.equal(
    await refused({ phase: 'Off' }),
    'status.phase: Unsupported value: "Off": supported values: "Unknown", "Up"',
  );
  t.equal(
    await refused({ lit: 'all' }),
    '[status.lit: Invalid value: "string": lit in body must be of type integer: "string", .status.lit: Invalid value: 0: .status.lit accessor error: all is of the type string, expected int64]',
  );
  t.equal(await refused({ lit: -1 }), '.status.lit: Invalid value: -1: should be a non-negative integer');
  t.equal(await refused({ lit: 1 }), 'none');
});

t.test('what an update leaves alone may be what the schema no longer allows', async t => {
  await using world = await lampWorld();
  await world.admin.create(lamps, lamp('r', { color: 'red', bulbs: [{ name: 'a', watt: 90 }] }));
  const at = '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties';
  await world.admin.patch({ ...definitions, name: 'lamps.ex.io' }, 'json', [
    { op: 'replace', path: `${at}/color/enum`, value: ['blue'] },
    { op: 'replace', path: `${at}/bulbs/items/properties/watt/maximum`, value: 60 },
  ]);
  const change = (spec: unknown) => refusalOf(world.admin.patch(it('r'), 'merge', { spec }));
  t.equal(await change({ count: 2 }), 'none', 'another field');
  t.equal(await change({ bulbs: [{ name: 'b' }, { name: 'a', watt: 90 }] }), 'none', 'another element');
  t.match(await change({ bulbs: [{ name: 'a', watt: 80 }] }), /spec.bulbs\[0\].watt in body should be less/);
  t.match(await change({ color: 'green' }), /spec.color: Unsupported value: "green"/);
});

t.test('a scale is where the definition says', async t => {
  await using world = await lampWorld();
  await world.admin.create(lamps, lamp('sc', {}));
  t.match(
    await refusalOf(world.admin.get(it('sc', 'scale'))),
    /^500 InternalError: Internal error occurred: the spec replicas field ".spec.count" does not exist/,
  );
  await world.admin.patch(it('sc', 'scale'), 'merge', { spec: { replicas: 4 } });
  t.same((await world.admin.get(it('sc')))['spec'], { count: 4 });
});

t.test('lists, watches and deletions select by the fields that the definition offers', async t => {
  await using world = await lampWorld();
  await world.admin.create(lamps, lamp('one', { color: 'red' }));
  await world.admin.create(lamps, lamp('two', { color: 'blue' }));
  await world.admin.patch(it('two', 'status'), 'merge', { status: { phase: 'Up' } });
  const names = async (fieldSelector: string) =>
    (await world.admin.list(lamps, { fieldSelector })).items.map(({ metadata }) => metadata.name);
  t.same(await names('spec.color=red'), ['one']);
  t.same(await names('spec.color!=red'), ['two']);
  t.same(await names('status.phase=Unknown'), ['one'], 'a default counts');
  t.match(await refusalOf(names('spec.count=1')), /^400 BadRequest: field label not supported: spec.count/);
});
