import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t from 'tap';
import { systemClock } from '../../../harness/base/clock.ts';
import { createRandom } from '../../../harness/base/random.ts';
import { createImageCatalog } from '../../../harness/simulator/images/catalog.ts';
import { startCluster } from '../../../harness/simulator/kubernetes/cluster.ts';
import { VirtualNetwork } from '../../../harness/simulator/network/virtual-network.ts';

/** kubectl 1.32: beside a dispatcher that chooses by the server's version, or on PATH itself. */
function findKubectl(): string | undefined {
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    const candidate = path.join(folder, 'kubectl');
    if (!existsSync(candidate)) continue;
    const versioned = path.join(path.dirname(realpathSync(candidate)), 'kubectl.1.32');
    return existsSync(versioned) ? versioned : candidate;
  }
  return undefined;
}

const kubectl = findKubectl();
const folder = mkdtempSync(path.join(tmpdir(), 'mesh-harness-kubectl-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string) => path.join(folder, name);

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(args: readonly string[], input = ''): Promise<Outcome> {
  return new Promise(resolve => {
    const options = {
      timeout: 30_000,
      env: { PATH: process.env['PATH'], HOME: folder, KUBECONFIG: file('config') },
    };
    const child = execFile(kubectl ?? '', [...args], options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr });
    });
    child.stdin?.end(input);
  });
}

const HELLO = `
apiVersion: v1
kind: Service
metadata: {name: hello, labels: {app: hello, service: hello}}
spec:
  ports: [{port: 5000, name: http}]
  selector: {app: hello}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: hello, labels: {app: hello}}
spec:
  selector: {matchLabels: {app: hello}}
  template:
    metadata: {labels: {app: hello}}
    spec:
      containers: [{name: hello, image: docker.io/istio/examples-helloworld-v1, ports: [{containerPort: 5000}]}]
`;
const DEFINITION = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gateways.networking.istio.io}
spec:
  group: networking.istio.io
  scope: Namespaced
  names: {kind: Gateway, plural: gateways, shortNames: [gw]}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {servers: {type: array, items: {type: object, x-kubernetes-preserve-unknown-fields: true}}}}}}}}
