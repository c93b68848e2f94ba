/** Webhooks on a port of this machine: they convert custom resources, and admit what is written. */
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { systemClock } from '../../../harness/base/clock.ts';
import { KubernetesClient, type KubernetesObject } from '../../../harness/base/kubernetes-client.ts';
import { createRandom } from '../../../harness/base/random.ts';
import { dialHost } from '../../../harness/simulator/bridge/host-dial.ts';
import { createImageCatalog } from '../../../harness/simulator/images/catalog.ts';
import { startCluster } from '../../../harness/simulator/kubernetes/cluster.ts';
import { VirtualNetwork } from '../../../harness/simulator/network/virtual-network.ts';
import { credentials } from '../../support/small-world.ts';
import { refusalOf } from './api-world.ts';

type Json = Record<string, unknown>;

interface Review {
  readonly kind: string;
  readonly request: {
    readonly uid: string;
    readonly desiredAPIVersion: string;
    readonly objects: readonly KubernetesObject[];
  };
}

const definitions = { apiVersion: 'apiextensions.k8s.io/v1', plural: 'customresourcedefinitions' };
const lampsAs = (version: string) => ({
  apiVersion: `ex.io/${version}`,
  plural: 'lamps',
  namespace: 'default',
});
const lampAs = (version: string, name: string, spec: Json): KubernetesObject => ({
  apiVersion: `ex.io/${version}`,
  kind: 'Lamp',
  metadata: { name },
  spec,
});

/** `spec.color` in v1 is `spec.colour` in v2. */
function converted(object: KubernetesObject, apiVersion: string): KubernetesObject {
  const { color, colour, ...rest } = object['spec'] as Json;
  const text = color ?? colour;
  return { ...object, apiVersion, spec: { ...rest, [apiVersion === 'ex.io/v1' ? 'color' : 'colour']: text } };
}

/** What the webhook answers at each path, beside its uid. */
const ANSWERS: Readonly<Record<string, (review: Review) => Json>> = {
  '/convert': ({ request }) => ({
    convertedObjects: request.objects.map(object => converted(object, request.desiredAPIVersion)),
    result: { status: 'Success' },
  }),
  '/refuse': () => ({ result: { status: 'Failure', message: 'no lamp of ours' } }),
  '/lose': () => ({ convertedObjects: [], result: { status: 'Success' } }),
  '/rename': ({ request }) => ({
    convertedObjects: request.objects.map(object => ({
      ...converted(object, request.desiredAPIVersion),
      metadata: { ...object.metadata, name: 'another' },
    })),
    result: { status: 'Success' },
  }),
  '/deny': () => ({ allowed: false, status: { message: 'not on this machine' } }),
};

