import t from 'tap';
import { apiWorld } from './api-world.ts';

const PATH = '/apis/apiregistration.k8s.io/v1/apiservices';

interface Listed {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
    readonly spec: object;
    readonly status: object;
  }[];
}

const definition = (served: boolean) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'lamps.example.com' },
  spec: {
    group: 'example.com',
    names: { plural: 'lamps', singular: 'lamp', kind: 'Lamp' },
    scope: 'Namespaced',
    versions: ['v1', 'v2'].map(name => ({
      name,
      served: name === 'v1' || served,
      storage: name === 'v1',
      schema: { openAPIV3Schema: { type: 'object' } },
    })),
  },
});

t.test('groups that the server serves itself are local APIServices', async t => {
  await using world = await apiWorld();
  const { admin } = world;
  t.equal(
    world.api.machinery.client.list('apiservices.apiregistration.k8s.io').length,
    0,
    'nobody asked yet',
  );
  const namesOf = async () =>
    ((await admin.request('GET', PATH)) as Listed).items.map(({ metadata: { name } }) => name);
  const { items } = (await admin.request('GET', PATH)) as Listed;
  const served = (await admin.request('GET', '/apis')) as { groups: { name: string; versions: object[] }[] };
  const own = served.groups.filter(({ name }) => name !== 'apiregistration.k8s.io');
  t.equal(items.length, own.flatMap(({ versions }) => versions).length + 1, 'each version, and the core');
  t.match(
    items.find(({ metadata }) => metadata.name === 'v1.apps'),
    {
      metadata: { labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' } },
      spec: { group: 'apps', version: 'v1', groupPriorityMinimum: 17800, versionPriority: 15 },
      status: { conditions: [{ type: 'Available', status: 'True', reason: 'Local' }] },
    },
  );
  t.match(await admin.request('GET', `${PATH}/v1.`), { spec: { version: 'v1', versionPriority: 1 } });

  const before = await namesOf();
  await admin.request('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    body: definition(true),
  });
  const after = await namesOf();
  t.same(
    after.filter(name => !before.includes(name)),
    ['v1.example.com', 'v2.example.com'],
  );
  await admin.request('DELETE', `${PATH}/v1.example.com`);
  t.ok((await namesOf()).includes('v1.example.com'), 'made anew');
  const one = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/lamps.example.com';
  await admin.request('PATCH', one, {
    body: { spec: { versions: definition(false).spec.versions } },
    contentType: 'application/merge-patch+json',
  });
  t.notOk((await namesOf()).includes('v2.example.com'), 'not served any more');
  await admin.request('DELETE', one);
  t.same(await namesOf(), before);
});

t.test('they are told as a table, and aggregated servers are said not to be simulated', async t => {
  await using world = await apiWorld();
  const table = await world.admin.request('GET', PATH, {
    accept: 'application/json;as=Table;g=meta.k8s.io;v=v1',
  });
  t.match(table, { columnDefinitions: [{ name: 'Name' }, { name: 'Service' }, { name: 'Available' }, {}] });
  t.match((table as { rows: { cells: unknown[] }[] }).rows[0]?.cells.slice(0, 3), ['v1.', 'Local', 'True']);
  const service = { namespace: 'default', name: 'metrics' };
  const spec = { group: 'm.io', version: 'v1', groupPriorityMinimum: 1, versionPriority: 1, service };
  await t.rejects(world.admin.request('POST', PATH, { body: { metadata: { name: 'v1.m.io' }, spec } }), {
    code: 501,
  });
});
