/** Writes of `/status`, and of namespaces, by the admin of an API server without controllers. */
import t from 'tap';
import { apiWorld, deployments, pods, refusalOf } from '../api-world.ts';

const namespaces = { apiVersion: 'v1', plural: 'namespaces' };
const one = { ...namespaces, name: 'one' };
const NOTE = { annotations: { note: 'one' }, labels: { note: 'one' } };
const controller = { apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'some', controller: true };

t.test('a PUT of a namespace without its spec leaves its finalizers', async t => {
  await using world = await apiWorld();
  const { admin } = world;
  await admin.create(namespaces, { metadata: { name: 'one' } });
  const put = await admin.replace(one, { metadata: { name: 'one', labels: { a: 'b' } } });
  t.match(put, { spec: { finalizers: ['kubernetes'] }, metadata: { labels: { a: 'b' } } });
  const gone = await admin.delete(one);
  t.match(gone, { kind: 'Namespace', status: { phase: 'Terminating' } });
  t.match(await admin.get(one), { spec: { finalizers: ['kubernetes'] } });
  t.match(await admin.delete(one), { kind: 'Namespace' }, 'again: nothing new');
  t.match(await refusalOf(admin.delete({ ...namespaces, name: 'default' })), /^403 /);
});

t.test('a write of a status takes the metadata that the kind lets it', async t => {
  await using world = await apiWorld();
  const { admin } = world;
  await admin.create(namespaces, { metadata: { name: 'one' } });
  const status = { phase: 'Active' };
  const namespace = await admin.replace(
    { ...one, subresource: 'status' },
    { metadata: { name: 'one', ...NOTE }, status },
  );
  t.match(namespace.metadata, NOTE);

  const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  const spec = { selector: { matchLabels: { app: 'a' } }, template };
  await admin.create(deployments, { metadata: { name: 'd', labels: { app: 'a' } }, spec });
  const deployment = await admin.replace(
    { ...deployments, name: 'd', subresource: 'status' },
    { metadata: { name: 'd', ...NOTE }, spec, status: { replicas: 3 } },
  );
  t.match(deployment, { metadata: { annotations: NOTE.annotations }, status: { replicas: 3 } });
  t.same(deployment.metadata.labels, { app: 'a' }, 'labels of a Deployment stay');

  await admin.create(pods, { metadata: { name: 'p', ownerReferences: [controller] }, spec: template.spec });
  const pod = await admin.replace(
    { ...pods, name: 'p', subresource: 'status' },
    { metadata: { name: 'p', ...NOTE }, spec: template.spec, status: { phase: 'Running' } },
  );
  t.match(pod, { metadata: NOTE, status: { phase: 'Running', qosClass: 'BestEffort' } });
  t.same(pod.metadata.ownerReferences, [controller], 'owners of a Pod stay');
  const fields = (pod.metadata['managedFields'] as { subresource?: string; fieldsV1: object }[]).find(
    ({ subresource }) => subresource === 'status',
  );
  t.match(fields?.fieldsV1, { 'f:metadata': { 'f:annotations': { 'f:note': {} } } });
});

t.test('the finalizers and the phase of a namespace are checked', async t => {
  await using world = await apiWorld();
  const { admin } = world;
  await admin.create(namespaces, { metadata: { name: 'one' } });
  const finalize = (...finalizers: string[]) =>
    admin.replace({ ...one, subresource: 'finalize' }, { metadata: { name: 'one' }, spec: { finalizers } });
  const unqualified = 'name is neither a standard finalizer name nor is it fully qualified';
  t.equal(
    await refusalOf(finalize('kubernetes', 'mine')),
    `422 Invalid: Namespace "one" is invalid: spec.finalizers[1]: Invalid value: "mine": ${unqualified}`,
  );
  t.match(await finalize('kubernetes', 'example.com/mine'), {
    spec: { finalizers: ['kubernetes', 'example.com/mine'] },
    status: { phase: 'Active' },
  });
  t.equal(
    await refusalOf(
      admin.patch({ ...one, subresource: 'status' }, 'merge', { status: { phase: 'Terminating' } }),
    ),
    '422 Invalid: Namespace "one" is invalid: status.Phase: Invalid value: "Terminating": ' +
      "may only be 'Active' if `deletionTimestamp` is empty",
  );
  await admin.delete(one);
  const other = { metadata: { name: 'one' }, spec: { finalizers: [] } };
  await admin.replace({ ...one, subresource: 'finalize' }, other);
  t.match(await refusalOf(admin.get(one)), /^404 /);
});