`;
const GATEWAY = `{"apiVersion":"networking.istio.io/v1","kind":"Gateway","metadata":{"name":"gw"},"spec":{"servers":[{"port":80}]}}`;

interface Row {
  readonly args: string;
  readonly input?: string;
  readonly code?: number;
  readonly stdout?: RegExp | string;
  readonly stderr?: RegExp;
}

/** In order: later rows build on earlier ones. Ages and random names are left open. */
const rows: readonly Row[] = [
  { args: 'version', stdout: /Server Version: v1\.32\./ },
  { args: 'api-resources', stdout: /^deployments +deploy +apps\/v1 +true +Deployment$/m },
  { args: 'cluster-info', stdout: /Kubernetes control plane.* is running at/ },
  { args: 'get nodes', stdout: /^c1-control-plane +Ready +control-plane +\d+s +v1\.32/m },
  { args: 'create ns foo', stdout: 'namespace/foo created\n' },
  { args: 'create ns foo', code: 1, stderr: /^Error from server \(AlreadyExists\): namespaces "foo" already exists$/m },
  { args: 'label ns foo istio-injection=off', stdout: 'namespace/foo labeled\n' },
  {
    args: 'label ns foo istio-injection=on',
    code: 1,
    stderr: /'istio-injection' already has a value \(off\), and --overwrite is false/,
  },
  { args: 'label ns foo istio-injection=on --overwrite', stdout: 'namespace/foo labeled\n' },
  { args: 'label ns foo istio-injection-', stdout: 'namespace/foo unlabeled\n' },
  { args: 'create secret generic cacerts -n foo --from-literal=a=b', stdout: 'secret/cacerts created\n' },
  { args: 'get secret cacerts -n foo -o jsonpath={.data.a}', stdout: 'Yg==' },
  { args: 'create configmap cm -n foo --from-literal=x=y', stdout: 'configmap/cm created\n' },
  { args: 'create sa robot -n foo', stdout: 'serviceaccount/robot created\n' },
  { args: 'create token robot -n foo --duration=1h', stdout: /^eyJ/ },
  { args: 'create role r -n foo --verb=get --resource=pods', stdout: 'role.rbac.authorization.k8s.io/r created\n' },
  { args: 'create rolebinding rb -n foo --role=r --serviceaccount=foo:robot', stdout: /created$/m },
  { args: 'auth can-i get pods -n foo --as=system:serviceaccount:foo:robot', stdout: 'yes\n' },
  { args: 'auth can-i list pods -n foo --as=system:serviceaccount:foo:robot', code: 1, stdout: 'no\n' },
  { args: 'auth whoami', stdout: /kubernetes-admin/ },
  { args: 'get pods -n foo', stderr: /^No resources found in foo namespace\.$/m },
  { args: 'get pods nope -n foo', code: 1, stderr: /^Error from server \(NotFound\): pods "nope" not found$/m },
  { args: 'get nope', code: 1, stderr: /the server doesn't have a resource type "nope"/ },
  { args: 'apply -n foo -l service=hello -f -', input: HELLO, stdout: 'service/hello created\n' },
  { args: 'apply -n foo -f -', input: HELLO, stdout: 'service/hello unchanged\ndeployment.apps/hello created\n' },
  { args: 'rollout status -n foo deploy/hello --timeout=20s', stdout: /successfully rolled out/ },
  { args: 'wait -n foo --for=condition=Ready pod -l app=hello --timeout=20s', stdout: /condition met/ },
  {
    args: 'get deploy,svc,ep -n foo',
    stdout:
      /deployment.apps\/hello +1\/1 +1 +1[\s\S]*service\/hello +ClusterIP +10\.\S+ +<none> +5000\/TCP[\s\S]*endpoints\/hello +10\.\S+:5000/,
  },
  {
    args: 'get pods -n foo -o wide',
    stdout: /^hello-\S+ +1\/1 +Running +0 +\d+s +10\.\S+ +c1-control-plane +<none> +<none>$/m,
  },
  {
    args: 'describe deploy hello -n foo',
    stdout: /Replicas: +1 desired \| 1 updated \| 1 total \| 1 available \| 0 unavailable/,
  },
  { args: 'describe svc hello -n foo', stdout: /Endpoints: +10\.\S+:5000/ },
  { args: 'scale -n foo deploy hello --replicas=2', stdout: 'deployment.apps/hello scaled\n' },
  { args: 'patch -n foo deploy hello -p {"spec":{"replicas":1}}', stdout: 'deployment.apps/hello patched\n' },
  { args: 'rollout restart -n foo deploy hello', stdout: 'deployment.apps/hello restarted\n' },
  { args: 'rollout status -n foo deploy/hello --timeout=30s', stdout: /successfully rolled out/ },
  { args: 'rollout history -n foo deploy hello', stdout: /^2 +<none>$/m },
  {
    args: 'diff -n foo -f -',
    input: HELLO.replace('port: 5000, name', 'port: 5001, name'),
    code: 1,
    stdout: /^-\s+- ?.*5000|^\+.*5001/m,
  },
  {
    args: 'apply -n foo --server-side --field-manager=other -f -',
    input: HELLO.replace('examples-helloworld-v1', 'examples-helloworld-v2'),
    code: 1,
    stderr:
      /conflict with "kubectl-client-side-apply" using apps\/v1: \.spec\.template\.spec\.containers\[name="hello"\]\.image/,
  },
  { args: 'apply -n foo --server-side --force-conflicts -f -', input: HELLO, stdout: /serverside-applied/ },
  { args: 'apply -n foo --dry-run=server -f -', input: HELLO, stdout: /\(server dry run\)/ },
  { args: 'apply -f -', input: DEFINITION, stdout: /created$/m },
  { args: 'wait crd/gateways.networking.istio.io --for=condition=established --timeout=10s', stdout: /condition met/ },
  { args: 'apply -n foo -f -', input: GATEWAY, stdout: 'gateway.networking.istio.io/gw created\n' },
  { args: 'get gw -n foo -o name', stdout: 'gateway.networking.istio.io/gw\n' },
  {
    args: 'apply -n foo -f -',
    input: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"datas":{}}',
    code: 1,
    stderr: /strict decoding error: unknown field "datas"/,
  },
  {
    args: 'apply -n foo -f -',
    input: '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"istio-remote-secret-CLUSTER1"}}',
    code: 1,
    stderr:
      /metadata\.name: Invalid value: "istio-remote-secret-CLUSTER1": a lowercase RFC 1123 subdomain must consist of/,
  },
  { args: 'create deployment sleep -n foo --image=governmentpaas/curl-ssl -- /bin/sleep 1d', stdout: /created$/m },
  { args: 'wait -n foo --for=condition=available deploy/sleep --timeout=20s', stdout: /condition met/ },
  {
    args: 'exec -n foo deploy/sleep -- curl -sS http://hello:5000/hello',
    stdout: /^Hello version: v1, instance: hello-/,
  },
  {
    args: 'exec -n foo deploy/sleep -- curl -sS http://nowhere',
    code: 6,
    stderr: /Could not resolve host: nowhere[\s\S]*command terminated with exit code 6/,
  },
  { args: 'logs -n foo deploy/hello', stdout: /Running on/ },
  { args: 'get events -n foo', stdout: /Scaled up replica set/ },
  { args: 'delete svc hello -n foo', stdout: /^service "hello" deleted/ },
  { args: 'delete ns foo', stdout: /^namespace "foo" deleted/ },
  { args: 'get ns foo', code: 1, stderr: /namespaces "foo" not found/ },
];

t.test('the real kubectl does its work on a simulated cluster', { skip: !kubectl && 'no kubectl on PATH' }, async t => {
  const random = createRandom('kubectl');
  const network = new VirtualNetwork({
    clock: systemClock,
    random: random.stream('network'),
    networks: [{ name: 'network1', range: '172.18.0.0/16' }],
  });
  const ranges = { podRange: '10.10.0.0/16', serviceRange: '10.110.0.0/16' };
  const cluster = await startCluster({
    name: 'c1',
    nodes: 1,
    ...ranges,
    network: network.addCluster({ name: 'c1', network: 'network1', ...ranges }),
    clock: systemClock,
    random: random.stream('c1'),
    images: createImageCatalog(),
  });
  t.teardown(() => cluster.stop());
  const port = await cluster.listen(0, '127.0.0.1');
  writeFileSync(file('config'), cluster.kubeconfig(`https://127.0.0.1:${port}`), { mode: 0o600 });
  t.match(readFileSync(file('config'), 'utf8'), 'current-context: c1');
  for (const { args, input, code = 0, stdout, stderr } of rows) {
    const outcome = await run(args.split(' '), input);
    t.equal(outcome.code, code, `kubectl ${args}: exit code (${outcome.stderr.trim()})`);
    if (typeof stdout === 'string') t.equal(outcome.stdout, stdout, `kubectl ${args}: output`);
    else if (stdout) t.match(outcome.stdout, stdout, `kubectl ${args}: output`);
    if (stderr) t.match(outcome.stderr, stderr, `kubectl ${args}: error`);
  }
});
