import t from 'tap';
import { TestWorld } from '../test-world.ts';

const SLICES = 'endpointslices.discovery.k8s.io';

t.test('the Service of the API server is made again within ten seconds, with its endpoints', async t => {
  await using world = new TestWorld();
  const { client } = world;
  const of = (resource: string) => client.local.get(resource, 'default', 'kubernetes');
  const before = of('services')?.['spec'];
  await world.advance(3);
  client.local.delete('services', 'default', 'kubernetes');
  client.local.delete(SLICES, 'default', 'kubernetes');
  await world.advance(1);
  t.equal(of('services'), undefined, 'not at once');
  await world.advance(7);
  t.match(of('services')?.['spec'], before as object);
  t.match(of('endpoints'), { subsets: [{ ports: [{ name: 'https' }] }] });
  t.match(of(SLICES), { endpoints: [{ conditions: { ready: true } }] });
});

t.test('wrong endpoints of the API server are set right', async t => {
  await using world = new TestWorld();
  const { local } = world.client;
  const right = local.get('endpoints', 'default', 'kubernetes')?.['subsets'];
  local.modify('endpoints', 'default', 'kubernetes', draft => {
    draft['subsets'] = [];
  });
  await world.advance(10.1);
  t.same(local.get('endpoints', 'default', 'kubernetes')?.['subsets'], right);
});

t.test('the namespace of nodes is made again within a minute', async t => {
  await using world = new TestWorld();
  world.client.local.delete('namespaces', '', 'kube-node-lease');
  await world.advance(30);
  t.equal(world.client.get('namespaces', '', 'kube-node-lease'), undefined);
  await world.advance(31);
  t.match(world.client.get('namespaces', '', 'kube-node-lease'), { status: { phase: 'Active' } });
});
