import t from 'tap';
import {
  documentOfVersion2,
  documentOfVersion3,
  documentPaths,
} from '../../../../harness/simulator/kubernetes/openapi/documents.ts';
import type { Schema } from '../../../../harness/simulator/kubernetes/openapi/schema.ts';
import { BUILT_IN_RESOURCES } from '../../../../harness/simulator/kubernetes/registry/built-in-resources.ts';
import { ResourceRegistry } from '../../../../harness/simulator/kubernetes/registry/registry.ts';
import { apiVersionOf } from '../../../../harness/simulator/kubernetes/registry/resources.ts';

const types = new ResourceRegistry(BUILT_IN_RESOURCES, 34).all();
const served = { types, minor: 34 };
const paths = documentPaths(types);
const documents = new Map(paths.map(path => [path, documentOfVersion3(served, path) as Schema]));
const swagger = documentOfVersion2(served) as {
  definitions: Record<string, Schema>;
  paths: Record<string, Schema>;
};

const within = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce((at, key) => (at as Record<string, unknown> | undefined)?.[key], value);
const schemasOf = (path: string) =>
  within(documents.get(path), 'components', 'schemas') as Record<string, Schema>;
const core = schemasOf('api/v1');

/** All references in a document. */
function refsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(refsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    key === '$ref' && typeof each === 'string' ? [each] : refsIn(each),
  );
}

t.test('types have the names, the fields and the marks that clients look for', async t => {
  const spec = core['io.k8s.api.core.v1.PodSpec'] as Schema;
  t.match(spec, { type: 'object', required: ['containers'] });
  t.match(spec.properties?.['containers'], {
    description: /^List of containers belonging to the pod/,
    type: 'array',
    items: { default: {}, allOf: [{ $ref: '#/components/schemas/io.k8s.api.core.v1.Container' }] },
    'x-kubernetes-list-map-keys': ['name'],
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-patch-merge-key': 'name',
    'x-kubernetes-patch-strategy': 'merge',
  });
  t.same(spec.properties?.['dnsPolicy']?.['enum'], [
    'ClusterFirst',
    'ClusterFirstWithHostNet',
    'Default',
    'None',
  ]);
  const port = core['io.k8s.api.core.v1.ContainerPort']?.properties ?? {};
  t.match(port['containerPort'], { type: 'integer', format: 'int32', default: 0 });
  t.match(port['protocol'], { type: 'string', default: 'TCP', enum: ['SCTP', 'TCP', 'UDP'] });
  t.notOk('default' in (port['hostPort'] ?? {}), 'what may be left out has none');
  t.match(core['io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta']?.properties?.['generation'], {
    format: 'int64',
  });
  t.match(core['io.k8s.api.core.v1.ObjectReference'], { 'x-kubernetes-map-type': 'atomic' });
  t.match(core['io.k8s.api.core.v1.SeccompProfile'], { 'x-kubernetes-unions': [{ discriminator: 'type' }] });
});

t.test('kinds are told by group and version, with the two fields that protobuf keeps apart', async t => {
  for (const kind of ['Pod', 'PodList']) {
    const schema = core[`io.k8s.api.core.v1.${kind}`];
    t.same(schema?.['x-kubernetes-group-version-kind'], [{ group: '', kind, version: 'v1' }]);
    t.match(schema?.properties, { apiVersion: { type: 'string' }, kind: { type: 'string' } });
  }
  const eviction = core['io.k8s.api.policy.v1.Eviction'];
  t.same(eviction?.['x-kubernetes-group-version-kind'], [
    { group: 'policy', kind: 'Eviction', version: 'v1' },
  ]);
  t.notOk('kind' in (core['io.k8s.api.core.v1.PodSpec']?.properties ?? {}));
});

t.test('every reference leads to a definition of the same document', async t => {
  for (const [path, document] of documents) {
    const known = Object.keys(schemasOf(path) ?? {}).map(name => `#/components/schemas/${name}`);
    t.same(
      refsIn(document).filter(ref => !known.includes(ref)),
      [],
      path,
    );
  }
  const known = new Set(Object.keys(swagger.definitions).map(name => `#/definitions/${name}`));
  t.same(
    refsIn(swagger).filter(ref => !known.has(ref) && !ref.startsWith('#/parameters/')),
    [],
  );
});

