import t from 'tap';
import { systemClock } from '../../harness/base/clock.ts';
import { clusterName } from '../../harness/model/names.ts';
import { type DiagnosisScene, diagnoseFailure } from '../../harness/run/diagnose-step.ts';
import { planOf } from '../plan/scenarios.ts';
import { NAMESPACES, SAMPLE_PODS, type SmallMesh, smallMesh, twoClusters } from '../support/small-mesh.ts';

const WEBHOOKS = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
const plan = await planOf('multi-primary-multi-network', '1.8');
const sceneOf = ({ context }: SmallMesh, more: Partial<DiagnosisScene> = {}): DiagnosisScene => ({
  ...context,
  plan,
  adjustments: [],
  clock: systemClock,
  ...more,
});

async function diagnosisOf(mesh: SmallMesh, id: string, said: string, more: Partial<DiagnosisScene> = {}) {
  const step = (more.plan ?? plan).steps.find(each => each.id === id);
  if (!step) throw new Error(`no step ${id}`);
  return await diagnoseFailure(step, { message: said, isEnvironment: false }, sceneOf(mesh, more));
}

t.test('a step that failed points to the step that should have made what it lacks', async t => {
  await using mesh = await smallMesh(twoClusters(2));
  const rows: readonly (readonly [
    step: string,
    said: string,
    first: string | undefined,
    sentence: RegExp | undefined,
  ])[] = [
    [
      'cluster1/create-cacerts',
      'error: failed to create secret namespaces "istio-system" not found',
      'cluster1/create-namespace',
      /^The namespace istio-system does not exist in cluster1\.$/,
    ],
    [
      'cluster2/create-cacerts',
      'error: error reading certs/cluster2/ca-cert.pem: stat certs/cluster2/ca-cert.pem: no such file or directory',
      'make-certificates',
      /there is no file certs\/cluster2\/ca-cert\.pem/,
    ],
    [
      'cluster2/enable-injection',
      'Error from server (NotFound): namespaces "sample" not found',
      'cluster2/create-sample-namespace',
      /^The namespace sample does not exist in cluster2\.$/,
    ],
    [
      'cluster1/expose-services',
      'no matches for kind "Gateway" in version "networking.istio.io/v1alpha3"',
      'cluster1/install-istio',
      /cluster1 does not know Istio's kind Gateway/,
    ],
    [
      'cluster1/wait-for-helloworld-v1',
      'deployments.apps "helloworld-v1" not found',
      'cluster1/deploy-helloworld-v1',
      /^helloworld-v1 was not deployed in cluster1\.$/,
    ],
    ['cluster1/deploy-sleep', 'error: something else', undefined, undefined],
  ];
  for (const [step, said, first, sentence] of rows) {
    const diagnosis = await diagnosisOf(mesh, step, said);
    t.equal(diagnosis?.steps[0], first, step);
    if (!sentence) continue;
    t.match(diagnosis?.sentence, sentence);
    t.equal(diagnosis?.steps.at(-1), step, 'and is done again after it');
    t.equal(diagnosis?.repair?.step, first);
    t.ok((diagnosis?.repair?.commands.length ?? 0) > 0, 'with what is to be typed');
  }
});

t.test('the clusters tell what the words of a step do not', async t => {
  await using mesh = await smallMesh(twoClusters(2));
  mesh.api('cluster1').objects.set('/api/v1/namespaces/istio-system/pods', []);
  const notReady = 'resources not ready after 5m0s · Deployment/istio-system/istio-eastwestgateway';
  t.match(await diagnosisOf(mesh, 'cluster1/install-gateway', notReady), {
    sentence: 'istio-eastwestgateway in cluster1 does not become ready: no istiod is ready in cluster1.',
    steps: ['cluster1/install-istio', /.*/],
  });
  mesh.api('cluster1').objects.set('/api/v1/namespaces/sample/services', []);
  t.match(await diagnosisOf(mesh, 'cluster1/call-helloworld', 'curl: (6) Could not resolve host'), {
    sentence: /^The name helloworld\.sample is unknown in cluster1/,
    steps: ['cluster1/create-helloworld-service'],
  });
  mesh.api('cluster2').objects.set(NAMESPACES, [{ metadata: { name: 'istio-system' } }]);
  mesh.api('cluster2').objects.set(SAMPLE_PODS, []);
  t.match(await diagnosisOf(mesh, 'cluster2/call-helloworld', 'deployments.apps "sleep" not found'), {
    sentence: 'There is no client pod in cluster2: the namespace sample does not exist.',
    steps: ['cluster2/create-sample-namespace'],
  });
});