async function startHook() {
  const { ca, key, cert } = await credentials('127.0.0.1');
  let calls = 0;
  const server = https.createServer({ key, cert }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      calls++;
      const review = JSON.parse(Buffer.concat(chunks).toString()) as Review;
      const answer = ANSWERS[(request.url ?? '').split('?')[0] ?? ''];
      const body = { ...review, response: { uid: review.request.uid, ...answer?.(review) } };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const caBundle = Buffer.from(ca.rootPem).toString('base64');
  return {
    at: (path: string) => ({ url: `https://127.0.0.1:${port}${path}`, caBundle }),
    calls: () => calls,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function hookWorld() {
  const random = createRandom('conversion');
  const network = new VirtualNetwork({
    clock: systemClock,
    random,
    networks: [{ name: 'network1', range: '172.18.0.0/16' }],
  });
  const ranges = { podRange: '10.10.0.0/16', serviceRange: '10.110.0.0/16' };
  const cluster = await startCluster({
    name: 'c1',
    nodes: 1,
    ...ranges,
    network: network.addCluster({ name: 'c1', network: 'network1', ...ranges }),
    clock: systemClock,
    random,
    images: createImageCatalog(),
    apiOnly: true,
    dialHost,
  });
  const port = await cluster.listen(0, '127.0.0.1');
  const admin = new KubernetesClient(cluster.kubeconfig(`https://127.0.0.1:${port}`));
  const hook = await startHook();
  const close = async () => {
    admin.close();
    hook.close();
    await cluster.stop();
  };
  return { admin, hook, [Symbol.asyncDispose]: close };
}

const versionOf = (name: string, field: string, storage: boolean) => ({
  name,
  served: true,
  storage,
  subresources: { status: {} },
  selectableFields: [{ jsonPath: `.spec.${field}` }],
  schema: {
    openAPIV3Schema: {
      type: 'object',
      properties: {
        spec: {
          type: 'object',
          properties: { [field]: { type: 'string', maxLength: 6 }, watt: { type: 'integer', default: 40 } },
        },
        status: { type: 'object', properties: { lit: { type: 'boolean' } } },
      },
    },
  },
});

const definition = (clientConfig: Json, stored = 'v1'): KubernetesObject => ({
  metadata: { name: 'lamps.ex.io' },
  spec: {
    group: 'ex.io',
    scope: 'Namespaced',
    names: { plural: 'lamps', kind: 'Lamp' },
    versions: [versionOf('v1', 'color', stored === 'v1'), versionOf('v2', 'colour', stored === 'v2')],
    conversion: { strategy: 'Webhook', webhook: { conversionReviewVersions: ['v1'], clientConfig } },
  },
});

t.test('each client sees, writes, selects and watches in its own version', async t => {
  await using world = await hookWorld();
  const { admin, hook } = world;
  await admin.create(definitions, definition(hook.at('/convert')));
  await admin.create(lampsAs('v1'), lampAs('v1', 'a', { color: 'red' }));
  t.equal(hook.calls(), 0, 'the stored version needs nobody');
  const second = await admin.create(lampsAs('v2'), lampAs('v2', 'b', { colour: 'blue' }));
  t.same([second.apiVersion, second['spec']], ['ex.io/v2', { colour: 'blue', watt: 40 }]);
  t.same((await admin.get({ ...lampsAs('v1'), name: 'b' }))['spec'], { color: 'blue', watt: 40 });
  t.same((await admin.get({ ...lampsAs('v2'), name: 'a' }))['spec'], { colour: 'red', watt: 40 });
  const named = await admin.list(lampsAs('v2'), { fieldSelector: 'spec.colour=blue' });
  t.same(
    named.items.map(({ metadata }) => metadata.name),
    ['b'],
  );
  const patched = await admin.patch({ ...lampsAs('v2'), name: 'a' }, 'merge', { spec: { colour: 'green' } });
  t.same([patched['spec'], patched.metadata.generation], [{ colour: 'green', watt: 40 }, 2]);
  t.match(
    await refusalOf(admin.patch({ ...lampsAs('v2'), name: 'a' }, 'merge', { spec: { colour: 'vermilion' } })),
    /spec.colour: Too long/,
    'by the schema of that version',
  );
  const status = { ...lampsAs('v2'), name: 'a', subresource: 'status' };
  await admin.patch(status, 'merge', { status: { lit: true } });
  const abort = new AbortController();
  const seen: unknown[] = [];
  const watched = admin
    .watch(
      lampsAs('v2'),
      {},
      ({ type, object }) => {
        const { metadata, spec } = object as KubernetesObject;
        seen.push([type, metadata.name, spec]);
        if (seen.length === 2) void admin.delete({ ...lampsAs('v1'), name: 'a' });
        if (seen.length === 3) abort.abort();
      },
      abort.signal,
    )
    .catch(() => undefined);
  await watched;
  t.same(seen, [
    ['ADDED', 'a', { colour: 'green', watt: 40 }],
    ['ADDED', 'b', { colour: 'blue', watt: 40 }],
    ['DELETED', 'a', { colour: 'green', watt: 40 }],
  ]);
  await admin.patch({ ...definitions, name: 'lamps.ex.io' }, 'merge', definition(hook.at('/convert'), 'v2'));
  t.same(
    (await admin.get({ ...lampsAs('v1'), name: 'b' }))['spec'],
    { color: 'blue', watt: 40 },
    'as it lies',
  );
  await admin.patch({ ...lampsAs('v1'), name: 'b' }, 'merge', { spec: { watt: 60 } });
  t.same((await admin.get({ ...lampsAs('v2'), name: 'b' }))['spec'], { colour: 'blue', watt: 60 });
});

const failures: readonly { path: string; expected: string }[] = [
  { path: '/refuse', expected: 'failed: no lamp of ours' },
  { path: '/lose', expected: 'returned 0 objects, expected 1' },
  {
    path: '/rename',
    expected: 'returned invalid object: must have the same name: a != another',
  },
];

t.test('a webhook that does not convert fails what needs it', async t => {
  await using world = await hookWorld();
  const { admin, hook } = world;
  await admin.create(definitions, definition(hook.at('/refuse')));
  await admin.create(lampsAs('v1'), lampAs('v1', 'a', { color: 'red' }));
  const source = 'conversion webhook for ex.io/v1, Kind=Lamp';
  for (const { path, expected } of failures) {
    const at = definition(hook.at(path));
    await admin.patch({ ...definitions, name: 'lamps.ex.io' }, 'merge', at);
    const text = `500 : ${source} ${expected}`;
    t.equal(await refusalOf(admin.get({ ...lampsAs('v2'), name: 'a' })), text);
    t.equal(await refusalOf(admin.list(lampsAs('v2'))), text);
    t.equal(await refusalOf(admin.delete({ ...lampsAs('v2'), name: 'a' })), text);
  }
  const nobody = definition({ url: 'https://127.0.0.1:1/', caBundle: hook.at('').caBundle });
  await admin.patch({ ...definitions, name: 'lamps.ex.io' }, 'merge', nobody);
  t.equal(
    await refusalOf(admin.get({ ...lampsAs('v2'), name: 'a' })),
    `500 : ${source} failed: Post "https://127.0.0.1:1/?timeout=30s": dial tcp 127.0.0.1:1: connect: connection refused`,
  );
  t.equal((await admin.list(lampsAs('v1'))).items.length, 1, 'the stored version is there');
});

t.test('an admission webhook under development is called', async t => {
  await using world = await hookWorld();
  const { admin, hook } = world;
  await admin.create(
    { apiVersion: 'admissionregistration.k8s.io/v1', plural: 'validatingwebhookconfigurations' },
    {
      metadata: { name: 'deny' },
      webhooks: [
        {
          name: 'deny.ex.io',
          clientConfig: hook.at('/deny'),
          rules: [
            { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] },
          ],
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
        },
      ],
    },
  );
  const configMaps = { apiVersion: 'v1', plural: 'configmaps', namespace: 'default' };
  t.match(
    await refusalOf(admin.create(configMaps, { metadata: { name: 'x' } })),
    /admission webhook "deny.ex.io" denied the request: not on this machine/,
  );
});
