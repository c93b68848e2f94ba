import yaml from 'js-yaml';
import t from 'tap';
import { HarnessError } from '../../harness/base/errors.ts';
import { EDITIONS, planTopology } from '../../harness/plan/plan.ts';
import type { Plan, Step } from '../../harness/plan/step.ts';
import { EDITION_NAMES, EXAMPLES, FOUR, largeTopology, planOf, topologyOf } from './scenarios.ts';

const stepOf = (plan: Plan, id: string): Step => {
  const step = plan.steps.find(step => step.id === id);
  if (!step) throw new Error(`${plan.scenario} has no step ${id}`);
  return step;
};
const idsOf = (plan: Plan) => plan.steps.map(({ id }) => id);
const harmlessOf = (plan: Plan) => plan.steps.filter(({ omission }) => omission.harmless).map(({ id }) => id);
const lineOf = (plan: Plan, id: string, index = 0) => {
  const command = stepOf(plan, id).commands[index];
  return [command?.tool, ...(command?.args ?? [])].join(' ');
};

t.test('every plan is a graph whose steps stand in a possible order', async t => {
  for (const edition of EDITION_NAMES) {
    const topologies = [
      ...(await Promise.all([...FOUR, ...EXAMPLES].map(topologyOf))),
      largeTopology(20, 4),
      largeTopology(5, 1),
    ];
    for (const topology of topologies) {
      const plan = planTopology(topology, edition);
      const done = new Set<string>();
      const bad: string[] = [];
      for (const step of plan.steps) {
        bad.push(...step.dependsOn.filter(id => !done.has(id)).map(id => `${step.id} before ${id}`));
        if (done.has(step.id)) bad.push(`${step.id} twice`);
        done.add(step.id);
      }
      t.same(bad, [], `${edition} ${topology.name}: ${plan.steps.length} steps`);
    }
  }
});

t.test(
  'every step says what it comes from, how long it may take, and what follows if it is left out',
  async t => {
    for (const edition of EDITION_NAMES) {
      for (const scenario of [...FOUR, ...EXAMPLES]) {
        const plan = await planOf(scenario, edition);
        for (const step of plan.steps) {
          const name = `${edition} ${scenario} ${step.id}`;
          t.match(step.id, /^([a-z0-9-]+\/)?[a-z0-9-]+$/, name);
          t.ok(
            step.title.length > 5 && step.guide.section && step.omission.because.length > 20,
            `${name} is told`,
          );
          t.ok(edition === '1.8' ? step.guide.lines : step.guide.page, `${name} has its place in the guide`);
          t.ok(
            step.commands.length > 0 && step.commands.every(({ timeoutMs }) => timeoutMs > 0),
            `${name} has commands`,
          );
          t.ok(
            step.deadlineMs > Math.max(...step.commands.map(({ timeoutMs }) => timeoutMs)),
            `${name} has a deadline`,
          );
          t.notOk(/[A-Z]{4,}/.test(step.id));
        }
      }
    }
  },
);

t.test('every erratum shapes a step of some plan, and no step names one that is not there', async t => {
  for (const { name, errata } of EDITIONS) {
    const plans = await Promise.all(FOUR.map(scenario => planOf(scenario, name)));
    // The one mistake that only a mesh with several primaries and a remote meets.
    plans.push(await planOf('two-primaries-one-remote', name));
    const used = new Set(plans.flatMap(plan => plan.steps.flatMap(step => step.errata)));
    t.same([...used].sort(), errata.map(({ id }) => id).sort(), name);
    for (const plan of plans) {
      t.same(
        plan.errata.map(({ id }) => id).sort(),
        [...new Set(plan.steps.flatMap(step => step.errata))].sort(),
        `${name} ${plan.scenario} holds the errata that it uses`,
      );
    }
    for (const erratum of errata) {
      t.ok(
        erratum.guideLine && erratum.wouldHappen.length > 7 && erratum.weDo,
        `${name} ${erratum.id} is told`,
      );
      t.equal(
        erratum.lines !== undefined,
        name === '1.8',
        `${name} ${erratum.id}: lines are those of the one page`,
      );
    }
  }
});

