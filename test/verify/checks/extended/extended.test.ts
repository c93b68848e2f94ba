import t from 'tap';
import { clusterName } from '../../../../harness/model/names.ts';
import type { StepId } from '../../../../harness/plan/step.ts';
import { checksFor } from '../../../../harness/verify/catalog.ts';
import { topologyOf } from '../../../plan/scenarios.ts';
import { meshOf, SAMPLE_PODS, smallMesh } from '../../../support/small-mesh.ts';
import { attempt } from '../../../support/trial.ts';

t.test('which extended checks a topology calls for, after the core ones', async t => {
  const ids = (...networks: readonly number[]) =>
    checksFor(meshOf(networks), undefined, { extended: true })
      .filter(({ level }) => level === 'extended')
      .map(({ id }) => id);
  t.same(ids(1, 1), ['common-root', 'cluster1-traffic-path', 'cluster2-traffic-path']);
  t.same(ids(1, 2), [
    'common-root',
    'cluster1-traffic-path',
    'cluster2-traffic-path',
    'gateway-refuses-strangers',
  ]);
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
        /^cluster1 naming .*; cluster2 by address: curl: \(35\)/,
      ],
      ['one is not there', ['cluster1'], 35, 'failed', /; network2 has no gateway with an address$/],
      ['none is there', [], 35, 'failed', /^network1 has no gateway with an address; network2 has no/],
      ['they cannot be reached', ['cluster1', 'cluster2'], 7, 'failed', /curl: \(7\)/],
      ['they answer', ['cluster1', 'cluster2'], 0, 'failed', /^cluster1 naming the Service: answered/],
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
      // istiod's list of proxies, among others.
      api.run = () => ({ exitCode: 0, stdout: '[]', stderr: '' });
    }
    const extended = checksFor(mesh.context.topology, undefined, { extended: true }).filter(
      ({ level }) => level === 'extended',
    );
    t.equal(extended.length, 5);
    for (const check of extended) {
      const { outcome, found } = await check.run(mesh.context);
      t.equal(outcome, 'failed', `${check.id}: ${found}`);
    }
  },
);

const CHECKS = {
  'primary-remote': [
    'common-root',
    'cluster2-served-by-cluster1',
    'cluster1-traffic-path',
    'cluster2-traffic-path',
  ],
  'primary-remote-multi-network': [
    'common-root',
    'cluster2-served-by-cluster1',
    'cluster1-traffic-path',
    'cluster2-traffic-path',
    'gateway-refuses-strangers',
  ],
} as const;

interface Row {
  readonly scenario: keyof typeof CHECKS;
  readonly edition: string;
  readonly omit?: StepId;
  /** The checks that fail, what they find, and the first step that they point to; all others pass. */
  readonly fails: Readonly<Record<string, readonly [found: RegExp, step: StepId]>>;
}

const ROWS: readonly Row[] = [
  { scenario: 'primary-remote', edition: 'current', fails: {} },
  { scenario: 'primary-remote-multi-network', edition: '1.8', fails: {} },
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
        /^cluster1 naming the Service: curl: \(7\).*cluster2 by address: curl: \(7\).*Connection refused$/,
        'cluster1/expose-services',
      ],
    },
  },
];

for (const { scenario, edition, omit, fails } of ROWS) {
  await t.test(`${scenario}, ${edition}: ${omit === undefined ? 'all pass' : `without ${omit}`}`, async t => {
    const topology = await topologyOf(scenario);
    const { checks } = await attempt({
      topology,
      edition,
      extended: true,
      ...(omit !== undefined && { omit: [omit] }),
    });
    const extended = checks.filter(({ level }) => level === 'extended');
    t.same(
      extended.map(({ id }) => id),
      CHECKS[scenario],
    );
    for (const { id, outcome, found, diagnosis } of extended) {
      const failure = fails[id];
      if (!failure) {
        t.equal(outcome, 'passed', `${id}: ${found}`);
        continue;
      }
      t.equal(outcome, 'failed', id);
      t.match(found, failure[0], id);
      t.equal(diagnosis?.steps[0], failure[1], id);
    }
  });
}
