/** Plans of small guides: several pages, ids, places, order, the mesh that is read off them. */
import t from 'tap';
import { readGuide } from '../../../harness/guide/read-guide.ts';

const operator = (name: string, ...more: readonly string[]): string =>
  [
    `$ cat <<EOF > ${name}.yaml`,
    'apiVersion: install.istio.io/v1alpha1',
    'kind: IstioOperator',
    'spec:',
    '  values:',
    '    global:',
    '      meshID: mesh9',
    '      multiCluster:',
    `        clusterName: ${name}`,
    '      network: n1',
    ...more.map(line => `      ${line}`),
    'EOF',
    `$ istioctl install -y --context=${name} -f ${name}.yaml`,
  ].join('\n');
const block = (...lines: readonly string[]): string => ['```bash', ...lines, '```', ''].join('\n');

const BEFORE = `# Before\n\n${block('$ export EAST=east', '$ NAMES="sample"')}`;
const INSTALL = [
  '# Install',
  '## East',
  block(operator('east')),
  block(
    "$ export ADDRESS=$(kubectl --context=$EAST -n istio-system get svc istio-eastwestgateway -o jsonpath='{.status.loadBalancer.ingress[0].ip}')",
  ),
  '## West',
  block(operator('west', 'remotePilotAddress: ${ADDRESS}')),
  block('$ istioctl x create-remote-secret --context=west --name=west | kubectl apply -f - --context=$EAST'),
].join('\n\n');
const VERIFY = [
  '# Verify',
  block(
    ...['east', 'west'].map(name => `$ kubectl create --context=${name} namespace $NAMES`),
    '$ kubectl apply --context=east -f samples/helloworld/helloworld.yaml -l version=v1 -n sample',
    '$ kubectl apply --context=west -f samples/helloworld/helloworld.yaml -l version=v2 -n sample',
    '$ kubectl apply --context=west -f samples/sleep/sleep.yaml -n sample',
    '$ kubectl get pod --context=west -n other',
    'NAME   READY',
    'a-5f9c7f4879-c62tb  2/2',
  ),
  '## Clean up',
  block('$ kubectl delete namespace sample --context=west'),
].join('\n\n');

const request = {
  files: [
    { file: 'docs/before.md', text: BEFORE },
    { file: 'docs/install/index.md', text: INSTALL },
    { file: 'docs/verify.md', text: VERIFY },
  ],
  tabs: [],
  edition: '1.8' as const,
};

t.test('several pages are one guide', async t => {
  const { plan, topology, hasWorkloads } = readGuide({ ...request, isAsPrinted: true, withCleanUp: true });
  t.ok(hasWorkloads);
  t.equal(plan.scenario, 'install', 'called after the page that installs');
  t.match(topology, { meshId: 'mesh9', networks: [{ name: 'n1' }] });
  t.match(topology.clusters, [
    { name: 'east', network: 'n1', role: { kind: 'primary' }, helloWorld: ['v1'], client: false },
    {
      name: 'west',
      network: 'n1',
      role: { kind: 'remote', controlPlane: 'east' },
      helloWorld: ['v2'],
      client: true,
    },
  ]);
  t.same(
    plan.steps.map(({ id, guide }) => [id, guide.page, guide.lines?.[0]]),
    [
      ['east/install-istio', 'install', 6],
      ['east/save-address', 'install', 22],
      ['west/install-istio', 'install', 29],
      ['remote-secret/west-in-east', 'install', 46],
      ['east/create-sample-namespace', 'verify', 4],
      ['west/create-sample-namespace', 'verify', 5],
      ['east/deploy-helloworld-v1', 'verify', 6],
      ['west/deploy-helloworld-v2', 'verify', 7],
      ['west/deploy-sleep', 'verify', 8],
      ['verify/L9', 'verify', 9],
      ['verify/L18', 'verify', 18],
    ],
  );
  const [looks] = plan.steps.at(-2)?.commands ?? [];
  t.same(looks?.shows, ['NAME   READY', 'a-5f9c7f4879-c62tb  2/2']);
  t.match(looks?.showsAt, { file: /\.md$/, line: Number });
  t.ok(plan.lacks?.includes('west/create-cacerts'));
  t.same(plan.steps.map(({ isCleanUp }) => isCleanUp).filter(Boolean), [true]);
  t.match(plan.steps[2]?.files, [{ path: 'west.yaml', content: /remotePilotAddress: \$\{ADDRESS\}/ }]);
});

t.test('a mended guide does first what it tells too late, and says so', async t => {
  const { plan } = readGuide({ ...request, isAsPrinted: false });
  const ids = plan.steps.map(({ id }) => id);
  t.ok(ids.indexOf('remote-secret/west-in-east') < ids.indexOf('west/install-istio'));
  t.ok(ids.indexOf('make-certificates') === 0, 'what the pages leave to another is done');
  t.match(
    plan.steps.find(({ id }) => id === 'east/save-address')?.commands,
    [{ awaits: 'the east-west gateway of east to be given an address' }],
    'what is read too early is waited for',
  );
  t.notOk(ids.includes('verify/L18'), 'the clean-up is left out');
  const told = plan.errata.map(({ id }) => id);
  t.ok(
    told.some(id => /^(order|secret-after-remote)\//.test(id)),
    told.join(', '),
  );
  t.ok(told.includes('elsewhere/east/create-cacerts'));
});

t.test('commands on one line are steps of their own, and those that clean up have their errata', async t => {
  const text = [
    '# Look',
    block(
      '$ kubectl --context=east get nodes; kubectl --context=east get events',
      '$ kubectl --context=east get pvc',
    ),
    '# Cleanup',
    block(
      '$ kubectl --context=east delete namespace sample -l a=b -l c=d; kubectl --context=east delete ns more',
    ),
  ].join('\n\n');
  const { plan } = readGuide({
    ...{ files: [{ file: 'look.md', text }], tabs: [], edition: '1.8' },
    ...{ isAsPrinted: true, withCleanUp: true },
  });
  t.same(
    plan.steps.map(({ id }) => id),
    ['look/L4', 'look/L4-2', 'look/L5', 'look/L12', 'look/L12-2'],
  );
  t.same(
    plan.steps.map(({ dependsOn }) => dependsOn),
    [[], ['look/L4'], ['look/L4-2'], [], ['look/L12']],
  );
  const known = new Set(plan.errata.map(({ id }) => id));
  const named = plan.steps.flatMap(({ errata }) => errata);
  t.ok(named.length > 0, named.join());
  t.same(
    named.filter(id => !known.has(id)),
    [],
  );
});
