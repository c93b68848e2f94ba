/**
 * `istioctl x describe` and its neighbours, in the words of a real istioctl on the same objects
 * (istio.io/istio 2026-08-27, asked in November 2026 on `mesh-harness up`).
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test as TapTest } from 'tap';
import { ROOT } from '../../../support/cli.ts';
import { toolsWorld } from '../../../support/tools-world.ts';

const RULES = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: hw, namespace: sample}
spec:
  host: helloworld
  trafficPolicy:
    loadBalancer: {simple: LEAST_REQUEST}
    outlierDetection: {consecutive5xxErrors: 5}
    tls: {mode: ISTIO_MUTUAL}
  subsets:
  - {name: v1, labels: {version: v1}}
  - {name: v2, labels: {version: v2}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: hw, namespace: sample}
spec:
  hosts: [helloworld]
  http:
  - match: [{headers: {end-user: {exact: jason}}}]
    route: [{destination: {host: helloworld, subset: v2}}]
  - fault: {delay: {percentage: {value: 10}, fixedDelay: 5s}}
    route:
    - {destination: {host: helloworld, subset: v1}, weight: 80}
    - {destination: {host: helloworld, subset: v2}, weight: 20}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: allow-curl, namespace: sample}
spec:
  selector: {matchLabels: {app: helloworld}}
  rules: [{from: [{source: {namespaces: [sample]}}]}]
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: strict, namespace: sample}
spec: {mtls: {mode: STRICT}}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: port, namespace: sample}
spec:
  selector: {matchLabels: {app: helloworld}}
  mtls: {mode: STRICT}
  portLevelMtls: {5000: {mode: PERMISSIVE}}
`;
const OF_SERVICE = `Service: helloworld.sample
   Port: http 5000/HTTP targets pod port 5000
DestinationRule: hw.sample for "helloworld"
   Matching subsets: v1
      (Non-matching subsets v2)
   Traffic Policy TLS Mode: ISTIO_MUTUAL
   Policies: load balancer/outlier detection
VirtualService: hw.sample
   Route to host "helloworld" subset "v1" with weight 80%
   Fault injection delay:{fixed_delay:{seconds:5} percentage:{value:10}}
   1 additional destination(s) that will not reach this pod
RBAC policies: ns[sample]-policy[allow-curl]-rule[0]
`;
const MODES = `Effective PeerAuthentication:
   Workload mTLS mode: STRICT
   Port Level mTLS mode:
      5000: PERMISSIVE
Applied PeerAuthentication:
   port.sample, strict.sample
`;
const HELLOWORLD = readFileSync(
  path.join(ROOT, 'fixtures/samples/current/helloworld/helloworld.yaml'),
  'utf8',
);
const PLAIN = `apiVersion: v1
kind: Pod
metadata: {name: plain, namespace: default, labels: {app: plain, version: v1}}
spec:
  containers:
  - {name: curl, image: curlimages/curl, command: [/bin/sleep, infinity], ports: [{containerPort: 80}]}
`;

t.test('what a workload has', async t => {
  const files = { 'hello.yaml': HELLOWORLD, 'rules.yaml': RULES, 'plain.yaml': PLAIN };
  await using world = await toolsWorld(files, { istioVersion: '1.30.3' });
  const said = async (line: string) => (await world.run(line)).stdout;
  for (const line of [
    'istioctl install -y',
    'kubectl create namespace sample',
    'kubectl label namespace sample istio-injection=enabled',
    'kubectl apply -n sample -f hello.yaml -l service=helloworld',
    'kubectl apply -n sample -f hello.yaml -l version=v1',
    'kubectl rollout status deployment/helloworld-v1 -n sample',
    'kubectl apply -f rules.yaml',
    'kubectl apply -f plain.yaml',
    'kubectl wait --for=condition=Ready pod/plain',
    'kubectl wait --for=condition=Available deployment/istio-ingressgateway -n istio-system',
  ])
    t.match(await world.run(line), { exitCode: 0 }, line);
  const pod = await said("kubectl get pod -n sample -o jsonpath='{.items[0].metadata.name}'");
  const head = `Pod: ${pod}.sample\n   Pod Revision: default\n   Pod Ports: 5000 (helloworld)\n`;
  const line = '--------------------\n';
  t.equal(await said(`istioctl x describe pod ${pod}.sample`), `${head}${line}${OF_SERVICE}${line}${MODES}`);
  t.equal(await said('istioctl x describe svc helloworld.sample'), OF_SERVICE);
  t.equal(
    await said('istioctl experimental des service helloworld -n sample'),
    OF_SERVICE.replaceAll('.sample', ''),
    'names of the namespace that is meant are short',
  );
  t.equal(await said('istioctl x describe svc kubernetes'), 'Service "kubernetes" has no pods.\n');
  t.match(await world.run('istioctl x describe pod plain'), {
    exitCode: 1,
    stdout:
      'Pod: plain\n   Pod Revision: \n   Pod Ports: 80 (curl)\n' +
      'WARNING: plain is not part of mesh; no Istio sidecar\n' +
      'Warning: No Kubernetes Services select pod plain (see https://istio.io/docs/setup/kubernetes/' +
      `additional-setup/requirements/ )\n${line}`,
  });
  t.match(await world.run('istioctl x describe pod plain --ignoreUnmeshed'), { exitCode: 0 });
  await neighbours(t, world, pod);
  t.match(await said(`istioctl pc clusters ${pod}.sample --subset v1`), /EDS +hw\.sample\n$/);
  t.match(await said(`istioctl pc routes ${pod}.sample --name 5000`), /\n5000 .* hw\.sample\n/);
  await world.run('kubectl delete dr hw -n sample');
  t.match(await said('istioctl x describe svc helloworld.sample'), /NO DESTINATION RULE defining subsets!/);
});

/** Commands that look at the same pod. */
async function neighbours(
  t: TapTest,
  world: Awaited<ReturnType<typeof toolsWorld>>,
  pod: string,
): Promise<void> {
  const rows: readonly (readonly [line: string, stdout: string | RegExp, exitCode?: number])[] = [
    [
      `istioctl x check-inject ${pod}.sample`,
      'WEBHOOK                     REVISION  INJECTED      REASON\n' +
        'istio-revision-tag-default  default   ✔             Namespace label istio-injection=enabled matches\n' +
        'istio-sidecar-injector      default   ✘             The injection webhook is deactivated, and will ' +
        'never match labels.\n',
    ],
    [
      'istioctl x check-inject -n sample -l app=x,sidecar.istio.io/inject=false',
      /✘ +Pod has sidecar\.istio\.io\/inject=false label, preventing injection\n/,
    ],
    [
      'istioctl x check-inject -n default -l app=x',
      /No matching namespace labels \(istio\.io\/rev=default, istio-injection=enabled\) or pod labels \(/,
    ],
    ['istioctl x check-inject', '', 1],
    [
      'istioctl x injector list -n sample',
      'NAMESPACE ISTIO-REVISION POD-REVISIONS\nsample    default        default: 1\n\n' +
        'NAMESPACES          INJECTOR-HOOK              ISTIO-REVISION SIDECAR-IMAGE\n' +
        'sample              istio-revision-tag-default default        registry.istio.io/release/proxyv2:1.30.3\n' +
        'DOES NOT AUTOINJECT istio-sidecar-injector     default        registry.istio.io/release/proxyv2:1.30.3\n',
    ],
    [
      `istioctl x authz check ${pod}.sample`,
      'ACTION   AuthorizationPolicy   RULES\nALLOW    allow-curl.sample     1\n',
    ],
    ['istioctl x authz check nobody', '', 1],
    ['istioctl x internal-debug mcsz', 'null\n'],
    ['istioctl x internal-debug clusterz', /^\[\n {2}\{\n {4}"id": "Kubernetes",\n/],
    ['istioctl x internal-debug nonsense', /^error: according to below command list, .*\n\[\n {2}"adsz",/],
    ['istioctl x internal-debug edsz', '', 1],
    ['istioctl x internal-debug', '', 64],
    ['istioctl x precheck', ''],
    ['istioctl x precheck --from-version abc', '', 1],
    ['istioctl x describe foo', '', 1],
  ];
  for (const [line, stdout, exitCode = 0] of rows)
    t.match(await world.run(line), { exitCode, stdout: stdout === '' ? /^$/ : stdout }, line);
}

t.test('before an upgrade', async t => {
  const zipkin = `apiVersion: v1
kind: Service
metadata: {name: zipkin, namespace: istio-system}
spec: {ports: [{port: 9411}]}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: nobody, namespace: default}
`;
  await using world = await toolsWorld({ 'zipkin.yaml': zipkin }, { istioVersion: '1.30.3' });
  await world.run('kubectl create namespace istio-system');
  await world.run('kubectl apply -f zipkin.yaml');
  t.match(await world.run('istioctl x precheck'), {
    exitCode: 0,
    stderr: /^✔ No issues found when checking/,
  });
  t.match(await world.run('istioctl x precheck --from-version 1.20'), {
    exitCode: 1,
    stdout: /^Warning \[IST0169\] \(Service istio-system\/zipkin\) The configuration "meshConfig/,
    stderr:
      /^Error: Issues found when checking the cluster\. Istio may not be safe to install or upgrade\.\n/,
  });
  t.match(await world.run('istioctl x precheck --from-version 1.22'), { exitCode: 0 });
  t.match(await world.run('istioctl x precheck --output-threshold Error -f 1.20'), {
    exitCode: 1,
    stdout: /^$/,
  });
});
