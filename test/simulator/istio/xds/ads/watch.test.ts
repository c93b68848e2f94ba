import t from 'tap';
import { Watch } from '../../../../../harness/simulator/istio/xds/ads/watch.ts';
import { resource } from './small-mesh.ts';

const moment = (nonce: string) => ({ version: 'v', nonce, timeMs: 0 });

t.test('what is different is found by versions, bodies are not read', async t => {
  const watch = new Watch(new Set(), true);
  const bodyless = (name: string, version: string) => ({
    name,
    version,
    get body(): string {
      throw new Error('read');
    },
  });
  watch.tell({ resources: [bodyless('a', '1'), bodyless('b', '1')], removed: [] }, moment('n1'));
  t.equal(watch.differenceTo([bodyless('b', '1'), bodyless('a', '1')]), undefined);
  const difference = watch.differenceTo([bodyless('b', '2'), bodyless('c', '1')]);
  t.same(
    difference?.resources.map(({ name }) => name),
    ['b', 'c'],
  );
  t.same(difference?.removed, ['a']);
});

t.test('the last response is accepted once', async t => {
  const watch = new Watch(new Set(['a']), false);
  t.equal(watch.accept(5), false, 'there is none');
  watch.tell({ resources: [resource('a', '1')], removed: [] }, moment('n1'));
  t.equal(watch.accept(5), true);
  t.equal(watch.accept(6), false);
  t.same(watch.acked, { ...moment('n1'), timeMs: 6 });
});

t.test('a subscription says whether it is another one', async t => {
  const watch = new Watch(new Set(['a', 'b']), false);
  t.same(watch.wanted, new Set(['a', 'b']));
  t.equal(watch.subscribe(new Set(['b', 'a']), false), false);
  t.equal(watch.subscribe(new Set(['a', 'c']), false), true);
  t.equal(watch.subscribe(new Set(['a', 'c', '*']), false), true);
  t.equal(watch.wanted, 'all');
  t.same([...watch.names], ['a', 'c']);
});
