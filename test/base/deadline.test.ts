import { getEventListeners } from 'node:events';
import t from 'tap';
import type { Clock, Timer } from '../../harness/base/clock.ts';
import { controllerForMany, linkedSignal } from '../../harness/base/deadline.ts';

const listenersOf = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

/** A clock whose time passes by hand. */
class HandClock implements Clock {
  readonly kind = 'virtual';
  readonly timers = new Map<Timer, { readonly atMs: number; readonly callback: () => void }>();
  #now = 0;

  now(): number {
    return this.#now;
  }

  setTimeout(callback: () => void, delayMs: number): Timer {
    const timer: Timer = { brand: 'timer' };
    this.timers.set(timer, { atMs: this.#now + delayMs, callback });
    return timer;
  }

  clearTimeout(timer: Timer | undefined): void {
    if (timer) this.timers.delete(timer);
  }

  pass(ms: number): void {
    this.#now += ms;
    for (const [timer, { atMs, callback }] of this.timers) {
      if (atMs > this.#now) continue;
      this.timers.delete(timer);
      callback();
    }
  }
}

t.test('aborts when the deadline passes, and not before', async t => {
  const clock = new HandClock();
  const parent = new AbortController();
  using linked = linkedSignal(parent.signal, { clock, timeoutMs: 100 });
  clock.pass(99);
  t.same([linked.signal.aborted, linked.expired()], [false, false]);
  clock.pass(1);
  t.same([linked.signal.aborted, linked.expired()], [true, true]);
  t.match(linked.signal.reason, { message: 'the deadline passed' });
  t.notOk(parent.signal.aborted, 'the parent goes on');
});

t.test('makes the reason that it was given, when the deadline passes', async t => {
  const clock = new HandClock();
  const reason = new RangeError('too long');
  using linked = linkedSignal(undefined, { clock, timeoutMs: 5, reason: () => reason });
  clock.pass(5);
  t.equal(linked.signal.reason, reason);
});

t.test('aborts with the reason of its parent, which is not a deadline that passed', async t => {
  const clock = new HandClock();
  const parent = new AbortController();
  using linked = linkedSignal(parent.signal, { clock, timeoutMs: 100 });
  parent.abort('enough');
  t.equal(linked.signal.reason, 'enough');
  t.notOk(linked.expired());
});

t.test('is aborted from the start if its parent is', async t => {
  using linked = linkedSignal(AbortSignal.abort('before'));
  t.equal(linked.signal.reason, 'before');
});

t.test('follows more than one, and keeps the first reason', async t => {
  const [parent, other, third] = [new AbortController(), new AbortController(), new AbortController()];
  using linked = linkedSignal(parent.signal);
  linked.follow(other.signal);
  linked.follow(third.signal);
  other.abort('the other');
  parent.abort('the parent');
  t.equal(linked.signal.reason, 'the other');
});

t.test('a disposal stops the timer, forgets the parents and wakes nobody', async t => {
  const clock = new HandClock();
  const parent = new AbortController();
  const other = new AbortController();
  const linked = linkedSignal(parent.signal, { clock, timeoutMs: 100 });
  linked.follow(other.signal);
  t.same([clock.timers.size, listenersOf(parent.signal), listenersOf(other.signal)], [1, 1, 1]);
  linked[Symbol.dispose]();
  t.same([clock.timers.size, listenersOf(parent.signal), listenersOf(other.signal)], [0, 0, 0]);
  parent.abort();
  t.notOk(linked.signal.aborted);
  linked.abort('by hand');
  t.equal(linked.signal.reason, 'by hand');
});

t.test('any number may listen at once', async t => {
  const warnings: string[] = [];
  const onWarning = ({ name }: Error) => warnings.push(name);
  process.on('warning', onWarning);
  t.teardown(() => process.off('warning', onWarning));
  for (const signal of [linkedSignal(undefined).signal, controllerForMany().signal]) {
    for (let count = 0; count < 12; count++) signal.addEventListener('abort', () => {});
  }
  await new Promise(resolve => setImmediate(resolve));
  t.strictSame(warnings, []);
});
