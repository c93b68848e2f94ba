/**
 * The embedded kubectl against a simulated cluster: what it prints and how it ends, in the words of kubectl
 * 1.32.
 */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { type ToolsWorld, toolsWorld } from '../../../support/tools-world.ts';

const sample = (name: string) =>
  readFileSync(new URL(`../../../../fixtures/samples/1.8/${name}`, import.meta.url), 'utf8');
const SAMPLES = {
  'samples/helloworld/helloworld.yaml': sample('helloworld/helloworld.yaml'),
  'samples/sleep/sleep.yaml': sample('sleep/sleep.yaml'),
  'samples/multicluster/expose-services.yaml': sample('multicluster/expose-services.yaml'),
  'folder/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: v}\n',
  'folder/b.txt': 'not read',
  'broken.yaml': 'a: b\n  c: d\n',
  'key.pem': 'secret',
};

interface Asserts {
  match(found: unknown, pattern: object, message: string): boolean;
}

/** A line, how it ends (0 unless told), what is on standard output or, if it fails, on standard error. */
interface Row {
  readonly line: string;
  readonly stdin?: string;
  readonly exitCode?: number;
  readonly stdout?: string | RegExp;
  readonly stderr?: string | RegExp;
}

async function play(t: Asserts, world: ToolsWorld, rows: readonly Row[]): Promise<void> {
  for (const {
    line,
    stdin,
    exitCode = 0,
    stdout = exitCode === 0 ? /^/ : '',
    stderr = exitCode === 0 ? '' : /./,
  } of rows) {
    const result = await world.run(line, stdin === undefined ? {} : { stdin });
    t.match(result, { exitCode, stdout, stderr }, line);
  }
}

t.test('the guide, typed', async t => {
  await using world = await toolsWorld(SAMPLES);
  const hello = 'kubectl apply -n sample -f samples/helloworld/helloworld.yaml';
  await play(t, world, [
    { line: 'kubectl create --context=cluster1 namespace sample', stdout: 'namespace/sample created\n' },
    {
      line: 'kubectl create namespace sample',
      exitCode: 1,
      stderr: 'Error from server (AlreadyExists): namespaces "sample" already exists\n',
    },
    { line: 'kubectl label namespace sample istio-injection=enabled', stdout: 'namespace/sample labeled\n' },
    {
      line: 'kubectl label namespace sample istio-injection=enabled',
      stdout: 'namespace/sample not labeled\n',
    },
    {
      line: 'kubectl label namespace sample istio-injection=no',
      exitCode: 1,
      stderr: "error: 'istio-injection' already has a value (enabled), and --overwrite is false\n",
    },
    {
      line: 'kubectl label ns/sample istio-injection=enabled --overwrite',
      stdout: 'namespace/sample not labeled\n',
    },
    { line: 'kubectl label ns sample istio-injection-', stdout: 'namespace/sample unlabeled\n' },
    { line: `${hello} -l service=helloworld`, stdout: 'service/helloworld created\n' },
    { line: `${hello} -l app=helloworld -l version=v1`, stdout: 'deployment.apps/helloworld-v1 created\n' },
    {
      line: `${hello} -l app=helloworld`,
      stdout:
        'service/helloworld unchanged\ndeployment.apps/helloworld-v1 unchanged\ndeployment.apps/helloworld-v2 created\n',
    },
    { line: `${hello} -l none=none`, exitCode: 1, stderr: 'error: no objects passed to apply\n' },
    { line: 'kubectl apply -n sample -f samples/sleep/sleep.yaml' },
    {
      line: 'kubectl wait --for=condition=Available deployment/helloworld-v1 -n sample --timeout=180s',
      stdout: 'deployment.apps/helloworld-v1 condition met\n',
    },
    {
      line: 'kubectl rollout status deploy/sleep -n sample',
      stdout: /deployment "sleep" successfully rolled out\n$/,
    },
    {
      line: "kubectl get pod -n sample -l app=sleep -o jsonpath='{.items[0].metadata.name}'",
      stdout: /^sleep-\w+-\w{5}$/,
    },
    {
      line: "kubectl get pod -n sample -l app=none -o jsonpath='{.items[0].metadata.name}'",
      exitCode: 1,
      stderr:
        /^error: error executing jsonpath "\{\.items\[0\]\.metadata\.name\}": Error executing template: array index out of bounds: index 0, length 0\./,
    },
    {
      line: 'kubectl exec -n sample -c sleep deploy/sleep -- curl -sS helloworld.sample:5000/hello',
      stdout: /^Hello version: v[12], instance: helloworld-v[12]-/,
    },
    {
      line: 'kubectl exec -n sample deploy/sleep -- curl -sS nowhere.sample:5000/hello',
      exitCode: 6,
      stderr: 'curl: (6) Could not resolve host: nowhere.sample\ncommand terminated with exit code 6\n',
    },
    { line: 'kubectl exec -n sample deploy/sleep', exitCode: 1, stderr: /must specify at least one command/ },
    {
      line: 'kubectl exec -n sample',
      exitCode: 1,
      stderr: 'error: pod, type/name or --filename must be specified\n',
    },
    {
      line: "kubectl exec -n sample '' -- date",
      exitCode: 1,
      stderr: 'error: pod, type/name or --filename must be specified\n',
    },
    { line: 'kubectl logs -n sample deploy/helloworld-v1', stdout: /./ },
    {
      line: 'kubectl apply -n istio-system -f samples/multicluster/expose-services.yaml',
      exitCode: 1,
      stderr:
        'error: resource mapping not found for name: "cross-network-gateway" namespace: "" from "samples/multicluster/expose-services.yaml": no matches for kind "Gateway" in version "networking.istio.io/v1alpha3"\nensure CRDs are installed first\n',
    },
  ]);
});

