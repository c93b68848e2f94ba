/** The tables of facts by release, and how they are asked. */
import t from 'tap';
import {
  columnFacts,
  fieldOf,
  isList,
  operatorFields,
  printedColumns,
  sampleFacts,
  toolFacts,
} from '../../../../harness/guide/lint/tables/tables.ts';

t.test('a flag is told with its letter, its value and whether it repeats', t => {
  const install = toolFacts('istioctl', '1.8')?.commands.get('install');
  t.match(install, { least: 0, most: 0, isGroup: false });
  const flagNamed = (name: string) => install?.flags.find(flag => flag.name === name);
  t.match(flagNamed('filename'), { short: 'f', value: 'required', isRepeatable: true });
  t.match(flagNamed('skip-confirmation'), { short: 'y', value: 'none', isRepeatable: false });
  t.match(flagNamed('istioNamespace'), { short: 'i' }, 'it has the flags of the commands above');
  const selector = toolFacts('kubectl', '1.8')
    ?.commands.get('apply')
    ?.flags.find(({ short }) => short === 'l');
  t.match(selector, { name: 'selector', isRepeatable: false });
  t.equal(toolFacts('sed', '1.8'), undefined);
  t.end();
});

t.test('samples come with their objects and labels', t => {
  const old = sampleFacts('1.8');
  t.ok(old.has('samples/sleep/sleep.yaml'));
  t.ok(old.has('./samples/multicluster/gen-eastwest-gateway.sh'));
  t.notOk(old.has('samples/curl/curl.yaml'));
  t.ok(old.hasFolder('samples/bookinfo/platform/kube/'));
  t.notOk(old.hasFolder('samples/ambient-argo'));
  t.ok(sampleFacts('current').has('samples/curl/curl.yaml'));
  t.ok(sampleFacts('current').paths.includes('samples/curl/curl.yaml'));
  t.same(
    old.objectsOf('samples/helloworld/helloworld.yaml').map(({ kind, name, labels }) => [kind, name, labels]),
    [
      ['Service', 'helloworld', { app: 'helloworld', service: 'helloworld' }],
      ['Deployment', 'helloworld-v1', { app: 'helloworld', version: 'v1' }],
      ['Deployment', 'helloworld-v2', { app: 'helloworld', version: 'v2' }],
    ],
  );
  t.match(old.objectsOf('samples/multicluster/expose-istiod.yaml')[0], {
    kind: 'Gateway',
    namespace: 'istio-system',
  });
  t.same(old.objectsOf('samples/none.yaml'), []);
  t.match(
    old.objectsOf('samples/sleep/sleep.yaml').find(({ kind }) => kind === 'Deployment'),
    { name: 'sleep', labels: {}, pod: { labels: { app: 'sleep' }, containers: ['sleep'] } },
  );
  t.end();
});

t.test('fields of an IstioOperator have a type, a list has one of its elements', t => {
  const follow = (edition: '1.8' | 'current', path: string) =>
    path
      .split('.')
      .reduce<ReturnType<typeof fieldOf>>(
        (tree, field) => (tree === undefined ? undefined : fieldOf(tree, field)),
        operatorFields(edition),
      );
  t.equal(follow('1.8', 'values.global.meshID'), 'string');
  t.equal(follow('1.8', 'values.global.multiCluster.clusterName'), 'string');
  t.equal(follow('1.8', 'values.global.externalIstiod'), 'boolean');
  t.equal(follow('1.8', 'values.istiodRemote.injectionPath'), undefined);
  t.equal(follow('current', 'values.istiodRemote.injectionPath'), 'string');
  t.equal(follow('1.8', 'values.global.configCluster'), undefined);
  t.equal(follow('current', 'values.global.configCluster'), 'boolean');
  t.equal(follow('1.8', 'addonComponents'), 'any');
  t.equal(follow('current', 'addonComponents'), undefined);
  t.equal(follow('1.8', 'values.global.proxy_init.image'), 'string');
  t.ok(follow('1.8', 'values.gateways.istio-ingressgateway'));
  const gateways = follow('current', 'components.ingressGateways');
  t.ok(gateways !== undefined && isList(gateways));
  t.equal(fieldOf('string', 'x'), undefined);
  t.end();
});

t.test('headers of kubectl get are told by resource, and by group where a name means several', t => {
  const headers = (resource: string, edition: '1.8' | 'current' = 'current') =>
    columnFacts(resource, edition).flatMap(each => each.headers.map(header => header.join(' ')));
  t.same(headers('Pods'), ['NAME READY STATUS RESTARTS AGE']);
  t.same(columnFacts('po', '1.8')[0]?.wide, ['IP', 'NODE', 'NOMINATED NODE', 'READINESS GATES']);
  t.same(headers('svc'), ['NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE']);
  t.same(headers('gateways', '1.8'), ['NAME AGE']);
  t.same(headers('gateways'), ['NAME AGE', 'NAME CLASS ADDRESS PROGRAMMED AGE']);
  t.same(headers('gateways.gateway.networking.k8s.io'), ['NAME CLASS ADDRESS PROGRAMMED AGE']);
  t.same(headers('gateways.networking.istio.io'), ['NAME AGE']);
  t.same(headers('gateway.v1.gateway.networking.k8s.io'), ['NAME CLASS ADDRESS PROGRAMMED AGE']);
  t.same(headers('peerauthentication'), ['NAME MODE AGE']);
  t.same(headers('nothing'), []);
  t.same(headers('remote-clusters'), [], 'a command of istioctl is no resource');
  t.same(printedColumns('istioctl', 'remote-clusters', 'current'), [['NAME', 'SECRET', 'STATUS', 'ISTIOD']]);
  t.same(printedColumns('istioctl', 'remote-clusters', '1.8'), []);
  t.end();
});
