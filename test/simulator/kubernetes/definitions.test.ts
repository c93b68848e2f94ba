import t from 'tap';
import type { WatchEvent } from '../../../harness/base/api-client.ts';
import type { KubernetesClient, KubernetesObject } from '../../../harness/base/kubernetes-client.ts';
import { CLEANUP_FINALIZER } from '../../../harness/simulator/kubernetes/registry/definitions.ts';
import { type ApiWorld, apiWorld, refusalOf } from './api-world.ts';

const definitions = { apiVersion: 'apiextensions.k8s.io/v1', plural: 'customresourcedefinitions' };
const name = 'routes.mesh.example';
const it = { ...definitions, name };
const routes = { apiVersion: 'mesh.example/v1', plural: 'routes', namespace: 'sample' };
const NOT_SERVED = /^404 .*404 page not found/s;

type Spec = Record<string, unknown>;

const version = (called: string, more: Spec = {}) => ({
  name: called,
  served: true,
  storage: called === 'v1',
  schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
  ...more,
});

const definition = (spec: Spec = {}): KubernetesObject => ({
  metadata: { name },
  spec: {
    group: 'mesh.example',
    scope: 'Namespaced',
    names: { plural: 'routes', kind: 'Route' },
    versions: [version('v1'), version('v1beta1')],
    ...spec,
  },
});

const route = (called: string, finalizers: readonly string[] = []): KubernetesObject => ({
  apiVersion: 'mesh.example/v1',
  kind: 'Route',
  metadata: { name: called, ...(finalizers.length > 0 && { finalizers }) },
});

const conditionsOf = (object: KubernetesObject): Record<string, string> =>
  Object.fromEntries(
    (object['status'] as { conditions: { type: string; status: string; reason: string }[] }).conditions.map(
      ({ type, status, reason }) => [type, `${status} ${reason}`],
    ),
  );

/** Until what is told in later tasks is told: each request to the server is a task of its own. */
const settle = async ({ admin }: ApiWorld) => {
  await admin.list({ apiVersion: 'v1', plural: 'namespaces' });
};

const rows: readonly { readonly what: string; readonly spec: Spec; readonly expected: string }[] = [
  {
    what: 'the scope',
    spec: { scope: 'Cluster' },
    expected: 'spec.scope: Invalid value: "Cluster": field is immutable',
  },
  {
    what: 'the kind',
    spec: { names: { kind: 'Path' } },
    expected: 'spec.names.kind: Invalid value: "Path": field is immutable',
  },
  {
    what: 'the group',
    spec: { group: 'net.example' },
    expected: 'spec.group: Invalid value: "net.example": field is immutable',
  },
  {
    what: 'the plural',
    spec: { names: { plural: 'ways' } },
    expected: 'spec.names.plural: Invalid value: "ways": field is immutable',
  },
  {
    what: 'a version that was stored, away',
    spec: { versions: [version('v1beta1', { storage: true })] },
    expected:
      'status.storedVersions[0]: Invalid value: "v1": missing from spec.versions; v1 was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in v1 and removes v1 from status.storedVersions',
  },
];

t.test('what a definition may not change is refused, and its deletion clears up', async t => {
  await using world = await apiWorld();
  const { admin } = world;
  await admin.create(definitions, definition());
  await admin.create(routes, route('a'));
  for (const { what, spec, expected } of rows) {
    t.equal(
      await refusalOf(admin.patch(it, 'merge', { spec })),
      `422 Invalid: CustomResourceDefinition.apiextensions.k8s.io "${name}" is invalid: ${expected}`,
      what,
    );
  }
  await admin.patch(it, 'merge', { spec: { names: { shortNames: ['rt'] } } });
  await admin.delete(it);
  await settle(world);
  t.match(await refusalOf(admin.get(it)), /^404 NotFound/, 'the definition is gone');
  t.match(await refusalOf(admin.list(routes)), NOT_SERVED, 'what it defined is not served');
});

t.test('a definition of the name may come again with another scope', async t => {
  await using world = await apiWorld();
  const { admin } = world;
  await admin.create(definitions, definition());
  await admin.create(routes, route('a'));
  await admin.delete(it);
  await settle(world);
  await admin.create(definitions, definition({ scope: 'Cluster' }));
  const anywhere = { apiVersion: 'mesh.example/v1', plural: 'routes' };
  t.same((await admin.list(anywhere)).items, [], 'nothing is left of the first');
  await admin.create(anywhere, route('b'));
  t.equal((await admin.get({ ...anywhere, name: 'b' })).metadata.namespace, undefined);
  await admin.delete(it);
  await settle(world);
  t.match(await refusalOf(admin.get(it)), /^404 NotFound/);
});

