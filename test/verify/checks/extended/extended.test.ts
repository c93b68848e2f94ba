import t from 'tap';
import { clusterName } from '../../../../harness/model/names.ts';
import type { Topology } from '../../../../harness/model/topology.ts';
import type { Plan, StepId } from '../../../../harness/plan/step.ts';
import type { RunEvent } from '../../../../harness/run/events.ts';
import { withRepair } from '../../../../harness/run/repair.ts';
import { checksFor } from '../../../../harness/verify/catalog.ts';
import type { CheckContext } from '../../../../harness/verify/check.ts';
import { planOf, topologyOf } from '../../../plan/scenarios.ts';
import { holdClosingLines, holdFailureText } from '../../../support/failure-texts.ts';
import { meshOf, SAMPLE_PODS, smallMesh } from '../../../support/small-mesh.ts';
import { attempt, type Clients } from '../../../support/trial.ts';

t.test('which extended checks a topology calls for, after the core ones', async t => {
  const ids = (...networks: readonly number[]) =>
    checksFor(meshOf(networks), undefined, { extended: true })
      .filter(({ level }) => level === 'extended')
      .map(({ id }) => id);
  const both = (check: string) => [`cluster1-${check}`, `cluster2-${check}`];
  const reading = [
    ...both('control-plane-healthy'),
    'common-root',
    ...both('resolves-helloworld'),
    ...both('endpoints-as-told'),
    ...both('traffic-path'),
    ...both('path-counted'),
    ...both('pod-to-pod'),
    ...both('plain-text'),
  ];
  const changing = ['foreign-clients-refused', 'negative-control', 'failover-v1', 'failover-v2'];
  t.same(ids(1, 1), [...reading, ...changing]);
  t.same(ids(1, 2), [...reading, 'gateway-refuses-strangers', ...changing]);
  const levels = checksFor(meshOf([1, 2]), undefined, { extended: true }).map(({ level }) => level);
  t.same(levels, [...levels].sort(), 'core comes first');
  t.notOk(checksFor(meshOf([1, 2])).some(({ level }) => level === 'extended'));
});

t.test(
  'strangers have to be refused on every network: a gateway that is not there refuses nobody',
  async t => {
    for (const [what, withGateway, exitCode, outcome, found] of [
      [
        'both refuse',
        ['cluster1', 'cluster2'],
        35,
        'passed',
        /^the gateways of cluster1 and cluster2: curl: \(35\) says curl \(4 attempts\)$/,
      ],
      ['one is not there', ['cluster1'], 35, 'failed', /; network2 has no gateway with an address$/],
      ['none is there', [], 35, 'failed', /^network1 has no gateway with an address; network2 has no/],
      ['they cannot be reached', ['cluster1', 'cluster2'], 7, 'failed', /curl: \(7\)/],
      [
        'they answer',
        ['cluster1', 'cluster2'],
        0,
        'failed',
        /^the gateways of cluster1 and cluster2: answered \(4 attempts\)$/,
      ],
    ] as const) {
      await using mesh = await smallMesh(meshOf([1, 2]));
      for (const [index, cluster] of withGateway.entries()) {
        mesh.api(cluster).objects.set('/api/v1/namespaces/istio-system/services', [
          {
            metadata: { name: 'istio-eastwestgateway' },
            status: { loadBalancer: { ingress: [{ ip: `172.1${8 + index}.0.9` }] } },
          },
        ]);
      }
      const stderr = exitCode === 0 ? '' : `curl: (${exitCode}) says curl\n`;
      mesh.api('cluster1').run = () => ({ exitCode, stdout: '', stderr });
      const check = checksFor(mesh.context.topology, undefined, { extended: true }).find(
        ({ id }) => id === 'gateway-refuses-strangers',
      );
      const result = await check?.run(mesh.context);
      t.equal(result?.outcome, outcome, what);
      t.match(result?.found, found, what);
      const isOpen = outcome === 'failed' && exitCode !== 0;
      t.equal(result?.unproved, isOpen ? true : undefined, `${what}: only who is let in refutes it`);
    }
  },
);