t.test("1.8: the steps of the guide's four tabs", async t => {
  const verify = (order: readonly string[]) => order;
  t.same(idsOf(await planOf('primary-remote', '1.8')), [
    'make-certificates',
    'cluster1/create-namespace',
    'cluster1/create-cacerts',
    'cluster2/create-namespace',
    'cluster2/create-cacerts',
    'cluster1/install-istio',
    'cluster1/install-gateway',
    'cluster1/expose-istiod',
    'remote-secret/cluster2-in-cluster1',
    'cluster1/save-address',
    'cluster2/install-istio',
    ...verify([
      'cluster1/create-sample-namespace',
      'cluster2/create-sample-namespace',
      'cluster1/enable-injection',
      'cluster2/enable-injection',
      'cluster1/create-helloworld-service',
      'cluster2/create-helloworld-service',
      'cluster1/deploy-helloworld-v1',
      'cluster1/wait-for-helloworld-v1',
      'cluster2/deploy-helloworld-v2',
      'cluster2/wait-for-helloworld-v2',
      'cluster1/deploy-sleep',
      'cluster2/deploy-sleep',
      'cluster1/call-helloworld',
      'cluster2/call-helloworld',
    ]),
  ]);
  const mesh = async (scenario: string) =>
    idsOf(await planOf(scenario, '1.8')).filter(id => /install|expose|save|remote-secret/.test(id));
  t.same(await mesh('multi-primary'), [
    'cluster1/install-istio',
    'cluster2/install-istio',
    'remote-secret/cluster1-in-cluster2',
    'remote-secret/cluster2-in-cluster1',
  ]);
  t.same(await mesh('multi-primary-multi-network'), [
    'cluster1/install-istio',
    'cluster1/install-gateway',
    'cluster1/expose-services',
    'cluster2/install-istio',
    'cluster2/install-gateway',
    'cluster2/expose-services',
    'remote-secret/cluster1-in-cluster2',
    'remote-secret/cluster2-in-cluster1',
  ]);
  t.same(await mesh('primary-remote-multi-network'), [
    'cluster1/install-istio',
    'cluster1/install-gateway',
    'cluster1/expose-istiod',
    'cluster1/expose-services',
    'remote-secret/cluster2-in-cluster1',
    'cluster1/save-address',
    'cluster2/install-istio',
    'cluster2/install-gateway',
    'cluster2/expose-services',
  ]);
});

t.test('1.8: the commands are the repaired ones', async t => {
  const plan = await planOf('primary-remote-multi-network', '1.8');
  t.equal(lineOf(plan, 'make-certificates'), 'certs --out certs cluster1 cluster2');
  t.equal(
    lineOf(plan, 'cluster1/install-gateway'),
    'gen-eastwest-gateway --mesh mesh1 --cluster cluster1 --network network1',
  );
  t.equal(lineOf(plan, 'cluster1/install-gateway', 1), 'istioctl install -y -f -');
  t.equal(lineOf(plan, 'cluster2/install-istio'), 'istioctl install -y -f cluster2.yaml');
  t.match(stepOf(plan, 'cluster1/save-address').commands[0], {
    output: { to: 'variable', name: 'DISCOVERY_ADDRESS' },
    awaits: /an address/,
  });
  t.equal(
    lineOf(plan, 'cluster1/create-helloworld-service'),
    'kubectl apply -f samples/helloworld/helloworld.yaml -l service=helloworld -n sample',
  );
  t.equal(
    lineOf(plan, 'remote-secret/cluster2-in-cluster1'),
    'istioctl x create-remote-secret --name=cluster2',
  );
  t.equal(stepOf(plan, 'remote-secret/cluster2-in-cluster1').commands[0]?.cluster, 'cluster2');
  t.equal(stepOf(plan, 'remote-secret/cluster2-in-cluster1').commands[1]?.cluster, 'cluster1');
  t.equal(
    stepOf(plan, 'cluster2/install-istio').files[0]?.content,
    [
      'apiVersion: install.istio.io/v1alpha1',
      'kind: IstioOperator',
      'spec:',
      '  values:',
      '    global:',
      '      meshID: mesh1',
      '      multiCluster:',
      '        clusterName: cluster2',
      '      network: network2',
      `      remotePilotAddress: \${DISCOVERY_ADDRESS}`,
      '',
    ].join('\n'),
  );
  t.same(yaml.load(stepOf(plan, 'cluster1/install-istio').files[0]?.content ?? ''), {
    apiVersion: 'install.istio.io/v1alpha1',
    kind: 'IstioOperator',
    spec: {
      values: {
        global: {
          meshID: 'mesh1',
          multiCluster: { clusterName: 'cluster1' },
          network: 'network1',
          meshNetworks: Object.fromEntries(
            [1, 2].map(number => [
              `network${number}`,
              {
                endpoints: [{ fromRegistry: `cluster${number}` }],
                gateways: [
                  {
                    registryServiceName: 'istio-eastwestgateway.istio-system.svc.cluster.local',
                    port: 15443,
                  },
                ],
              },
            ]),
          ),
        },
      },
    },
  });
  const registries = (await planOf('multi-primary', '1.8')).steps
    .flatMap(step => step.files)
    .map(({ content }) => [...content.matchAll(/fromRegistry: (\S+)/g)].map(match => match[1]));
  t.same(registries, [
    ['cluster1', 'cluster2'],
    ['cluster2', 'cluster1'],
  ]);
});

