/** Faults are begun and taken back one after the other; what cannot be taken back stays, and is tried again. */
import t from 'tap';
import type { ApiClient } from '../../harness/base/api-client.ts';
import { systemClock } from '../../harness/base/clock.ts';
import type { FaultScene } from '../../harness/faults/fault.ts';
import { FaultsInForce } from '../../harness/faults/in-force.ts';
import type { FaultFlow, FlowMatcher } from '../../harness/platform/fault-points.ts';
import { twoClusters } from '../support/topologies.ts';

/** A mesh with one Deployment, HelloWorld of 2 pods in cluster2, whose API server can be away. */
function smallScene() {
  const log: string[] = [];
  let isAway = false;
  let goesAway = false;
  const answer = <T>(value: T): Promise<T> =>
    isAway ? Promise.reject(new Error('connect ECONNREFUSED')) : Promise.resolve(value);
  const template = { metadata: { labels: { app: 'helloworld' } }, spec: { containers: [] } };
  const client = {
    list: () => {
      const listed = answer({
        items: [{ metadata: { name: 'helloworld-v2' }, spec: { replicas: 2, template } }],
      });
      isAway ||= goesAway;
      return listed;
    },
    patch: (_path: unknown, _type: unknown, body: { spec: { replicas: number } }) => {
      log.push(isAway ? 'refused' : `scaled to ${body.spec.replicas}`);
      return answer({});
    },
  } as unknown as ApiClient; // no more of it is used
  const matchers = new Set<FlowMatcher>();
  const hinder = (matches: FlowMatcher) => {
    matchers.add(matches);
    return () => void matchers.delete(matches);
  };
  const scene: FaultScene = {
    topology: twoClusters(['network1', 'network1']),
    edition: '1.8',
    client: 'sleep',
    clients: new Map([
      ['cluster1', client],
      ['cluster2', client],
    ]),
    clock: systemClock,
    points: {
      network: { drop: hinder, delay: hinder, refuse: hinder },
      stopApiServer: () => () => {},
      execOnNode: async () => undefined,
    },
  };
  return {
    faults: new FaultsInForce(scene),
    log,
    matchers,
    setAway: (away: boolean) => {
      isAway = away;
      goesAway = false;
    },
    goAwayAfterList: () => {
      goesAway = true;
    },
  };
}

const flow = (from: string, to: string): FaultFlow => {
  const end = { address: '10.0.0.1', network: 'network1' };
  return {
    protocol: 'TCP',
    from: { ...end, name: 'sleep-1', kind: 'pod', cluster: from },
    to: { ...end, name: 'helloworld-v2-1', kind: 'pod', cluster: to },
    port: 15006,
  };
};

t.test('a fault of packets meets those that it names, and tells how many', async t => {
  const { faults, matchers } = smallScene();
  const { id } = await faults.begin('drop-calls', {});
  const [matches] = matchers;
  const met = flow('cluster1', 'cluster2');
  t.same([matches?.(met), matches?.(met), matches?.(flow('cluster2', 'cluster1'))], [true, true, false]);
  t.match(faults.list(), [{ id: 'drop-calls-1', met: 1, values: { cluster: 'cluster2' } }]);
  await faults.clear(id);
  t.equal(matchers.size, 0);
  await t.rejects(faults.clear(id), { code: 'ERR_USAGE', hint: 'None is in force.' });
});

t.test('what cannot be taken back stays in force, and is tried again', async t => {
  const { faults, log, setAway } = smallScene();
  await faults.begin('helloworld-away', {});
  setAway(true);
  await t.rejects(faults.clearAll(), {
    errors: [{ message: /kubectl .*scale deployment helloworld-v2 .*--replicas=2: connect ECONNREFUSED/ }],
  });
  t.match(faults.list(), [{ id: 'helloworld-away-1' }]);
  setAway(false);
  await faults.clear('helloworld-away-1');
  t.same(faults.list(), []);
  t.same(log, ['scaled to 0', 'refused', 'scaled to 2']);
});

t.test('one that fails half-way is taken back, or told to be half made', async t => {
  const { faults, log, setAway, goAwayAfterList } = smallScene();
  setAway(true);
  await t.rejects(faults.begin('helloworld-away', {}), { message: 'connect ECONNREFUSED' });
  t.same([faults.list(), log], [[], []], 'nothing was changed yet');
  setAway(false);
  goAwayAfterList();
  await t.rejects(faults.begin('helloworld-away', {}), { message: 'connect ECONNREFUSED' });
  t.match(faults.list(), [{ id: 'helloworld-away-1', what: 'half made: connect ECONNREFUSED' }]);
  setAway(false);
  await faults.clearAll();
  t.same([faults.list(), log.at(-1)], [[], 'scaled to 2']);
});

t.test('the youngest is taken back first, and each waits for its turn', async t => {
  const { faults, log } = smallScene();
  const begun = [faults.begin('helloworld-away', {}), faults.begin('drop-istiod', {})];
  const cleared = faults.clearAll();
  t.same(
    (await Promise.all(begun)).map(({ id }) => id),
    ['helloworld-away-1', 'drop-istiod-2'],
  );
  await cleared;
  t.same([faults.list(), log], [[], ['scaled to 0', 'scaled to 2']]);
});
