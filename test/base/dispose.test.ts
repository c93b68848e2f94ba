import t from 'tap';
import { CleanupStack, disposeWithin } from '../../harness/base/dispose.ts';

t.test('undoes the last thing first, all of them, and tells of every failure', async t => {
  const done: string[] = [];
  const stack = new CleanupStack();
  stack.add('the first', () => void done.push('first'));
  stack.add('the second', () => Promise.reject(new Error('stuck')));
  stack.add('the third', () => void done.push('third'));
  await t.rejects(stack[Symbol.asyncDispose](), { errors: [{ message: 'the second: stuck' }] });
  t.same(done, ['third', 'first']);
  await stack[Symbol.asyncDispose]();
  t.same(done, ['third', 'first'], 'a second disposal finds nothing left to undo');
});

t.test('what needs nothing of each other is undone side by side, in its place in the row', async t => {
  const done: string[] = [];
  const stack = new CleanupStack();
  let arrived = 0;
  let open = () => {};
  const met = new Promise<void>(resolve => {
    open = resolve;
  });
  const meet = (name: string) => async () => {
    arrived += 1;
    if (arrived === 2) open();
    await met;
    done.push(name);
  };
  stack.add('a network', () => void done.push('network'));
  stack.add('one cluster', meet('one'), 'clusters');
  stack.add('another cluster', meet('another'), 'clusters');
  stack.add('a stuck one', () => Promise.reject(new Error('stuck')), 'clusters');
  stack.add('connections', () => void done.push('connections'));
  await t.rejects(stack[Symbol.asyncDispose](), { errors: [{ message: 'a stuck one: stuck' }] });
  t.same([done[0], done.slice(1, 3).sort(), done[3]], ['connections', ['another', 'one'], 'network']);
});

t.test('a stack that has moved is undone at its new place only', async t => {
  const done: string[] = [];
  const stack = new CleanupStack();
  stack.add('a thing', () => void done.push('undone'));
  const moved = stack.move();
  await stack[Symbol.asyncDispose]();
  t.same(done, []);
  await moved[Symbol.asyncDispose]();
  t.same(done, ['undone']);
});

t.test('within a deadline, failures are sentences without secrets', async t => {
  const stack = new CleanupStack();
  stack.add('the folder', () => {
    throw new Error('-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----');
  });
  stack.add('the network', () => {
    throw new Error('in use');
  });
  const [network, folder] = await disposeWithin(stack, 10_000);
  t.equal(network, 'the network: in use');
  t.match(folder, /^the folder: /);
  t.notMatch(folder, /MIIEvQ/);
});

t.test('a clean-up that hangs is left behind at its deadline', async t => {
  const stack = new CleanupStack();
  stack.add('a thing that hangs', () => new Promise(() => {}));
  t.same(await disposeWithin(stack, 5), ['It did not end within 0.005 s.']);
});
