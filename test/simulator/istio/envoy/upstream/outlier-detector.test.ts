import t from 'tap';
import { createRandom } from '../../../../../harness/base/random.ts';
import { Counters } from '../../../../../harness/simulator/istio/envoy/environment/counters.ts';
import { Host } from '../../../../../harness/simulator/istio/envoy/upstream/host.ts';
import {
  type Outcome,
  OutlierDetector,
} from '../../../../../harness/simulator/istio/envoy/upstream/outlier-detector.ts';
import {
  OUTLIER_DEFAULTS,
  type OutlierDetection,
} from '../../../../../harness/simulator/istio/xds/cluster-policy.ts';
import { VirtualClock } from '../../../../../harness/simulator/network/virtual-clock.ts';

function watched(more: Partial<OutlierDetection>, strategy: 'strict' | 'at-least-one' = 'strict', count = 2) {
  const clock = new VirtualClock();
  const hosts = Array.from(
    { length: count },
    (_, index) => new Host({ address: `10.0.0.${index}`, port: 80, weight: 1, tlsMode: 'disabled' }),
  );
  const [host] = hosts;
  if (!host) throw new Error('no host');
  let changes = 0;
  const counters = new Counters();
  const detector = new OutlierDetector(
    { ...OUTLIER_DEFAULTS, maxEjectionPercent: 100, ...more },
    {
      clock,
      random: createRandom('s'),
      strategy,
      counters,
      hosts: () => hosts,
      onChange: () => changes++,
    },
  );
  const record = (...outcomes: readonly Outcome[]) => {
    for (const outcome of outcomes) detector.record(host, outcome);
    return host.isEjected;
  };
  const wait = (ms: number) => new Promise<void>(resolve => clock.setTimeout(resolve, ms));
  return { clock, hosts, host, detector, record, wait, counters, changes: () => changes };
}

t.test('five failures in a row eject a host, and a success begins the row anew', async t => {
  t.notOk(watched({}).record(500, 500, 500, 500));
  t.ok(watched({}).record(500, 501, 503, 504, 500));
  t.notOk(watched({}).record(500, 500, 500, 500, 200, 500));
  t.notOk(watched({}).record(404, 404, 404, 404, 404), 'that is no failure of the host');
});

t.test('gateway errors count where they are enforced', async t => {
  const gateway = { consecutiveGateway: 2, enforcingGateway: 100, enforcing5xx: 0 };
  t.ok(watched(gateway).record(503, 502));
  t.notOk(watched(gateway).record(503, 500, 503), 'another error begins the row anew');
  t.notOk(watched({ consecutiveGateway: 2 }).record(503, 503), 'by default they are not');
});

t.test('no connection is a 503, no answer in time a 504, unless they count apart', async t => {
  const gateway = { consecutiveGateway: 2, enforcingGateway: 100 };
  t.ok(watched(gateway).record('connect-failure', 'timeout'));
  const apart = { ...gateway, splitsLocalErrors: true, consecutiveLocal: 3 };
  t.notOk(watched(apart).record('connect-failure', 'timeout'));
  t.ok(watched(apart).record('connect-failure', 'timeout', 'connect-failure'));
});

t.test('no more than their share is ejected; up to some release one is in any case', async t => {
  t.notOk(watched({ consecutive5xx: 1, maxEjectionPercent: 10 }).record(500));
  t.ok(watched({ consecutive5xx: 1, maxEjectionPercent: 10 }, 'strict', 10).record(500));
  t.ok(watched({ consecutive5xx: 1, maxEjectionPercent: 10 }, 'at-least-one').record(500));
  const { hosts, detector } = watched({ consecutive5xx: 1, maxEjectionPercent: 50 });
  for (const host of hosts) detector.record(host, 500);
  t.equal(hosts.filter(({ isEjected }) => isEjected).length, 1);
});

t.test('each ejection is longer than the one before', async t => {
  const { clock, record, wait, host, changes, counters } = watched({
    consecutive5xx: 1,
    intervalMs: 1000,
    baseEjectionMs: 10_000,
  });
  clock.start();
  record(500);
  await wait(9500);
  t.ok(host.isEjected);
  await wait(1000);
  t.notOk(host.isEjected);
  t.equal(changes(), 2);
  record(500);
  await wait(19_000);
  t.ok(host.isEjected, 'twice as long');
  await wait(2500);
  t.notOk(host.isEjected);
  t.equal(counters.get('outlier_detection.ejections_active'), 0);
  clock.stop();
});
