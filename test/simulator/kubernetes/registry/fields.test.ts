import t from 'tap';
import { type ApiWorld, apiWorld, configMaps, deployments, refusalOf } from '../api-world.ts';

const definitions = { apiVersion: 'apiextensions.k8s.io/v1', plural: 'customresourcedefinitions' };
const widgets = { apiVersion: 'ex.io/v1', plural: 'widgets', namespace: 'sample' };
const widget = (spec: Record<string, unknown>, name = 'w') => ({
  apiVersion: 'ex.io/v1',
  kind: 'Widget',
  metadata: { name },
  spec,
});

async function defineWidgets(world: ApiWorld): Promise<void> {
  const version = (name: string, storage: boolean) => ({
    name,
    served: true,
    storage,
    schema: {
      openAPIV3Schema: {
        type: 'object',
        properties: {
          spec: {
            type: 'object',
            required: ['size'],
            properties: {
              size: { type: 'integer', minimum: 1 },
              color: { type: 'string', enum: ['red', 'blue'], default: 'red' },
              extra: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
          status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        },
      },
    },
    subresources: { status: {} },
    additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }],
  });
  await world.admin.create(definitions, {
    metadata: { name: 'widgets.ex.io' },
    spec: {
      group: 'ex.io',
      scope: 'Namespaced',
      names: { kind: 'Widget', plural: 'widgets', shortNames: ['wd'] },
      versions: [version('v1beta1', false), version('v1', true)],
    },
  });
}

t.test('unknown fields are refused, told of or dropped, as the client asks', async t => {
  await using world = await apiWorld();
  const body = { metadata: { name: 'a' }, datas: {}, data: { k: 'v' } };
  t.equal(
    await refusalOf(world.admin.create(configMaps, body, { fieldValidation: 'Strict' })),
    '400 BadRequest: ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "datas"',
  );
  const created = await world.admin.create(configMaps, body);
  t.equal(created['datas'], undefined);
  t.same(created['data'], { k: 'v' });
  const deployment = {
    metadata: { name: 'd' },
    spec: {
      selector: { matchLabels: { a: 'b' } },
      template: {
        metadata: { labels: { a: 'b' } },
        spec: { containers: [{ name: 'c', image: 'x', imagePullPolice: 'y' }] },
      },
    },
  };
  t.match(
    await refusalOf(world.admin.create(deployments, deployment, { fieldValidation: 'Strict' })),
    /unknown field "spec.template.spec.containers\[0\].imagePullPolice"$/,
  );
});

t.test('a value of the wrong type is refused in the words of Go', async t => {
  await using world = await apiWorld();
  t.equal(
    await refusalOf(world.admin.create(configMaps, { metadata: { name: 'a' }, data: { k: 1 } })),
    '400 BadRequest: ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ConfigMap.data of type string',
  );
  t.equal(
    await refusalOf(world.admin.create(deployments, { metadata: { name: 'd' }, spec: { replicas: '1' } })),
    '400 BadRequest: Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
  );
  await world.admin.create(configMaps, { metadata: { name: 'a' } });
  t.match(
    await refusalOf(
      world.admin.patch({ ...configMaps, name: 'a' }, 'merge', { foo: 'bar' }, { fieldValidation: 'Strict' }),
    ),
    /^422 Invalid: {2}"" is invalid: patch: Invalid value: "{.*\\"foo\\":\\"bar\\".*}": strict decoding error: unknown field "foo"$/,
    'with the patched object',
  );
});

t.test('custom resources are pruned, defaulted and validated by their schema, in each version', async t => {
  await using world = await apiWorld();
  await defineWidgets(world);
  const created = await world.admin.create(widgets, widget({ size: 1, zzz: 2, extra: { any: 'thing' } }));
  t.same(created['spec'], { size: 1, color: 'red', extra: { any: 'thing' } });
  const old = await world.admin.get({ ...widgets, apiVersion: 'ex.io/v1beta1', name: 'w' });
  t.equal(old.apiVersion, 'ex.io/v1beta1');
  t.equal(
    await refusalOf(world.admin.create(widgets, widget({ size: 'big' }, 'x'))),
    '422 Invalid: Widget.ex.io "x" is invalid: spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"',
  );
  t.equal(
    await refusalOf(world.admin.create(widgets, widget({ color: 'green' }, 'x'))),
    '422 Invalid: Widget.ex.io "x" is invalid: [spec.color: Unsupported value: "green": supported values: "red", "blue", spec.size: Required value]',
  );
  t.match(
    await refusalOf(
      world.admin.create(widgets, { ...widget({ size: 1 }, 'x'), apiVersion: 'ex.io/v1beta1' }),
    ),
    /the API version in the data \(ex.io\/v1beta1\) does not match the expected API version \(ex.io\/v1\)/,
  );
  t.match(
    await refusalOf(world.admin.replace({ ...widgets, name: 'w' }, widget({ size: 2 }))),
    /must be specified for an update/,
  );
  t.match(
    await refusalOf(world.admin.patch({ ...widgets, name: 'w' }, 'strategic', {})),
    /^415 UnsupportedMediaType: the body of the request was in an unknown format/,
  );
});

t.test('the status of a custom resource is written apart', async t => {
  await using world = await apiWorld();
  await defineWidgets(world);
  const created = await world.admin.create(widgets, { ...widget({ size: 1 }), status: { phase: 'x' } });
  t.equal(created['status'], undefined);
  const status = { ...widgets, name: 'w', subresource: 'status' };
  const patched = await world.admin.patch(status, 'merge', { status: { phase: 'y' }, spec: { size: 9 } });
  t.same(patched['status'], { phase: 'y' });
  t.match(patched['spec'], { size: 1 });
  t.equal(patched.metadata.generation, 1, 'a status is no new generation');
  const changed = await world.admin.patch({ ...widgets, name: 'w' }, 'merge', {
    spec: { size: 2 },
    status: { phase: 'z' },
  });
  t.same(changed['status'], { phase: 'y' });
  t.equal(changed.metadata.generation, 2);
});

t.test('a definition says that it is established, and takes its resources along', async t => {
  await using world = await apiWorld();
  await defineWidgets(world);
  await world.admin.create(widgets, widget({ size: 1 }));
  const definition = await world.admin.get({ ...definitions, name: 'widgets.ex.io' });
  t.match(definition['status'], {
    conditions: [
      { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts' },
      { type: 'Established', status: 'True', reason: 'InitialNamesAccepted' },
    ],
    acceptedNames: { kind: 'Widget', listKind: 'WidgetList' },
    storedVersions: ['v1'],
  });
  t.match(await world.admin.request('GET', '/apis/ex.io/v1'), {
    resources: [{ name: 'widgets' }, { name: 'widgets/status' }],
  });
  await world.admin.delete({ ...definitions, name: 'widgets.ex.io' });
  t.equal(await refusalOf(world.admin.list(widgets)), '404 : 404 page not found');
  await defineWidgets(world);
  t.same((await world.admin.list(widgets)).items, []);
});
