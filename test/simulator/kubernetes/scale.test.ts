/**
 * Many objects, many changes: with the informer that programs on @kubernetes/client-node use, and with the
 * controllers of a cluster.
 */
import { KubeConfig, type KubernetesObject, makeInformer } from '@kubernetes/client-node';
import t from 'tap';
import { apiWorld, configMap } from './api-world.ts';
import { deployment, TestWorld } from './test-world.ts';

const OBJECTS = 100;
const CHANGES = 10_000;

t.test('an informer of client-node sees 10,000 changes, each once and in order', async t => {
  await using world = await apiWorld();
  const { client } = world.api.machinery;
  const port = await world.api.listen(0, '127.0.0.1');
  const config = new KubeConfig();
  config.loadFromString(world.api.kubeconfig(`https://127.0.0.1:${port}`));
  const path = '/api/v1/namespaces/sample/configmaps';
  for (let index = 0; index < OBJECTS; index++)
    client.create('configmaps', configMap(`m${index}`, { metadata: { namespace: 'sample' } }));
  const informer = makeInformer(config, path, async () => {
    const list = (await world.admin.request('GET', path)) as { metadata: object; items: KubernetesObject[] };
    return { apiVersion: 'v1', kind: 'ConfigMapList', ...list };
  });
  const versions: number[] = [];
  let seeAll = () => {};
  const allSeen = new Promise<void>(resolve => {
    seeAll = resolve;
  });
  for (const verb of ['add', 'update', 'delete'] as const) {
    informer.on(verb, ({ metadata }) => {
      versions.push(Number(metadata?.resourceVersion));
      if (versions.length === OBJECTS + CHANGES) seeAll();
    });
  }
  let stopped = false;
  informer.on('error', error => stopped || t.fail(String(error)));
  await informer.start();
  const written: number[] = versions.slice();
  for (let index = 0; index < CHANGES; index++) {
    const name = `m${index % OBJECTS}`;
    // One in a hundred goes, and comes again with the next change.
    const exists = client.get('configmaps', 'sample', name) !== undefined;
    if (exists && index % 101 === 0) client.delete('configmaps', 'sample', name);
    else if (!exists) client.create('configmaps', configMap(name, { metadata: { namespace: 'sample' } }));
    else {
      client.modify('configmaps', 'sample', name, draft => {
        draft['data'] = { k: String(index) };
      });
    }
    written.push(client.resourceVersion);
    // Not all in one turn: what is written is told of while writing goes on.
    if (index % 500 === 0) await new Promise(resolve => setImmediate(resolve));
  }
  await allSeen;
  t.equal(versions.length, OBJECTS + CHANGES);
  t.equal(
    versions.findIndex((version, index) => version !== written[index]),
    -1,
    'none is lost, repeated or out of order',
  );
  t.same(
    new Map(informer.list('sample').map(({ metadata }) => [metadata?.name, metadata?.resourceVersion])),
    new Map(client.list('configmaps').map(({ metadata }) => [metadata.name, metadata.resourceVersion])),
    'it knows in the end what the server knows',
  );
  stopped = true;
  await informer.stop();
});

t.test('a namespace with a thousand objects ends', async t => {
  await using world = new TestWorld();
  const { client } = world.machinery;
  world.create('namespaces', { metadata: { name: 'full' } });
  for (let index = 0; index < 330; index++) {
    const metadata = { name: `x${index}`, namespace: 'full' };
    world.create('configmaps', {
      metadata: { ...metadata, ...(index % 10 === 0 && { finalizers: ['ex.io/hold'] }) },
    });
    world.create('secrets', { metadata });
    world.create('serviceaccounts', { metadata });
  }
  for (let index = 0; index < 10; index++) {
    const made = deployment(`web${index}`);
    world.create('deployments.apps', { ...made, metadata: { ...made.metadata, namespace: 'full' } });
  }
  await world.until(() => (world.pods('full').length === 10 ? true : undefined));
  client.delete('namespaces', '', 'full');
  await world.until(() => (client.list('secrets', { namespace: 'full' }).length === 0 ? true : undefined));
  t.ok(client.get('namespaces', '', 'full'), 'it stays as long as something in it does');
  const held = client.list('configmaps', { namespace: 'full' });
  t.equal(held.length, 33);
  for (const { metadata } of held) {
    client.modify('configmaps', 'full', metadata.name ?? '', draft => {
      delete draft.metadata['finalizers'];
    });
  }
  await world.until(() => (client.get('namespaces', '', 'full') === undefined ? true : undefined));
  for (const key of [
    'configmaps',
    'secrets',
    'serviceaccounts',
    'pods',
    'deployments.apps',
    'replicasets.apps',
    'events',
  ])
    t.equal(client.list(key, { namespace: 'full' }).length, 0, `no ${key} are left`);
});
