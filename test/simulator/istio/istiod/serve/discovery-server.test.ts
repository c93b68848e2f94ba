import t from 'tap';
import { type Clock, systemClock, type Timer } from '../../../../../harness/base/clock.ts';
import { GrpcClient } from '../../../../../harness/base/grpc/client.ts';
import { GrpcListener } from '../../../../../harness/base/grpc/listener.ts';
import { GrpcServer } from '../../../../../harness/base/grpc/server.ts';
import type {
  Authenticator,
  Caller,
} from '../../../../../harness/simulator/istio/istiod/serve/authenticate.ts';
import { DiscoveryServer } from '../../../../../harness/simulator/istio/istiod/serve/discovery-server.ts';
import type { Resources } from '../../../../../harness/simulator/istio/istiod/serve/resources.ts';
import { createLog } from '../../../../../harness/simulator/istio/log.ts';
import { Metrics } from '../../../../../harness/simulator/istio/metrics.ts';
import { DISCOVERY_METHODS } from '../../../../../harness/simulator/istio/xds/wire/codecs.ts';
import { duplexPair } from '../../../../support/duplex-pair.ts';

const turns = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setImmediate(resolve));
};

t.test('a proxy that leaves while it is asked after leaves no timer', async t => {
  const timers = new Set<Timer | undefined>();
  t.teardown(() => {
    for (const timer of timers) systemClock.clearTimeout(timer);
  });
  const clock: Clock = {
    ...systemClock,
    setTimeout: (callback, delayMs) => {
      const timer = systemClock.setTimeout(callback, delayMs);
      timers.add(timer);
      return timer;
    },
    clearTimeout: timer => {
      timers.delete(timer);
      systemClock.clearTimeout(timer);
    },
  };
  let answer: (caller: Caller) => void = () => {};
  const authenticate = () => new Promise<Caller>(resolve => (answer = resolve));
  const discovery = new DiscoveryServer({
    clock,
    log: createLog(clock, () => {}),
    metrics: new Metrics(),
    authenticator: { authenticate } as unknown as Authenticator,
    resources: { of: () => [] } as unknown as Resources,
    debug: () => undefined,
    controlPlane: () => undefined,
    checksIdentity: false,
  });
  const listener = new GrpcListener(new GrpcServer({ clock, methods: new Map(discovery.methods(true)) }));
  for (const leaves of [false, true]) {
    const [near, far] = duplexPair();
    listener.accept(far);
    const client = new GrpcClient(near, { authority: 'istiod' });
    client.stream(DISCOVERY_METHODS.delta).onClose = () => {};
    await turns();
    if (leaves) far.destroy();
    await turns();
    answer({ namespace: 'a', serviceAccount: 'b', identity: 'c' });
    await turns();
    t.equal(timers.size, leaves ? 0 : 1, leaves ? 'gone' : 'the age of a connection that stays');
    far.destroy();
    await turns();
    t.equal(timers.size, 0);
    client.close();
  }
  listener.close();
});
