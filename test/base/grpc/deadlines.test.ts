/** Deadlines of calls, on a virtual clock. */
import t from 'tap';
import { failureOf, until, world } from '../../support/grpc.ts';
import { armTripwire } from '../../support/tripwire.ts';

for (const security of ['clear', 'tls'] as const) {
  t.test(`a deadline in virtual time, ${security}`, async t => {
    using made = await world(security);
    const { client, base, seen } = made;
    using tripwire = armTripwire();
    const began = base.clock.now();
    const timeout = { clock: base.clock, timeoutMs: 3_600_000 };
    const failure = await failureOf(client.unary('/test.Echo/Never', Buffer.from('x'), { timeout }));
    t.match(failure, { code: 'DeadlineExceeded', description: 'context deadline exceeded' });
    t.equal(base.clock.now() - began, 3_600_000);
    const [call] = seen.calls;
    t.ok(call?.deadlineMs !== undefined && Math.abs(call.deadlineMs - began - 3_600_000) < 100);
    await until(() => call?.signal.aborted === true);
    t.equal((await client.unary('/test.Echo/Echo', Buffer.from('on'), { timeout })).toString(), 'on');
    t.equal(base.clock.pendingTimers, 0, 'a call that is over leaves no timer');
    const stream = client.stream('/test.Echo/Both');
    stream.send(Buffer.alloc(1_000_000));
    stream.onMessage = () => stream.end();
    await until(() => stream.isOver);
    client.close();
    await until(() => made.listener.connections === 0);
    t.same(tripwire.trips, [], 'nothing has left the event loop');
  });
}

t.test('a server keeps the deadline that the client forgets', async t => {
  using made = await world('clear');
  const { client, base } = made;
  const failure = await failureOf(
    client.unary('/test.Echo/Never', Buffer.from('x'), { metadata: { 'grpc-timeout': '2S' } }),
  );
  t.match(failure, { code: 'DeadlineExceeded', description: 'context deadline exceeded' });
  const bad = await failureOf(
    client.unary('/test.Echo/Never', Buffer.from('x'), { metadata: { 'grpc-timeout': '2y' } }),
  );
  t.match(bad.description, /unexpected HTTP status code received from server: 400/);
  t.equal(base.clock.pendingTimers, 0);
  client.close();
});