t.test('what goes wrong is said as kubectl says it', async t => {
  await using world = await toolsWorld(SAMPLES);
  const off = 'if you choose to ignore these errors, turn validation off with --validate=false';
  await play(t, world, [
    { line: 'kubectl foo', exitCode: 1, stderr: 'error: unknown command "foo" for "kubectl"\n' },
    { line: 'kubectl rollout foo', exitCode: 1, stderr: /^error: unknown command "foo"\n/ },
    {
      line: 'kubectl get pods --bad',
      exitCode: 1,
      stderr: "error: unknown flag: --bad\nSee 'kubectl get --help' for usage.\n",
    },
    { line: 'kubectl --bad get pods', exitCode: 1, stderr: /^error: unknown flag: --bad/ },
    { line: 'kubectl apply -z', exitCode: 1, stderr: /^error: unknown shorthand flag: 'z' in -z/ },
    {
      line: 'kubectl --context=nope get pods',
      exitCode: 1,
      stderr: 'error: context "nope" does not exist\n',
    },
    {
      line: 'kubectl get foo',
      exitCode: 1,
      stderr: 'error: the server doesn\'t have a resource type "foo"\n',
    },
    {
      line: 'kubectl get pod nope',
      exitCode: 1,
      stderr: 'Error from server (NotFound): pods "nope" not found\n',
    },
    { line: 'kubectl get pods -n nowhere', stdout: '', stderr: 'No resources found in nowhere namespace.\n' },
    { line: 'kubectl apply', exitCode: 1, stderr: 'error: must specify one of -f and -k\n' },
    {
      line: 'kubectl apply -f none.yaml',
      exitCode: 1,
      stderr: 'error: the path "none.yaml" does not exist\n',
    },
    {
      line: 'kubectl apply -f broken.yaml',
      exitCode: 1,
      stderr: /^error: error parsing broken.yaml: error converting YAML to JSON: yaml: line \d/,
    },
    { line: 'kubectl apply -f -', stdin: '', exitCode: 1, stderr: 'error: no objects passed to apply\n' },
    {
      line: 'kubectl apply -f -',
      stdin: 'Must specify the network.\n',
      exitCode: 1,
      stderr: `error: error validating "STDIN": error validating data: invalid object to validate; ${off}\n`,
    },
    {
      line: 'kubectl apply -f -',
      stdin: 'a: b\n',
      exitCode: 1,
      stderr: `error: error validating "STDIN": error validating data: [apiVersion not set, kind not set]; ${off}\n`,
    },
    {
      line: 'kubectl apply -n other -f -',
      stdin: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: default}\n',
      exitCode: 1,
      stderr:
        'error: the namespace from the provided object "default" does not match the namespace "other". You must pass \'--namespace=default\' to perform this operation.\n',
    },
    {
      line: 'kubectl apply -f -',
      stdin: 'apiVersion: v1\nkind: Secret\nmetadata: {name: istio-remote-secret-CLUSTER1}\n',
      exitCode: 1,
      stderr:
        /^The Secret "istio-remote-secret-CLUSTER1" is invalid: metadata.name: Invalid value: "istio-remote-secret-CLUSTER1": a lowercase RFC 1123 subdomain/,
    },
    {
      line: 'kubectl create secret generic cacerts -n nowhere --from-file=key.pem',
      exitCode: 1,
      stderr: 'error: failed to create secret namespaces "nowhere" not found\n',
    },
    {
      line: 'kubectl create secret generic a --from-file=nothing.pem',
      exitCode: 1,
      stderr: 'error: error reading nothing.pem: stat nothing.pem: no such file or directory\n',
    },
    { line: 'kubectl wait pod/x', exitCode: 1, stderr: 'error: unrecognized condition: ""\n' },
    {
      line: 'kubectl wait --for=condition=Ready pod/nope',
      exitCode: 1,
      stderr: 'Error from server (NotFound): pods "nope" not found\n',
    },
  ]);
});