t.test('a definition stays until the last of its instances is gone', async t => {
  await using world = await apiWorld();
  const { admin } = world;
  await admin.create(definitions, definition());
  await admin.create(routes, route('free'));
  await admin.create(routes, route('held', ['ex.io/hold']));
  const seen: string[] = [];
  const watched = watchAll(admin, seen);
  await settle(world);
  const answer = await admin.delete(it);
  t.match(
    answer.metadata,
    { deletionTimestamp: /Z$/, finalizers: [CLEANUP_FINALIZER] },
    'DELETE answers with it',
  );
  t.equal(answer.metadata['deletionGracePeriodSeconds'], undefined);
  await settle(world);
  t.same(conditionsOf(await admin.get(it)), {
    NamesAccepted: 'True NoConflicts',
    Established: 'True InitialNamesAccepted',
    Terminating: 'True InstanceDeletionInProgress',
  });
  t.same(
    (await admin.list(routes)).items.map(({ metadata }) => metadata.name),
    ['held'],
  );
  t.equal(
    await refusalOf(admin.create(routes, route('new'))),
    '403 Forbidden: routes.mesh.example "new" is forbidden: create not allowed while custom resource definition is terminating',
  );
  t.equal((await admin.delete(it)).metadata.name, name, 'a second DELETE changes nothing');
  const labelled = await admin.patch(it, 'merge', { metadata: { labels: { a: 'b' } } });
  t.same(labelled.metadata.finalizers, [CLEANUP_FINALIZER], 'its finalizer needs no path');
  await admin.patch({ ...routes, name: 'held' }, 'merge', { metadata: { finalizers: null } });
  await watched;
  t.same(
    seen,
    ['ADDED free', 'ADDED held', 'DELETED free', 'MODIFIED held', 'DELETED held'],
    'and the watch ended',
  );
  t.match(await refusalOf(admin.get(it)), /^404 NotFound/);
  t.match(await refusalOf(admin.list(routes)), NOT_SERVED);
});

/** Resolves when the server ends the watch. */
function watchAll(admin: KubernetesClient, seen: string[]): Promise<void> {
  const tell = ({ type, object }: WatchEvent) =>
    seen.push(`${type} ${(object as KubernetesObject).metadata.name}`);
  return admin.watch(routes, {}, tell, new AbortController().signal);
}

t.test('a finalizer of another keeps a definition that has no instances', async t => {
  await using world = await apiWorld();
  const { admin } = world;
  await admin.create(definitions, { ...definition(), metadata: { name, finalizers: ['ex.io/mine'] } });
  await admin.delete(it);
  await settle(world);
  const left = await admin.get(it);
  t.same(left.metadata['finalizers'], ['ex.io/mine']);
  t.equal(conditionsOf(left)['Terminating'], 'False InstanceDeletionCompleted');
  await admin.patch(it, 'merge', { metadata: { finalizers: null } });
  await settle(world);
  t.match(await refusalOf(admin.list(routes)), NOT_SERVED);
});

t.test('a definition of what is built in is never served, and takes nothing with it', async t => {
  await using world = await apiWorld();
  const { admin } = world;
  const roles = { apiVersion: 'rbac.authorization.k8s.io/v1', plural: 'roles', namespace: 'sample' };
  const own = 'roles.rbac.authorization.k8s.io';
  await admin.create(roles, { metadata: { name: 'r' }, rules: [] });
  const sent = definition({ group: 'rbac.authorization.k8s.io', names: { plural: 'roles', kind: 'Role' } });
  await admin.create(definitions, {
    ...sent,
    metadata: { name: own, annotations: { 'api-approved.kubernetes.io': 'unapproved, for a test' } },
  });
  await settle(world);
  await admin.delete({ ...definitions, name: own });
  await settle(world);
  t.match(await refusalOf(admin.get({ ...definitions, name: own })), /^404 NotFound/);
  t.equal((await admin.get({ ...roles, name: 'r' })).metadata.name, 'r');
});

/** What people and programs do to definitions; none of it ends the server. */
const oddities: readonly {
  readonly what: string;
  readonly act: (admin: KubernetesClient) => Promise<unknown>;
}[] = [
  {
    what: 'no version is served',
    act: admin => admin.patch(it, 'merge', { spec: { versions: [version('v1', { served: false })] } }),
  },
  {
    what: 'a version that was never stored goes',
    act: admin => admin.patch(it, 'merge', { spec: { versions: [version('v1')] } }),
  },
  {
    what: 'its conditions are taken away, and its scope is changed',
    act: async admin => {
      await admin.patch({ ...it, subresource: 'status' }, 'merge', { status: { conditions: null } });
      await admin.patch(it, 'merge', { spec: { scope: 'Cluster' } });
    },
  },
  {
    what: 'its whole status is taken away',
    act: admin => admin.patch({ ...it, subresource: 'status' }, 'merge', { status: null }),
  },
  {
    what: 'its status is no status',
    act: admin =>
      admin.patch({ ...it, subresource: 'status' }, 'merge', {
        status: { conditions: [1], storedVersions: 'v1' },
      }),
  },
  {
    what: 'its finalizer is taken away in deletion',
    act: async admin => {
      await admin.delete(it);
      await admin.patch(it, 'merge', { metadata: { finalizers: null } });
    },
  },
];

for (const { what, act } of oddities) {
  t.test(`${what}, then it is deleted`, async t => {
    await using world = await apiWorld();
    const { admin } = world;
    await admin.create(definitions, definition());
    await admin.create(routes, route('a'));
    await admin.create(routes, route('held', ['ex.io/hold']));
    t.notMatch(await refusalOf(act(admin)), /^5/, 'no failure of the server');
    await settle(world);
    await refusalOf(admin.patch({ ...routes, name: 'held' }, 'merge', { metadata: { finalizers: null } }));
    await refusalOf(admin.delete(it));
    await settle(world);
    await settle(world);
    const seen = await refusalOf(admin.get(it));
    t.match(
      seen,
      what.startsWith('no version') ? 'none' : /^404 NotFound/,
      'the definition is gone, or waits',
    );
    if (seen !== 'none') t.match(await refusalOf(admin.list(routes)), NOT_SERVED);
  });
}