t.test('no step is blamed that could not have been done before', async t => {
  await using mesh = await smallMesh(twoClusters(2));
  // The sidecar has no configuration, but in a plan without the steps before, nothing there is at fault.
  const alone = {
    ...plan,
    steps: plan.steps
      .filter(({ id }) => ['cluster1/install-istio', 'cluster1/call-helloworld'].includes(id))
      .map(step => ({ ...step, dependsOn: [] })),
  };
  const said = 'curl: (7) Failed to connect';
  t.equal((await diagnosisOf(mesh, 'cluster1/call-helloworld', said))?.steps[0], 'cluster1/install-istio');
  t.equal(await diagnosisOf(mesh, 'cluster1/call-helloworld', said, { plan: alone }), undefined);
});

t.test('a gateway in a remote without Istio points to the install of the remote', async t => {
  const role = { kind: 'remote', controlPlane: clusterName('cluster1') } as const;
  await using mesh = await smallMesh(twoClusters(2, [{}, { role }]));
  const remote = await planOf('primary-remote-multi-network', 'current');
  const said = 'resources not ready: Deployment/istio-system/istio-eastwestgateway';
  const injector = { metadata: { name: 'istio-sidecar-injector', labels: { app: 'sidecar-injector' } } };
  const diagnosis = () => diagnosisOf(mesh, 'cluster2/install-gateway', said, { plan: remote });
  t.match(await diagnosis(), { cause: 'istio-not-installed', steps: ['cluster2/install-istio'] });
  mesh.api('cluster2').objects.set(WEBHOOKS, [injector]);
  t.not((await diagnosis())?.cause, 'istio-not-installed');
});

t.test('a value that no step has obtained points to the step that obtains it', async t => {
  await using mesh = await smallMesh(twoClusters(2));
  const remote = await planOf('primary-remote', '1.8');
  const step = remote.steps.find(({ id }) => id === 'cluster2/install-istio');
  if (!step) throw new Error('no such step');
  const failure = { message: 'No step has …', isEnvironment: false, lacks: 'DISCOVERY_ADDRESS' };
  t.match(await diagnoseFailure(step, failure, sceneOf(mesh, { plan: remote })), {
    sentence: 'DISCOVERY_ADDRESS is not known: cluster1/save-address has not obtained it.',
    steps: ['cluster1/save-address'],
    repair: { commands: [/DISCOVERY_ADDRESS="\$\(kubectl /] },
  });
});

t.test('a repair is typed with what the platform needs', async t => {
  await using mesh = await smallMesh(twoClusters(2));
  const adjustments = [
    {
      tool: 'kubectl',
      verb: ['create', 'namespace'],
      cluster: plan.steps.find(({ id }) => id === 'cluster1/create-namespace')?.cluster,
      addArgs: ['--request-timeout=5s'],
      because: 'of this test',
    },
  ] as DiagnosisScene['adjustments'];
  const said = 'namespaces "istio-system" not found';
  const diagnosis = await diagnosisOf(mesh, 'cluster1/create-cacerts', said, { adjustments });
  t.match(diagnosis?.repair?.commands.join(), / create namespace --request-timeout=5s istio-system$/);
});

t.test('of several mistakes of a guide, the one whose words were said comes first', async t => {
  await using mesh = await smallMesh(twoClusters(2));
  const mistake = (id: string, wouldHappen: string) => ({
    ...{ id, wouldHappen, guideLine: '…', lines: [7, 7] as const, weDo: '' },
    isLeft: true as const,
  });
  const errata = [
    mistake('unset-variable/L7', 'The tool refuses it ("did not find expected key").'),
    mistake('unanswered-prompt/L7', 'It prints "Cancelled." and exits with 1.'),
  ];
  const printed = {
    ...plan,
    errata,
    steps: plan.steps.map(step => ({ ...step, errata: errata.map(({ id }) => id) })),
  };
  const step = 'cluster1/install-istio';
  const first = async (said: string) =>
    (await diagnosisOf(mesh, step, said, { plan: printed }))?.sentence.split(':')[0];
  t.equal(await first('Cancelled.'), 'The guide, line 7 (unanswered-prompt)');
  t.equal(await first('did not find expected key'), 'The guide, line 7 (unset-variable)');
  t.equal(await first('exit code 1'), 'The guide, line 7 (unset-variable)', 'else in the order of the page');
});

t.test('what a guide has no step for is named before what it does', async t => {
  await using mesh = await smallMesh(twoClusters(2));
  const isMissing = ({ id }: { readonly id: string }) => id.endsWith('create-namespace');
  const page = {
    ...plan,
    steps: plan.steps.filter(each => !isMissing(each)),
    lacks: plan.steps.filter(isMissing).map(({ id }) => id),
  };
  const said = 'namespaces "istio-system" not found';
  const diagnosis = await diagnosisOf(mesh, 'cluster1/create-cacerts', said, { plan: page });
  t.equal(
    diagnosis?.sentence,
    'The namespace istio-system does not exist in cluster1. The guide has no step like cluster1/create-namespace.',
  );
  t.equal(diagnosis?.steps[0], 'cluster1/create-namespace');
  t.equal(diagnosis?.repair, undefined, 'the page has nothing to type again');
});