t.test(
  'nobody to ask is no evidence: without a pod that has a sidecar every extended check fails',
  async t => {
    const remote = { role: { kind: 'remote', controlPlane: clusterName('cluster1') } } as const;
    await using mesh = await smallMesh(meshOf([1, 2], [{}, remote]));
    for (const api of mesh.apis.values()) {
      api.objects.set(SAMPLE_PODS, []);
      api.objects.set('/apis/apps/v1/namespaces/sample/deployments', []);
      // istiod's list of proxies, among others.
      api.run = () => ({ exitCode: 0, stdout: '[]', stderr: '' });
    }
    const extended = checksFor(mesh.context.topology, undefined, { extended: true }).filter(
      // That one asks for what runs in istio-system of a remote.
      ({ id, level }) => level === 'extended' && id !== 'cluster2-control-plane-healthy',
    );
    t.equal(extended.length, 19);
    for (const check of extended) {
      const { outcome, found } = await check.run(mesh.context);
      t.equal(outcome, 'failed', `${check.id}: ${found}`);
    }
  },
);

interface Row {
  readonly scenario: string;
  readonly edition: string;
  readonly omit?: StepId;
  /** The checks that fail, what they find, and the first step that they point to; all others pass. */
  readonly fails: Readonly<Record<string, readonly [found: RegExp, step: StepId]>>;
  /** By the name of a golden text: the step or check that it is of. */
  readonly texts?: Readonly<Record<string, string>>;
  /** Whether a version is deployed in a second cluster at the end, for the golden text of that. */
  readonly misplaces?: boolean;
  /** The golden text of the closing lines. */
  readonly closing?: string;
  /** Others that fail for the same reason. */
  readonly alsoFail?: readonly string[];
}

const ROWS: readonly Row[] = [
  { scenario: 'primary-remote', edition: 'current', fails: {} },
  { scenario: 'primary-remote-multi-network', edition: '1.8', fails: {}, misplaces: true },
  {
    scenario: 'primary-remote',
    edition: '1.8',
    omit: 'cluster2/create-cacerts',
    // The proxies of cluster2 don't trust the istiod that they are to be served by, so that no pod is ready
    // there.
    fails: {
      'common-root': [/^2 different roots are trusted$/, 'cluster2/create-cacerts'],
      'cluster2-served-by-cluster1': [
        /^not connected to the istiod of cluster1: hello.*, sleep-/,
        'cluster2/create-cacerts',
      ],
      'cluster1-traffic-path': [
        /^cluster1 has no endpoint that is a pod of cluster2$/,
        'remote-secret/cluster2-in-cluster1',
      ],
      'cluster2-traffic-path': [
        /cluster2 has no endpoint that is a pod of cluster2$/,
        'cluster1/install-istio',
      ],
    },
    texts: {
      'failed-step': 'cluster2/install-istio',
      'workloads-ready': 'cluster2-workloads-ready',
      'common-root': 'common-root',
      'served-by-its-primary': 'cluster2-served-by-cluster1',
    },
    closing: 'closing-lines-of-a-step',
    alsoFail: [
      'cluster2-endpoints-as-told',
      'cluster1-path-counted',
      'cluster2-path-counted',
      'cluster1-pod-to-pod',
      'cluster2-plain-text',
    ],
  },
  {
    scenario: 'primary-remote-multi-network',
    edition: '1.8',
    omit: 'cluster1/expose-services',
    // Applied in the control plane, it opens both gateways; without it they listen to nobody.
    fails: {
      'cluster1-traffic-path': [
        /^no gateway of network2 has forwarded a connection$/,
        'cluster1/expose-services',
      ],
      'cluster2-traffic-path': [
        /^no gateway of network1 has forwarded a connection$/,
        'cluster1/expose-services',
      ],
      'gateway-refuses-strangers': [
        /^the gateways of cluster1 and cluster2: curl: \(7\) Failed to connect to port 15443: Connection refused \(4 attempts\)$/,
        'cluster1/expose-services',
      ],
    },
    texts: {
      'reaches-every-version': 'cluster1-reaches-every-version',
      'traffic-path': 'cluster1-traffic-path',
      'gateway-refuses-strangers': 'gateway-refuses-strangers',
    },
    closing: 'closing-lines-of-a-check',
    alsoFail: ['cluster1-path-counted', 'cluster2-path-counted'],
  },
];