t.test('every verb of every resource and subresource is an operation', async t => {
  const methods: Readonly<Record<string, string>> = {
    create: 'post',
    get: 'get',
    update: 'put',
    patch: 'patch',
  };
  for (const { group, versions, plural, namespaced, verbs, subresources, kind } of types) {
    for (const version of versions) {
      const document = `${group === '' ? 'api' : `apis/${group}`}/${version}`;
      const root = `/${document}${namespaced ? '/namespaces/{namespace}' : ''}`;
      const operations = within(documents.get(document), 'paths');
      const at = (path: string, method: string) => within(operations, `${root}/${plural}${path}`, method);
      const name = apiVersionOf(group, version);
      if (verbs.includes('list')) t.ok(at('', 'get'), `list ${name} ${plural}`);
      if (verbs.includes('create')) t.ok(at('', 'post'), `create ${name} ${plural}`);
      if (verbs.includes('delete')) t.ok(at('/{name}', 'delete'), `delete ${name} ${plural}`);
      for (const sub of subresources) {
        for (const verb of sub.verbs.filter(each => each !== 'delete'))
          t.ok(at(`/{name}/${sub.name}`, methods[verb] ?? ''), `${verb} ${name} ${plural}/${sub.name}`);
      }
      if (verbs.includes('get')) {
        t.match(at('/{name}', 'get'), {
          'x-kubernetes-action': 'get',
          'x-kubernetes-group-version-kind': { group, version, kind },
        });
      }
    }
  }
});

t.test('operations are named, and take what their options have', async t => {
  const deployments = within(
    documents.get('apis/apps/v1'),
    'paths',
    '/apis/apps/v1/namespaces/{namespace}/deployments',
  ) as Record<string, Schema>;
  t.match(deployments['delete'], {
    operationId: 'deleteAppsV1CollectionNamespacedDeployment',
    tags: ['apps_v1'],
    description: 'delete collection of Deployment',
    'x-kubernetes-action': 'deletecollection',
  });
  const names = (parameters: unknown) => (parameters as { name: string }[]).map(({ name }) => name);
  t.same(names(deployments['post']?.['parameters']), ['dryRun', 'fieldManager', 'fieldValidation']);
  t.same(names(deployments['parameters']), ['namespace', 'pretty']);
  t.match(within(swagger.paths, '/api/v1/namespaces/{namespace}/pods/{name}/exec', 'post'), {
    operationId: 'connectCoreV1PostNamespacedPodExec',
    produces: ['*/*'],
    'x-kubernetes-group-version-kind': { kind: 'PodExecOptions' },
  });
  t.ok(within(swagger.paths, '/api/v1/nodes/{name}/proxy/{path}', 'head'));
  t.ok(within(swagger.paths, '/apis/rbac.authorization.k8s.io/v1/watch/clusterroles/{name}', 'get'));
});

t.test('version 2 has no defaults, and texts beside references', async t => {
  const container = swagger.definitions['io.k8s.api.core.v1.Container']?.properties ?? {};
  t.match(container['livenessProbe'], {
    description: /^Periodic probe/,
    $ref: '#/definitions/io.k8s.api.core.v1.Probe',
  });
  t.notOk(JSON.stringify(swagger.definitions).includes('"default":"'));
  t.match(swagger.definitions['io.k8s.apimachinery.pkg.util.intstr.IntOrString'], {
    type: 'string',
    format: 'int-or-string',
  });
  const parameters = within(swagger.paths, '/api/v1/namespaces/{namespace}/pods/{name}', 'parameters');
  t.match(parameters, [{ name: 'name' }, { $ref: '#/parameters/namespace-vgWSWtn3' }, { $ref: /pretty-/ }]);
});

t.test('a field that a later version of Kubernetes brought is absent before', async t => {
  const fieldsAt = (minor: number) => {
    const document = documentOfVersion3({ ...served, minor }, 'api/v1');
    return within(
      document,
      'components',
      'schemas',
      'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
      'properties',
    ) as Record<string, Schema>;
  };
  t.notOk('shardInfo' in fieldsAt(34));
  t.ok('shardInfo' in fieldsAt(36));
});
