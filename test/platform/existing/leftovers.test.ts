/** What an Istio that was taken off has left, and what is an Istio that is there (real-kind-2026-11 E1). */
import t from 'tap';
import type { KubernetesClient } from '../../../harness/base/kubernetes-client.ts';
import { runProcess } from '../../../harness/process/run.ts';
import { contents, type ExistingWorld, existingWorld } from '../../support/existing-world.ts';
import { findKubectl } from '../../support/kubectl.ts';
import { twoClusters } from '../../support/topologies.ts';

const topology = twoClusters(['network1', 'network1']);
const signal = new AbortController().signal;
const MAPS = { apiVersion: 'v1', plural: 'configmaps' };
const DEFINITIONS = { apiVersion: 'apiextensions.k8s.io/v1', plural: 'customresourcedefinitions' };

/** As istiod writes them. */
const rootConfigMap = (
  name: string,
  key: string,
  labels: Record<string, string> = { 'istio.io/config': 'true' },
) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, labels },
  data: { [key]: 'text' },
});

const definition = {
  apiVersion: DEFINITIONS.apiVersion,
  kind: 'CustomResourceDefinition',
  metadata: { name: 'gateways.networking.istio.io' },
  spec: {
    group: 'networking.istio.io',
    names: { kind: 'Gateway', listKind: 'GatewayList', plural: 'gateways', singular: 'gateway' },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};

const podWith = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'app' },
  spec: { containers: [{ name, image: 'docker.io/curlimages/curl:8.16.0' }] },
});

/** What `istioctl uninstall --purge` of 1.31 left, and the definitions that 1.8's leaves. */
async function leave(client: KubernetesClient): Promise<void> {
  const { items } = await client.list({ apiVersion: 'v1', plural: 'namespaces' });
  for (const { metadata } of items) {
    const at = { ...MAPS, namespace: metadata.name ?? '' };
    await client.create(at, rootConfigMap('istio-ca-root-cert', 'root-cert.pem'));
    await client.create(at, rootConfigMap('istio-ca-crl', 'ca-crl.pem'));
  }
  await client.create(DEFINITIONS, definition);
}

async function worldWithLeftovers(folder: string): Promise<ExistingWorld> {
  const world = await existingWorld(topology, { folder });
  const first = world.clients.get('cluster1');
  if (first) await leave(first);
  return world;
}

const clientOf = (world: ExistingWorld): KubernetesClient => {
  const client = world.clients.get('cluster1');
  if (!client) throw new Error('cluster1 is not there');
  return client;
};

async function refusalOf(
  world: ExistingWorld,
  cleanLeftovers: boolean,
): Promise<{ message: string; hint: string }> {
  const deadlines = { podsMs: 20_000, addressMs: 20_000, reachMs: 5_000 };
  return await world
    .platform({ cleanLeftovers, deadlines })
    .start(topology, signal)
    .then(
      async started => {
        await started[Symbol.asyncDispose]();
        return { message: 'it was not refused', hint: '' };
      },
      (error: unknown) => error as { message: string; hint: string },
    );
}

t.test('leftovers are told from an Istio, and the lines that remove them are printed', async t => {
  await using world = await worldWithLeftovers(t.testdir());
  const before = await contents(world.clients);
  const { message, hint } = await refusalOf(world, false);
  t.match(
    message,
    /cluster1 \(ctx-cluster1\): an Istio that was taken off has left: ConfigMap istio-ca-root-cert in \d namespaces, ConfigMap istio-ca-crl in \d namespaces, one definition of \*\.istio\.io without/,
  );
  t.notMatch(message, 'is or was there');
  const lines = hint.split('\n').filter(line => line.startsWith('kubectl '));
  t.same(lines, [
    'kubectl --context ctx-cluster1 delete configmap -A --field-selector metadata.name=istio-ca-root-cert',
    'kubectl --context ctx-cluster1 delete configmap -A --field-selector metadata.name=istio-ca-crl',
    'kubectl --context ctx-cluster1 delete customresourcedefinition gateways.networking.istio.io',
  ]);
  t.match(hint, '--clean-leftovers');
  t.strictSame(await contents(world.clients), before, 'nothing is touched unasked');
  const kubectl = findKubectl();
  if (kubectl === undefined) return;
  for (const line of lines) {
    const [, ...argv] = line.split(' ');
    const env = { KUBECONFIG: world.kubeconfig };
    const { exitCode, stderr } = await runProcess(kubectl, argv, { env, timeoutMs: 60_000, signal });
    t.equal(exitCode, 0, `${line}: ${stderr}`);
  }
  t.match((await refusalOf(world, false)).message, 'it was not refused');
});