/** Deploys HelloWorld of cluster2 in cluster1 too, and returns what the check of placement tells of it. */
async function placeTwice(clients: Clients, topology: Topology, plan: Plan): Promise<RunEvent> {
  const [one, two] = topology.clusters.map(each => clients.get(each.name));
  const check = checksFor(topology, plan).find(({ id }) => id === 'versions-in-their-own-clusters');
  if (!one || !two || !check) throw new Error('two clusters, and a check of them');
  const path = { apiVersion: 'apps/v1', plural: 'deployments', namespace: 'sample' };
  const { metadata, ...rest } = await two.get({ ...path, name: 'helloworld-v2' });
  const { name = '', labels = {} } = metadata;
  await one.request('POST', '/apis/apps/v1/namespaces/sample/deployments', {
    body: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, labels }, spec: rest['spec'] },
  });
  const pods = { apiVersion: 'v1', plural: 'pods', namespace: 'sample' };
  // Each request lets the world go on.
  for (let asked = 0; asked < 50; asked += 1)
    if ((await one.list(pods, { labelSelector: 'app=helloworld' })).items.length === 2) break;
  const clusters = new Map(
    topology.clusters.flatMap(spec => {
      const client = clients.get(spec.name);
      return client ? [[spec.name, { spec, client }] as const] : [];
    }),
  );
  const { id, sentence, level, run } = check;
  const { signal } = new AbortController();
  // The check asks nothing else of its context.
  const outcome = await run({ topology, clusters, signal } as unknown as CheckContext);
  const diagnosis = outcome.diagnosis && withRepair(outcome.diagnosis, plan, []);
  const result = { id, sentence, level, ...outcome, ...(diagnosis && { diagnosis }) };
  return { atMs: 0, type: 'check-ended', result, durationMs: 0 };
}

for (const {
  scenario,
  edition,
  omit,
  fails,
  alsoFail = [],
  texts = {},
  closing,
  misplaces = false,
} of ROWS) {
  await t.test(`${scenario}, ${edition}: ${omit === undefined ? 'all pass' : `without ${omit}`}`, async t => {
    const topology = await topologyOf(scenario);
    const plan = await planOf(scenario, edition);
    let placedTwice: RunEvent | undefined;
    const { checks, events } = await attempt({
      topology,
      edition,
      extended: true,
      showsLate: true,
      ...(omit !== undefined && { omit: [omit] }),
      ...(misplaces && {
        look: async clients => {
          placedTwice = await placeTwice(clients, topology, plan);
        },
      }),
    });
    const extended = checks.filter(({ level }) => level === 'extended');
    for (const id of Object.keys(fails))
      t.ok(
        extended.some(check => check.id === id),
        `there is ${id}`,
      );
    for (const { id, outcome, found, diagnosis } of extended) {
      if (alsoFail.includes(id)) {
        t.equal(outcome, 'failed', `${id}: ${found}`);
        continue;
      }
      const failure = fails[id];
      if (!failure) {
        t.equal(outcome, 'passed', `${id}: ${found}`);
        continue;
      }
      t.equal(outcome, 'failed', id);
      t.match(found, failure[0], id);
      t.equal(diagnosis?.steps[0], failure[1], id);
    }
    for (const [name, id] of Object.entries(texts)) holdFailureText(t, events, id, name);
    const [started] = events;
    if (misplaces && started && placedTwice)
      holdFailureText(
        t,
        [started, placedTwice],
        'versions-in-their-own-clusters',
        'versions-in-their-own-clusters',
      );
    t.equal(placedTwice !== undefined, misplaces);
    if (closing !== undefined) holdClosingLines(t, events, closing);
  });
}