t.test('objects come, change and go', async t => {
  await using world = await toolsWorld(SAMPLES);
  const map = (data: string) => ({
    stdin: `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: ${data}\n`,
  });
  await play(t, world, [
    { line: 'kubectl apply -f folder', stdout: 'configmap/a created\n' },
    {
      line: 'kubectl create secret generic s --from-file=k=key.pem --from-literal=l=x',
      stdout: 'secret/s created\n',
    },
    {
      line: "kubectl get secret s -o jsonpath='{.data.k} {.data.l}'",
      stdout: `${btoa('secret')} ${btoa('x')}`,
    },
    { line: 'kubectl apply -f -', ...map('{a: b, c: d}'), stdout: 'configmap/m created\n' },
    { line: 'kubectl apply -f -', ...map('{a: b, c: d}'), stdout: 'configmap/m unchanged\n' },
    { line: 'kubectl apply -f -', ...map('{a: x}'), stdout: 'configmap/m configured\n' },
    { line: "kubectl get configmap m -o jsonpath='{.data}'", stdout: '{"a":"x"}' },
    { line: 'kubectl patch cm m --type=merge -p {"data":{"e":"f"}}', stdout: 'configmap/m patched\n' },
    {
      line: 'kubectl patch cm m --type=merge -p {"data":{"e":"f"}}',
      stdout: 'configmap/m patched (no change)\n',
    },
    { line: 'kubectl annotate cm/m x=y', stdout: 'configmap/m annotated\n' },
    { line: 'kubectl apply --server-side -f -', ...map('{a: z}'), exitCode: 1, stderr: /conflict/ },
    {
      line: 'kubectl apply --server-side --force-conflicts -f -',
      ...map('{a: z}'),
      stdout: 'configmap/m serverside-applied\n',
    },
    { line: 'kubectl get cm m a -o name', stdout: 'configmap/m\nconfigmap/a\n' },
    { line: 'kubectl get cm/m -o yaml', stdout: /^apiVersion: v1\ndata:\n {2}a: z\n/ },
    { line: 'kubectl delete cm m', stdout: 'configmap "m" deleted\n' },
    {
      line: 'kubectl delete cm m',
      exitCode: 1,
      stdout: '',
      stderr: 'Error from server (NotFound): configmaps "m" not found\n',
    },
    { line: 'kubectl delete cm m --ignore-not-found', stdout: '' },
    { line: 'kubectl create namespace gone' },
    { line: 'kubectl delete ns gone', stdout: 'namespace "gone" deleted\n' },
    {
      line: 'kubectl get ns gone',
      exitCode: 1,
      stderr: 'Error from server (NotFound): namespaces "gone" not found\n',
    },
  ]);
});

t.test('waiting takes the time of the world, and ends at its deadline', async t => {
  await using world = await toolsWorld(SAMPLES);
  const hello = 'kubectl apply -f samples/helloworld/helloworld.yaml -l version=v1';
  await play(t, world, [{ line: hello }, { line: 'kubectl rollout status deploy/helloworld-v1' }]);
  await play(t, world, [
    {
      line: 'kubectl scale deploy/helloworld-v1 --replicas=3',
      stdout: 'deployment.apps/helloworld-v1 scaled\n',
    },
    {
      line: "kubectl wait --for=jsonpath='{.status.readyReplicas}'=3 deploy/helloworld-v1",
      stdout: 'deployment.apps/helloworld-v1 condition met\n',
    },
  ]);
  const before = world.clock.now();
  await play(t, world, [
    {
      line: "kubectl wait --for=jsonpath='{.status.readyReplicas}'=9 deploy/helloworld-v1 --timeout=90s",
      exitCode: 1,
      stderr: 'error: timed out waiting for the condition on deployments.apps/helloworld-v1\n',
    },
  ]);
  t.equal(world.clock.now() - before, 90_000);
  await play(t, world, [
    { line: 'kubectl delete deploy helloworld-v1', stdout: 'deployment.apps "helloworld-v1" deleted\n' },
    { line: 'kubectl wait --for=delete pod -l app=helloworld --timeout=60s' },
    {
      line: 'kubectl get pods -l app=helloworld',
      stdout: '',
      stderr: 'No resources found in default namespace.\n',
    },
  ]);
});

t.test('a command that hangs or is cancelled ends, and says so', async t => {
  await using world = await toolsWorld(SAMPLES);
  await world.run('kubectl create configmap a --from-literal=a=b');
  const line = 'kubectl wait --for=delete cm/a --timeout=1h';
  t.match(await world.run(line, { timeoutMs: 5000 }), { fault: 'timeout' });
  const controller = new AbortController();
  world.clock.setTimeout(() => controller.abort(), 1000);
  t.match(await world.run(line, { signal: controller.signal }), { fault: 'killed' });
});
