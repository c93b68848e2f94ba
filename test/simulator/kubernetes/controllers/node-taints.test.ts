import t from 'tap';
import { apiWorld } from '../api-world.ts';
import { TestWorld } from '../test-world.ts';

const taintsOf = (world: TestWorld, name: string) =>
  (world.client.get('nodes', '', name)?.spec?.taints ?? []).map(({ key, effect }) => `${key}:${effect}`);
const NOT_READY = 'node.kubernetes.io/not-ready:NoSchedule';

t.test('taints follow what a node says, and its cordon', async t => {
  await using world = new TestWorld();
  const say = (status?: string) =>
    world.client.local.modifyStatus('nodes', '', 'n', draft => {
      draft['status'] = status === undefined ? {} : { conditions: [{ type: 'Ready', status }] };
    });
  const own = { key: 'example.com/own', effect: 'NoSchedule' };
  const taints = [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }, own];
  world.create('nodes', { metadata: { name: 'n' }, spec: { taints } });
  await world.advance(1);
  t.same(taintsOf(world, 'n'), ['example.com/own:NoSchedule'], 'it says nothing');
  say('False');
  await world.advance(1);
  t.same(taintsOf(world, 'n'), ['example.com/own:NoSchedule', NOT_READY]);
  say('Unknown');
  await world.advance(1);
  t.same(taintsOf(world, 'n'), ['example.com/own:NoSchedule', 'node.kubernetes.io/unreachable:NoSchedule']);
  say('True');
  world.client.local.modify('nodes', '', 'n', draft => {
    draft['spec'] = { taints: [], unschedulable: true };
  });
  await world.advance(1);
  t.same(taintsOf(world, 'n'), ['node.kubernetes.io/unschedulable:NoSchedule']);
  world.client.local.modify('nodes', '', 'n', draft => {
    draft['spec'] = { ...(draft['spec'] as object), unschedulable: false };
  });
  await world.advance(1);
  t.same(taintsOf(world, 'n'), []);
});

t.test('a node that a client makes is not ready', async t => {
  await using world = await apiWorld();
  t.match(await world.admin.request('POST', '/api/v1/nodes', { body: { metadata: { name: 'n' } } }), {
    spec: { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }] },
  });
});
