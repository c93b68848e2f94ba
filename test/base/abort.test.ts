import { getEventListeners } from 'node:events';
import t from 'tap';
import { reasonOf, unlessAborted } from '../../harness/base/abort.ts';

const listenersOf = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

t.test('work that ends first is what comes of the wait, and nobody listens any more', async t => {
  const { signal } = new AbortController();
  t.equal(await unlessAborted(Promise.resolve('done'), signal), 'done');
  await t.rejects(unlessAborted(Promise.reject(new Error('failed')), signal), { message: 'failed' });
  await new Promise(resolve => setImmediate(resolve));
  t.equal(listenersOf(signal), 0);
});

t.test('an abort ends the wait with its reason, also one that came before', async t => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const waiting = unlessAborted(new Promise(() => {}), controller.signal);
  controller.abort(reason);
  await t.rejects(waiting, reason);
  await t.rejects(unlessAborted(Promise.resolve('late'), controller.signal), reason);
  t.equal(listenersOf(controller.signal), 0);
  t.equal(reasonOf(controller.signal), reason);
});

t.test('a reason that is no error is made one', async t => {
  t.match(reasonOf(AbortSignal.abort('a word')), { message: 'a word' });
});
