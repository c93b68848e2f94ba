/** How far back a watch may go on, by age and by size. */
import t from 'tap';
import type { Clock, Timer } from '../../../../harness/base/clock.ts';
import { startCompaction } from '../../../../harness/simulator/kubernetes/compaction.ts';
import { startEventExpiry } from '../../../../harness/simulator/kubernetes/event-expiry.ts';
import { BUILT_IN_RESOURCES } from '../../../../harness/simulator/kubernetes/registry/built-in-resources.ts';
import type { KubernetesObject } from '../../../../harness/simulator/kubernetes/registry/json.ts';
import { ResourceRegistry } from '../../../../harness/simulator/kubernetes/registry/registry.ts';
import type { ResourceType } from '../../../../harness/simulator/kubernetes/registry/resources.ts';
import { Store } from '../../../../harness/simulator/kubernetes/registry/store.ts';

const registry = new ResourceRegistry(BUILT_IN_RESOURCES, 34);
const type: ResourceType = registry.require('configmaps');
const configMap = (name: string, text = ''): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'sample' },
  data: { text },
});

/** A clock whose timers fire when a test says so. */
function handClock(kind: Clock['kind']) {
  let pending: (() => void) | undefined;
  let delay = 0;
  const clock: Clock = {
    kind,
    now: () => 0,
    setTimeout: (callback, delayMs): Timer => {
      pending = callback;
      delay = delayMs;
      return {};
    },
    clearTimeout: () => {
      pending = undefined;
    },
  };
  return {
    clock,
    delayMs: () => delay,
    isWaiting: () => pending !== undefined,
    fire: () => pending?.(),
  };
}

t.test('what is older than five minutes goes at the next look; what is younger stays', async t => {
  const store = new Store();
  const hand = handClock('wall');
  store.insert(type, configMap('first'));
  const stop = startCompaction(store, hand.clock);
  t.equal(hand.delayMs(), 300_000);
  store.insert(type, configMap('second'));
  const afterSecond = store.resourceVersion;
  hand.fire();
  t.equal(store.changesSince(type, 1), undefined, 'the first is forgotten');
  t.same(
    store.changesSince(type, afterSecond - 1)?.map(({ object }) => object.metadata.name),
    ['second'],
    'the second came after the look before',
  );
  store.insert(type, configMap('third'));
  hand.fire();
  t.equal(store.changesSince(type, afterSecond - 1), undefined);
  t.equal(store.changesSince(type, afterSecond)?.length, 1);
  t.equal(store.list(type).length, 3, 'objects are not history');
  stop();
  t.notOk(hand.isWaiting());
});

t.test('on a virtual clock nothing is waited for', async t => {
  const hand = handClock('virtual');
  startCompaction(new Store(), hand.clock)();
  t.notOk(hand.isWaiting());
});

t.test('the size is bounded in bytes, whatever the count', async t => {
  const store = new Store();
  for (let index = 0; index < 5000; index++) store.insert(type, configMap(`small-${index}`));
  t.equal(store.changesSince(type, 1)?.length, 5000, 'a megabyte of small ones is kept');
  for (let index = 0; index < 1100; index++)
    store.insert(type, configMap(`large-${index}`, 'x'.repeat(20_000)));
  t.equal(store.changesSince(type, 1), undefined, 'the older half is gone');
  const kept = store.changesSince(type, store.resourceVersion - 500) ?? [];
  t.equal(kept.length, 500, 'the younger are there');
});

t.test('Events go an hour after they were written last', async t => {
  const events = registry.require('events');
  const event = (name: string): KubernetesObject => ({ ...configMap(name), kind: 'Event' });
  const store = new Store();
  const hand = handClock('wall');
  const names = () => store.list(events).map(({ metadata }) => metadata.name);
  store.insert(events, event('told once'));
  const counted = store.insert(events, event('counted'));
  store.insert(type, configMap('no event'));
  const stop = startEventExpiry(store, events, hand.clock);
  t.equal(hand.delayMs(), 300_000);
  for (let look = 1; look < 12; look++) hand.fire();
  store.replace(events, { ...counted, count: 2 });
  t.equal(names().length, 2, 'after 55 minutes they are there');
  hand.fire();
  t.same(names(), ['counted'], 'the other was written anew');
  t.equal(store.changesSince(events, store.resourceVersion - 1)?.[0]?.type, 'DELETED', 'watches hear of it');
  for (let look = 0; look < 12; look++) hand.fire();
  t.same(names(), []);
  t.equal(store.list(type).length, 1);
  stop();
  t.notOk(hand.isWaiting());
  startEventExpiry(store, events, handClock('virtual').clock)();
});
