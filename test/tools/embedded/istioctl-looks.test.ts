/** What istioctl shows of proxies, says of a cluster's objects, and takes away again. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { ROOT } from '../../support/cli.ts';
import { toolsWorld } from '../../support/tools-world.ts';

const sample = (edition: string, name: string) =>
  readFileSync(path.join(ROOT, 'fixtures', 'samples', edition, name), 'utf8');
const OPERATOR = `apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
spec:
  values:
    global:
      meshID: mesh1
      multiCluster: {clusterName: cluster1}
      network: network1
`;
const CLUSTER = 'outbound|5000||helloworld.sample.svc.cluster.local';

for (const [istioVersion, edition] of [
  ['1.8.0', '1.8'],
  ['1.30.3', 'current'],
] as const) {
  const isOld = edition === '1.8';
  t.test(`${istioVersion}: proxy-config, analyze and uninstall`, async t => {
    await using world = await toolsWorld(
      {
        'a.yaml': OPERATOR,
        'helloworld.yaml': sample(edition, 'helloworld/helloworld.yaml'),
        'expose.yaml': sample(edition, 'multicluster/expose-services.yaml'),
      },
      { istioVersion },
    );
    for (const line of [
      'istioctl install -y -f a.yaml',
      'kubectl create ns sample',
      'kubectl apply -n sample -f helloworld.yaml',
      'kubectl wait -n sample --for=condition=available deploy/helloworld-v1 deploy/helloworld-v2',
    ])
      t.equal((await world.run(line)).exitCode, 0, line);

    t.match(await world.run('istioctl analyze -n sample'), {
      exitCode: 0,
      stdout:
        /^Info \[IST0102\] \(Namespace sample\) The namespace is not enabled for Istio injection\. Run 'kubectl label namespace sample /,
    });
    const asJson = await world.run('istioctl analyze -n sample -o json');
    t.match(
      [asJson.exitCode, JSON.parse(asJson.stdout)],
      [0, [{ code: 'IST0102', level: 'Info', origin: 'Namespace sample', message: /not enabled for Istio/ }]],
    );
    t.match(await world.run('istioctl analyze -n sample -o YAML'), { stdout: /^- code: IST0102\n/ });
    t.match(await world.run('istioctl analyze -o text'), { exitCode: 64, stderr: /not a valid option/ });
    await world.run('kubectl label ns sample istio-injection=enabled');
    await world.run('kubectl rollout restart -n sample deploy/helloworld-v1');
    await world.run('kubectl rollout status -n sample deploy/helloworld-v1');
    const missing = await world.run('istioctl analyze -n sample');
    t.match(
      missing.stdout,
      /^Warning \[IST0103\] \(Pod sample\/helloworld-v2-\S+\) The pod is missing the Istio proxy\.[^\n]*\n$/,
    );
    await world.run('kubectl rollout restart -n sample deploy/helloworld-v2');
    await world.run('kubectl rollout status -n sample deploy/helloworld-v2');
    t.match(await world.run('istioctl analyze -n sample'), {
      exitCode: 0,
      stdout: '✔ No validation issues found when analyzing namespace: sample.\n',
    });
    await world.run('kubectl apply -n istio-system -f expose.yaml');
    t.match(await world.run('istioctl analyze -A'), {
      exitCode: 79,
      stdout:
        /^Error \[IST0101\] \(Gateway istio-system\/cross-network-gateway\) Referenced selector not found: "istio=eastwestgateway"\n/,
      stderr: /^Error: Analyzers found issues when analyzing all namespaces\.\n/,
    });

    const proxy = 'deployment/helloworld-v1 -n sample';
    const tables: [string, RegExp][] = [
      [
        `clusters ${proxy} --port 5000 --direction outbound`,
        /^SERVICE FQDN +PORT +SUBSET +DIRECTION +TYPE +DESTINATION RULE\nhelloworld\.sample\.svc\.cluster\.local +5000 +- +outbound +EDS +\n$/,
      ],
      [
        `endpoints ${proxy} --cluster '${CLUSTER}'`,
        /^ENDPOINT +STATUS +OUTLIER CHECK +CLUSTER\n(10\.10\.\d+\.\d+:5000 +HEALTHY +OK +outbound\|5000\|\|helloworld\.sample\.svc\.cluster\.local\n){2}$/,
      ],
      [
        `listeners ${proxy} --port 5000`,
        isOld
          ? /^ADDRESS +PORT +MATCH +DESTINATION\n0\.0\.0\.0 +5000 +ALL +Route: 5000\n$/
          : /^ADDRESSES +PORT +MATCH +DESTINATION\n0\.0\.0\.0 +5000 +Trans: raw_buffer; App: http\/1\.1,h2c +Route: 5000\n0\.0\.0\.0 +5000 +ALL +PassthroughCluster\n$/,
      ],
      [
        `routes ${proxy} --name 5000`,
        isOld
          ? /^NOTE: This output only contains routes loaded via RDS\.\nNAME +DOMAINS +MATCH +VIRTUAL SERVICE\n5000 +helloworld +\/\* +\n5000 +\* +\/\* +\n$/
          : /^NAME +VHOST NAME +DOMAINS +MATCH +VIRTUAL SERVICE\n5000 +helloworld\.sample\.svc\.cluster\.local:5000 +helloworld\S*, \S+ \+ \d more\.\.\. +\/\* +\n/,
      ],
      [
        `secret ${proxy}`,
        isOld
          ? /^RESOURCE NAME +TYPE +STATUS +VALID CERT +SERIAL NUMBER +NOT AFTER +NOT BEFORE\ndefault +Cert Chain +ACTIVE +true +\d+ +\S+Z +\S+Z\nROOTCA +CA +ACTIVE +true +\d+ +\S+Z +\S+Z\n$/
          : /^RESOURCE NAME .* NOT BEFORE\ndefault +Cert Chain +ACTIVE +true +[0-9a-f]+ +\S+:\d\dZ +\S+:\d\dZ\nROOTCA +CA +[^\n]*\n$/,
      ],
    ];
    for (const [words, table] of tables)
      t.match(await world.run(`istioctl proxy-config ${words}`), { exitCode: 0, stdout: table }, words);
    if (!isOld) {
      const rowsOf = async (words: string) => {
        const { stdout } = await world.run(`istioctl pc ${words}`);
        return stdout
          .trimEnd()
          .split('\n')
          .slice(1)
          .map(line => line.trim().replaceAll(/ {2,}/g, ' | '));
      };
      // One blank is between the columns of listeners.
      const listenersAt = async (port: number) =>
        (await rowsOf(`listeners ${proxy} --port ${port}`)).map(row => row.replaceAll(' | ', ' '));
      const listeners = await listenersAt(15006);
      const mesh = 'istio,istio-peer-exchange,istio-http/1.0,istio-http/1.1,istio-h2';
      const at = '0.0.0.0 15006';
      t.same([...listeners].sort(), [
        `${at} Addr: *:15006 Non-HTTP/Non-TCP`,
        `${at} Trans: raw_buffer InboundPassthroughCluster`,
        `${at} Trans: raw_buffer; Addr: *:5000 Cluster: inbound|5000||`,
        `${at} Trans: raw_buffer; App: http/1.1,h2c InboundPassthroughCluster`,
        `${at} Trans: tls InboundPassthroughCluster`,
        `${at} Trans: tls; App: istio,istio-peer-exchange InboundPassthroughCluster`,
        `${at} Trans: tls; App: ${mesh}; Addr: *:5000 Cluster: inbound|5000||`,
        `${at} Trans: tls; App: istio-http/1.0,istio-http/1.1,istio-h2 InboundPassthroughCluster`,
      ]);
      t.same(await listenersAt(15001), [
        '0.0.0.0 15001 ALL PassthroughCluster',
        '0.0.0.0 15001 Addr: *:15001 Non-HTTP/Non-TCP',
      ]);
      const clusters = (await rowsOf(`clusters ${proxy}`)).map(row => row.split(' | '));
      const typeOf = (name: string) => clusters.find(([first]) => first === name)?.at(4);
      for (const name of ['agent', 'prometheus_stats', 'sds-grpc', 'xds-grpc'])
        t.equal(typeOf(name), 'STATIC', name);
      t.equal(typeOf('InboundPassthroughCluster'), 'ORIGINAL_DST');
      t.ok(
        clusters.some(row => row.join().startsWith('5000,-,inbound,ORIGINAL_DST')),
        'inbound|5000||',
      );
      const routes = await rowsOf(`routes ${proxy}`);
      t.notOk(routes.some(row => row.includes('allow_any')));
      t.equal(routes.filter(row => row.includes('backend')).length, 2);
      t.ok(routes.some(row => row.startsWith('InboundPassthroughCluster')));
      t.match(await world.run(`istioctl pc ep ${proxy}`), {
        stdout: /\nunix:\/\/\.\/etc\/istio\/proxy\/XDS +HEALTHY +OK +xds-grpc\n/,
      });
    }
    const json = await world.run(
      `istioctl pc cluster ${proxy} --fqdn helloworld.sample.svc.cluster.local --direction outbound -o json`,
    );
    t.match(JSON.parse(json.stdout), [{ name: CLUSTER, type: 'EDS' }]);
    const pods = await world.run('kubectl get pods -n sample -l version=v1 -o name');
    const pod = pods.stdout.trim().replace('pod/', '');
    t.match(await world.run(`istioctl pc ep ${pod}.sample`), { exitCode: 0 }, 'POD.NAMESPACE');

    const refusals: [string, number, string | RegExp][] = [
      ['istioctl pc ep nope.sample', 1, /retrieving: pods "nope" not found in the "sample" namespace\n$/],
      ['istioctl pc ep', 1, 'Error: endpoints requires pod name or --file parameter\n'],
      ['istioctl pc c a b', 1, 'Error: cluster requires pod name or --file parameter\n'],
      ['istioctl pc foo', 1, /^Error: unknown command "foo" for "istioctl pc"/],
      [`istioctl pc ep ${proxy} -o xml`, 1, 'Error: output format "xml" not supported\n'],
      [`istioctl pc ep ${proxy} --frobnicate`, 64, 'Error: unknown flag: --frobnicate\n'],
      ['istioctl pc ep foo/helloworld -n sample', 1, /the server doesn't have a resource type "foo" in the/],
      ['istioctl pc ep sts/a', 1, /failed retrieving: statefulsets\.apps "a" not found in the "default"/],
      [
        'istioctl pc ep secret/a',
        1,
        'Error: not simulated by mesh-harness: istioctl with the pods of secrets\n',
      ],
      ['istioctl uninstall', 1, /at least one of the --revision.*, --filename or --purge flags must be set/],
      ['istioctl uninstall --purge', 1, 'Cancelled.\n'],
      ['istioctl uninstall --revision default', 1, 'Cancelled.\n'],
      ['istioctl uninstall --revision none', 1, 'Error: could not find target revision\n'],
    ];
    for (const [line, exitCode, stderr] of refusals)
      t.match(await world.run(line), { exitCode, stderr }, line);

    const removed = await world.run('istioctl uninstall --purge -y');
    t.match(removed, {
      exitCode: 0,
      stdout: /Removed Deployment:istio-system:istiod\.\n[\s\S]*✔ Uninstall complete\n$/,
    });
    const left = await world.run(
      'kubectl get deploy,svc,crd,mutatingwebhookconfigurations -n istio-system -o name',
    );
    t.equal(left.stdout, '', 'nothing of it is left');
    t.match(
      await world.run('istioctl install -y -f a.yaml'),
      { exitCode: 0 },
      'and it can be installed again',
    );
  });
}

t.test('uninstall -f takes away what those files had installed, and nothing else', async t => {
  const gateway = `apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata: {name: eastwest}
spec:
  profile: empty
  components:
    ingressGateways:
      - {name: istio-eastwestgateway, enabled: true, label: {istio: eastwestgateway}}
`;
  await using world = await toolsWorld({ 'a.yaml': OPERATOR, 'gateway.yaml': gateway });
  await world.run('istioctl install -y -f a.yaml');
  await world.run('istioctl install -y -f gateway.yaml');
  t.match(await world.run('istioctl x uninstall -f gateway.yaml', { stdin: 'y\n' }), { exitCode: 0 });
  t.match(await world.run('kubectl get deploy -n istio-system -o name'), {
    stdout: 'deployment.apps/istio-ingressgateway\ndeployment.apps/istiod\n',
  });
});

t.test('what a real istioctl has is not called a mistake', async t => {
  await using world = await toolsWorld({}, { istioVersion: '1.30.3' });
  const refusals: readonly (readonly [string, string])[] = [
    ['istioctl bug-report', 'istioctl bug-report'],
    ['istioctl x metrics a', 'istioctl x metrics'],
    ['istioctl x describe pod a --proxy-admin-port 1', 'istioctl x describe pod --proxy-admin-port'],
    ['istioctl pc ecds a', 'istioctl pc ecds'],
    ['istioctl install --verify', 'istioctl install --verify'],
    ['istioctl --as jane version', 'istioctl --as'],
    ['istioctl version --as=jane', 'istioctl version --as'],
  ];
  for (const [line, what] of refusals)
    t.match(
      await world.run(line),
      { exitCode: 1, stderr: `Error: not simulated by mesh-harness: ${what}\n` },
      line,
    );
  t.match(await world.run('istioctl tags'), { exitCode: 64, stderr: /unknown command "tags"/ });
});