t.test('current: the steps of the pages of today', async t => {
  const plan = await planOf('primary-remote-multi-network', 'current');
  t.same(idsOf(plan).slice(0, 16), [
    'cluster1/create-namespace',
    'cluster1/label-network',
    'cluster1/install-istio',
    'cluster1/install-gateway',
    'cluster1/wait-for-gateway',
    'cluster1/expose-istiod',
    'cluster2/create-namespace',
    'cluster2/set-control-plane',
    'cluster2/label-network',
    'cluster1/save-address',
    'cluster2/install-istio',
    'remote-secret/cluster2-in-cluster1',
    'cluster2/install-gateway',
    'cluster2/wait-for-gateway',
    'cluster1/expose-services',
    'cluster1/list-remote-clusters',
  ]);
  t.equal(
    lineOf(plan, 'remote-secret/cluster2-in-cluster1'),
    'istioctl create-remote-secret --name=cluster2',
  );
  t.equal(lineOf(plan, 'cluster1/install-gateway'), 'gen-eastwest-gateway --network network1');
  t.equal(
    lineOf(plan, 'cluster2/set-control-plane'),
    'kubectl annotate namespace istio-system topology.istio.io/controlPlaneClusters=cluster1',
  );
  t.match(yaml.load(stepOf(plan, 'cluster1/install-istio').files[0]?.content ?? ''), {
    spec: { values: { global: { externalIstiod: true, network: 'network1' } } },
  });
  t.match(yaml.load(stepOf(plan, 'cluster2/install-istio').files[0]?.content ?? ''), {
    spec: {
      profile: 'remote',
      values: {
        istiodRemote: { injectionPath: '/inject/cluster/cluster2/net/network2' },
        global: { remotePilotAddress: `\${DISCOVERY_ADDRESS}` },
      },
    },
  });
  const multiPrimary = await planOf('multi-primary', 'current');
  t.match(idsOf(multiPrimary), [
    'cluster1/create-namespace',
    'cluster2/create-namespace',
    'make-certificates',
  ]);
  t.notMatch(JSON.stringify(multiPrimary.steps.flatMap(step => step.files)), /externalIstiod|meshNetworks/);
  t.notOk(
    idsOf(await planOf('primary-remote', 'current')).includes('make-certificates'),
    'one istiod, one root',
  );
});