t.test('--clean-leftovers removes them before the run, and says so', async t => {
  await using world = await worldWithLeftovers(t.testdir());
  const told: string[] = [];
  const platform = world.platform({ cleanLeftovers: true, onProgress: text => void told.push(text) });
  const started = await platform.start(topology, signal);
  await started[Symbol.asyncDispose]();
  t.match(
    told.join('\n'),
    /^cluster1 \(ctx-cluster1\): removed what a former Istio had left: ConfigMap istio-ca-root-cert in/m,
  );
  const { items } = await clientOf(world).list(MAPS);
  t.same(
    items.filter(({ metadata }) => metadata.name?.startsWith('istio-')),
    [],
  );
  t.equal(await clientOf(world).find({ ...DEFINITIONS, name: definition.metadata.name }), undefined);
});

const AT = { namespace: 'default' };
for (const [name, make] of [
  [
    'a pod has a proxy',
    client => client.create({ apiVersion: 'v1', plural: 'pods', ...AT }, podWith('istio-proxy')),
  ],
  [
    'an istiod is installed elsewhere',
    client =>
      client.create(
        { apiVersion: 'apps/v1', plural: 'deployments', ...AT },
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'istiod-canary' },
          spec: {
            replicas: 0,
            selector: { matchLabels: { a: 'b' } },
            template: { metadata: { labels: { a: 'b' } }, spec: podWith('c').spec },
          },
        },
      ),
  ],
  [
    'a ConfigMap of that name is someone else’s',
    async client => {
      await client.delete({ ...MAPS, ...AT, name: 'istio-ca-crl' });
      await client.create({ ...MAPS, ...AT }, rootConfigMap('istio-ca-crl', 'mine', {}));
    },
  ],
  [
    'a definition has an object',
    client =>
      client.create(
        { apiVersion: 'networking.istio.io/v1', plural: 'gateways', ...AT },
        { apiVersion: 'networking.istio.io/v1', kind: 'Gateway', metadata: { name: 'mine' }, spec: {} },
      ),
  ],
  [
    'a webhook is there',
    client =>
      client.create(
        { apiVersion: 'admissionregistration.k8s.io/v1', plural: 'validatingwebhookconfigurations' },
        {
          apiVersion: 'admissionregistration.k8s.io/v1',
          kind: 'ValidatingWebhookConfiguration',
          metadata: { name: 'istio-validator-istio-system', labels: { 'istio.io/rev': 'default' } },
          webhooks: [],
        },
      ),
  ],
] as readonly (readonly [string, (client: KubernetesClient) => Promise<unknown>])[]) {
  t.test(`${name}: that is no leftover, and nothing is removed`, async t => {
    await using world = await worldWithLeftovers(t.testdir());
    await make(clientOf(world));
    const names = async () =>
      (await clientOf(world).list(MAPS)).items.map(({ metadata }) => metadata.name).sort();
    const before = await names();
    t.match((await refusalOf(world, true)).message, 'an Istio is or was there');
    t.strictSame(await names(), before);
    t.ok(await clientOf(world).find({ ...DEFINITIONS, name: definition.metadata.name }));
  });
}

t.test('beside anything else that is wrong nothing is removed', async t => {
  await using world = await worldWithLeftovers(t.testdir());
  await clientOf(world).create(
    { apiVersion: 'v1', plural: 'namespaces' },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'istio-system' } },
  );
  const { message } = await refusalOf(world, true);
  t.match(message, /namespace istio-system exists.*an Istio that was taken off has left/);
  t.ok(await clientOf(world).find({ ...MAPS, ...AT, name: 'istio-ca-root-cert' }));
});
