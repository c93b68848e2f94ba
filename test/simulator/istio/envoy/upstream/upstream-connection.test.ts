/** What a connection to an upstream host holds. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import { systemClock } from '../../../../../harness/base/clock.ts';
import { Counters } from '../../../../../harness/simulator/istio/envoy/environment/counters.ts';
import type { EnvoyEnvironment } from '../../../../../harness/simulator/istio/envoy/environment/environment.ts';
import { ClusterResources } from '../../../../../harness/simulator/istio/envoy/upstream/cluster-resources.ts';
import { Host } from '../../../../../harness/simulator/istio/envoy/upstream/host.ts';
import { connectUpstream } from '../../../../../harness/simulator/istio/envoy/upstream/upstream-connection.ts';
import { duplexPair } from '../../../../support/duplex-pair.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void; // the flag makes it

t.test('a connection that stands has forgotten who dialled', async t => {
  const [socket, far] = duplexPair();
  // All of an environment that a connection without TLS asks for.
  const environment = {
    clock: systemClock,
    network: { connect: () => socket },
  } as unknown as EnvoyEnvironment;
  const target = {
    host: new Host({ address: '10.0.0.1', port: 80, weight: 1, tlsMode: 'disabled' }),
    tls: undefined,
    sourceAddress: undefined,
    connectTimeoutMs: 60_000,
    counters: new Counters(),
    resources: new ClusterResources(undefined),
  };
  let told = 0;
  const dial = (): WeakRef<object> => {
    const call = { answers: 0 };
    connectUpstream(environment, target, failure => {
      call.answers++;
      told += failure ? 0 : call.answers;
    });
    return new WeakRef(call);
  };
  const call = dial();
  socket.emit('connect');
  socket.emit('connect');
  t.equal(told, 1, 'it is told once');
  await new Promise(resolve => setImmediate(resolve)); // a WeakRef holds until the turn is over
  collectGarbage();
  t.equal(call.deref(), undefined);
  t.notOk(socket.destroyed);
  far.destroy();
  socket.destroy();
});
