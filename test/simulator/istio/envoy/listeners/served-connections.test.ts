import { PassThrough } from 'node:stream';
import t from 'tap';
import { createRandom } from '../../../../../harness/base/random.ts';
import type { RunningListener } from '../../../../../harness/simulator/istio/envoy/listeners/accepted-connection.ts';
import { WHOLE_LISTENER } from '../../../../../harness/simulator/istio/envoy/listeners/changed-listener.ts';
import { ServedConnections } from '../../../../../harness/simulator/istio/envoy/listeners/served-connections.ts';
import { VirtualClock } from '../../../../../harness/simulator/network/virtual-clock.ts';

const LISTENER = {} as RunningListener; // compared by identity only
const SOME_CHAINS = { isWhole: false, isGone: () => true };

function served(drainStrategy: 'immediate' | 'gradual') {
  const clock = new VirtualClock();
  const connections = new ServedConnections({
    clock,
    random: createRandom('s'),
    wording: { drainStrategy },
  });
  const streams = Array.from({ length: 200 }, () => new PassThrough());
  for (const stream of streams) connections.add(stream, LISTENER);
  const closing = () => streams.filter(stream => connections.wantsClose(stream)).length;
  const wait = (ms: number) => new Promise<void>(resolve => clock.setTimeout(resolve, ms));
  return { clock, connections, streams, closing, wait };
}

t.test('a listener that stays asks nobody to close', async t => {
  t.equal(served('immediate').closing(), 0);
});

t.test('clients of a chain that is gone are asked to close at once, by either strategy', async t => {
  for (const strategy of ['immediate', 'gradual'] as const) {
    const { connections, closing } = served(strategy);
    connections.drain(LISTENER, SOME_CHAINS);
    t.equal(closing(), 200);
    connections.close();
  }
});

t.test('those of a listener that is gone: at once, or the more the longer it drains', async t => {
  const immediate = served('immediate');
  immediate.connections.drain(LISTENER, WHOLE_LISTENER);
  t.equal(immediate.closing(), 200);
  immediate.connections.close();

  const { clock, connections, closing, wait } = served('gradual');
  connections.drain(LISTENER, WHOLE_LISTENER);
  t.equal(closing(), 0);
  clock.start();
  await wait(22_500);
  const half = closing();
  clock.stop();
  t.ok(half > 70 && half < 130, `half of the time: ${half} of 200`);
  connections.close();
});

t.test('clients that come later are not asked', async t => {
  const { connections } = served('immediate');
  connections.drain(LISTENER, SOME_CHAINS);
  const late = new PassThrough();
  connections.add(late, LISTENER);
  t.notOk(connections.wantsClose(late));
  connections.close();
});