t.test('what may be left out', async t => {
  const waits = (client: string) => [
    'cluster1/wait-for-helloworld-v1',
    'cluster2/wait-for-helloworld-v2',
    'cluster1/call-helloworld',
    'cluster2/call-helloworld',
    ...(client === '' ? [] : [client]),
  ];
  const lists = (...clusters: string[]) => clusters.map(cluster => `${cluster}/list-remote-clusters`);
  const gateways = (...clusters: string[]) => clusters.map(cluster => `${cluster}/wait-for-gateway`);
  const labels = ['cluster1/label-network', 'cluster2/label-network'];
  const table: readonly (readonly [edition: string, scenario: string, harmless: readonly string[]])[] = [
    ['1.8', 'multi-primary', []],
    ['1.8', 'multi-primary-multi-network', []],
    ['1.8', 'primary-remote', []],
    ['1.8', 'primary-remote-multi-network', ['cluster2/expose-services']],
    ['current', 'multi-primary', lists('cluster1', 'cluster2')],
    [
      'current',
      'multi-primary-multi-network',
      [...labels, ...lists('cluster1', 'cluster2'), ...gateways('cluster1', 'cluster2')],
    ],
    ['current', 'primary-remote', [...lists('cluster1'), ...gateways('cluster1')]],
    [
      'current',
      'primary-remote-multi-network',
      [...labels, ...lists('cluster1'), ...gateways('cluster1', 'cluster2')],
    ],
  ];
  for (const [edition, scenario, harmless] of table) {
    t.same(
      harmlessOf(await planOf(scenario, edition)).sort(),
      [...waits(''), ...harmless].sort(),
      `${edition} ${scenario}`,
    );
  }
});

t.test('several primaries watch each other and every remote; remotes watch no one', async t => {
  for (const edition of EDITION_NAMES) {
    const plan = await planOf('two-primaries-one-remote', edition);
    t.same(
      idsOf(plan)
        .filter(id => id.startsWith('remote-secret/'))
        .sort(),
      [
        'remote-secret/cluster1-in-cluster2',
        'remote-secret/cluster2-in-cluster1',
        'remote-secret/cluster3-in-cluster1',
        'remote-secret/cluster3-in-cluster2',
      ],
      edition,
    );
    t.ok(
      stepOf(plan, 'remote-secret/cluster3-in-cluster2').dependsOn.includes(
        'remote-secret/cluster3-in-cluster1',
      ),
      'two secrets of one cluster are not created at once',
    );
    const large = planTopology(largeTopology(20, 4), edition);
    const primaries = 14;
    t.equal(idsOf(large).filter(id => id.startsWith('remote-secret/')).length, primaries * 19);
    const variables = large.steps.flatMap(step =>
      step.commands.flatMap(({ output }) => (output?.to === 'variable' ? [output.name] : [])),
    );
    t.equal(new Set(variables).size, variables.length, 'variables do not get in each other’s way');
  }
});

t.test('clusters are worked on side by side', async t => {
  for (const edition of EDITION_NAMES) {
    const plan = await planOf('multi-primary-multi-network', edition);
    for (const step of plan.steps.filter(({ id }) =>
      /^cluster\d\/(create|install|expose|enable|deploy)/.test(id),
    )) {
      const others = step.dependsOn.filter(id => /^cluster\d/.test(id) && !id.startsWith(`${step.cluster}/`));
      t.same(others, [], `${edition} ${step.id} waits for no other cluster`);
    }
  }
});

t.test('a cluster without workloads has no part in the verification', async t => {
  const plan = await planOf('three-networks', '1.8');
  t.notOk(idsOf(plan).includes('cluster3/deploy-helloworld-v1'));
  t.ok(idsOf(plan).includes('cluster3/create-helloworld-service'), 'its client resolves the name there');
  t.ok(
    stepOf(plan, 'remote-secret/cluster3-in-cluster1').omission.harmless,
    'there is nothing to be learned of it',
  );
  t.notOk(
    stepOf(plan, 'remote-secret/cluster3-in-cluster2').omission.harmless,
    'its control plane must know it',
  );
});

t.test('a mistake of a page is told where it stands: remotes are labelled without a condition', async t => {
  const plan = await planOf('primary-remote-multi-network', 'current');
  const conditional = plan.steps
    .filter(({ errata }) => errata.includes('namespace-condition'))
    .map(({ id }) => id);
  t.same(conditional, ['cluster1/create-namespace', 'cluster1/label-network']);
});

t.test('an unknown edition is answered with the known ones', async t => {
  const topology = await topologyOf('multi-primary');
  try {
    planTopology(topology, '1.9');
    t.fail('planned');
  } catch (error) {
    t.ok(error instanceof HarnessError);
    t.match(error, {
      code: 'ERR_UNKNOWN_EDITION',
      hint: 'Known editions: 1.8 (Istio 1.8.0), current (Istio 1.30.3)',
    });
  }
});

t.test('the same topology gives the same plan', async t => {
  t.same(await planOf('three-networks', '1.8'), await planOf('three-networks', '1.8'));
});
