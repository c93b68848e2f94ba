/** Defects of one component: they end its work, they are told, and the rest of the cluster goes on. */
import t from 'tap';
import { systemClock } from '../../../harness/base/clock.ts';
import { KubernetesClient, type KubernetesObject } from '../../../harness/base/kubernetes-client.ts';
import { waitUntil } from '../../../harness/base/wait.ts';
import { keyOf } from '../../../harness/simulator/kubernetes/client/kinds.ts';
import { createWorld, type Defect, describeDefect } from '../../../harness/simulator/world.ts';
import { loopingController, spinningController, throwingController } from '../../support/bad-controllers.ts';
import { apiWorld } from './api-world.ts';
import { deployment } from './test-world.ts';

const ANSWER_MS = 1000;
const EVENTS = { apiVersion: 'v1', plural: 'events', namespace: 'default' };
const MAPS = { apiVersion: 'v1', plural: 'configmaps', namespace: 'default' };
const SETS = { apiVersion: 'apps/v1', plural: 'replicasets', namespace: 'default' };
const DEPLOYMENTS = { apiVersion: 'apps/v1', plural: 'deployments', namespace: 'default' };

/** One cluster on the wall's clock, as `up` opens it, and a client on a real socket. */
async function openedCluster() {
  const defects: Defect[] = [];
  const ranges = { podRange: '10.10.0.0/16', serviceRange: '10.255.0.0/16' };
  const world = await createWorld({
    seed: 'supervisor',
    clock: systemClock,
    networks: [{ name: 'n', range: '172.18.0.0/16' }],
    clusters: [{ name: 'c', network: 'n', nodes: 1, ...ranges }],
    onDefect: (_cluster, defect) => defects.push(defect),
  });
  const cluster = world.clusters.get('c');
  if (!cluster) throw new Error('no cluster');
  const port = await cluster.listen(0, '127.0.0.1');
  const client = new KubernetesClient(cluster.kubeconfig(`https://127.0.0.1:${port}`));
  return {
    cluster,
    client,
    defects,
    /** Fails if the API server does not answer within a second. */
    answers: async () => client.request('GET', '/version', { signal: AbortSignal.timeout(ANSWER_MS) }),
    /** The events of `reason`, once there is one. */
    events: async (reason: string) => {
      const read = async () => (await client.list(EVENTS)).items.filter(event => event['reason'] === reason);
      return waitUntil(`an event ${reason}`, read, ({ length }) => length > 0, {
        clock: systemClock,
        timeoutMs: 20_000,
        intervalMs: 50,
      });
    },
    [Symbol.asyncDispose]: async () => {
      client.close();
      await world[Symbol.asyncDispose]();
    },
  };
}

const configMap = (name: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data: { turns: '0' },
});

t.test('a controller that throws is told of, tried again later and later, and harms nobody', async t => {
  await using opened = await openedCluster();
  const { cluster, client, defects } = opened;
  let tries = 0;
  cluster.startController('bad', context => throwingController(context, () => (tries += 1)));
  await client.create(MAPS, configMap('victim'));
  const [event] = await opened.events('InternalError');
  t.match(event, {
    type: 'Warning',
    involvedObject: { kind: 'ConfigMap', name: 'victim' },
    message: 'bad failed: made to throw (configmaps default/victim)',
    source: { component: 'mesh-harness' },
  });
  t.match(defects[0], { component: 'bad', kind: 'threw' });
  await waitUntil(
    'the third try',
    () => tries,
    count => count >= 3,
    {
      clock: systemClock,
      timeoutMs: 5000,
      intervalMs: 5,
    },
  );
  t.ok(tries < 12, 'each failure keeps it back twice as long');
  await opened.answers();
});

t.test('a controller whose work calls for itself is stopped, and named with its object', async t => {
  await using opened = await openedCluster();
  const { cluster, client, defects } = opened;
  let turns = 0;
  cluster.startController('spinner', context => loopingController(context, () => (turns += 1)));
  await client.create(MAPS, configMap('victim'));
  while (defects.length === 0) await opened.answers();
  const [event] = await opened.events('ControllerStopped');
  t.match(event, {
    involvedObject: { kind: 'ConfigMap', name: 'victim' },
    message: /^spinner was stopped: its work on this object called for more of the same/,
  });
  t.match(defects, [
    { component: 'spinner', kind: 'looped', subjects: [{ resource: 'configmaps', key: 'default/victim' }] },
  ]);
  const atStop = turns;
  await client.patch({ ...MAPS, name: 'victim' }, 'merge', { data: { turns: 'mine' } });
  await opened.answers();
  t.equal(turns, atStop, 'it works no more');
});

t.test('a subscriber that writes what it watches is stopped before it starves the sockets', async t => {
  await using opened = await openedCluster();
  const { cluster, client, defects } = opened;
  cluster.startController('starver', spinningController);
  await client.create(MAPS, configMap('victim'));
  const [event] = await opened.events('ControllerStopped');
  t.match(event, {
    involvedObject: { name: 'victim' },
    message: /^starver was stopped: it wrote 20000 times/,
  });
  t.equal(defects.length, 1);
  await opened.answers();
});

t.test('a handler that throws answers with the id of the request', async t => {
  const defects: Defect[] = [];
  await using world = await apiWorld({ onDefect: defect => defects.push(defect) });
  world.api.machinery.store.list = () => {
    throw new TypeError('made to throw');
  };
  const refusal = await world.admin.request('GET', '/api/v1/configmaps').catch((error: unknown) => error);
  t.match(refusal, { code: 500 });
  const id = /request ([0-9a-f]{8}-[0-9a-f-]{27}): made to throw/.exec(String(refusal))?.[1];
  t.ok(id, String(refusal));
  t.strictSame(defects.map(describeDefect), [
    `kube-apiserver failed: made to throw (request ${id}: GET /api/v1/configmaps)`,
  ]);
});

t.test(
  'a ReplicaSet that somebody gives to a Deployment, with its template and without the label of its hash',
  async t => {
    await using opened = await openedCluster();
    const { client, defects } = opened;
    const { metadata, spec } = deployment('web', {}, { replicas: 1 });
    const web = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { ...metadata, namespace: 'default' },
      spec,
    };
    // Of the same second it sorts before the Deployment's own set, so that it is the new one.
    const { metadata: owner } = await client.create(DEPLOYMENTS, web);
    const mine = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: 'a-mine',
        namespace: 'default',
        labels: { app: 'web' },
        ownerReferences: [
          { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: owner.uid ?? '', controller: true },
        ],
      },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: 'web' } },
        template: (spec as { template: unknown }).template,
      },
    };
    const timing = { clock: systemClock, timeoutMs: 10_000, intervalMs: 10 };
    const ownSets = () => client.list(SETS);
    await waitUntil('the set of its own', ownSets, ({ items }) => items.length === 1, timing);
    await client.create(SETS, mine);
    const read = async () => {
      await opened.answers();
      const { items } = await client.list(SETS);
      return items.map(set => ({ name: set.metadata.name, version: set.metadata.resourceVersion, set }));
    };
    let before = '';
    const isAtRest = (sets: Awaited<ReturnType<typeof read>>) => {
      const now = JSON.stringify(sets.map(({ name, version }) => [name, version]));
      const same = now === before;
      before = now;
      return same && sets.length === 2;
    };
    const sets = await waitUntil('the sets to rest', read, isAtRest, {
      ...timing,
      intervalMs: 500,
    });
    t.strictSame(defects, []);
    for (const { set } of sets)
      t.match(set.metadata.ownerReferences, [{ name: 'web' }], `${keyOf(set as never)} is its`);
  },
);
