import https from 'node:https';
import t from 'tap';
import type { Authority } from '../../../../harness/base/authority.ts';
import { createRootCa, issueCertificate } from '../../../../harness/base/certificates.ts';
import { createKeyPair } from '../../../../harness/base/keys.ts';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import { type ApiWorld, apiWorld, pods, refusalOf, services } from '../api-world.ts';

const configurations = (kind: 'mutating' | 'validating') => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  plural: `${kind}webhookconfigurations`,
});

interface Review {
  readonly request: {
    readonly uid: string;
    readonly object: KubernetesObject;
    readonly [key: string]: unknown;
  };
}

/**
 * A webhook in a pod behind Service `hook`.
 * @param answer - the response without its uid; undefined never answers
 */
async function startHook(
  { world, api, admin }: ApiWorld,
  options: {
    authority: Authority;
    name?: string;
    answer?: (review: Review) => Record<string, unknown> | undefined;
  },
): Promise<{ readonly reviews: Review[]; readonly connections: () => number }> {
  const pod = world.clusters.east.addPod('hook', 'east-node');
  const keys = createKeyPair();
  const cert = await issueCertificate(options.authority, {
    commonName: 'hook',
    dnsNames: [options.name ?? 'hook.sample.svc'],
    publicKeyDer: keys.publicKeyDer,
    notBeforeMs: world.clock.now() - 86_400_000,
    notAfterMs: world.clock.now() + 86_400_000,
  });
  const reviews: Review[] = [];
  let connections = 0;
  const server = https.createServer({ key: keys.privateKeyPem, cert }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const review = JSON.parse(Buffer.concat(chunks).toString()) as Review;
      reviews.push(review);
      const answer = options.answer ? options.answer(review) : { allowed: true };
      if (!answer) return;
      const text = JSON.stringify({ response: { uid: review.request.uid, ...answer } });
      response.writeHead(200, { 'content-type': 'application/json' }).end(text);
    });
  });
  server.keepAliveTimeout = 0;
  pod.listen(8443, socket => {
    connections++;
    server.emit('connection', socket);
  });
  const service = await admin.create(services, {
    metadata: { name: 'hook' },
    spec: { ports: [{ port: 443, targetPort: 8443 }] },
  });
  route(world, service, [{ address: pod.address, port: 8443 }]);
  void api;
  return { reviews, connections: () => connections };
}

function route(
  world: ApiWorld['world'],
  service: KubernetesObject,
  endpoints: readonly { readonly address: string; readonly port: number }[],
): void {
  const { clusterIP } = service['spec'] as { clusterIP: string };
  world.clusters.east.setServiceRoutes([{ address: clusterIP, port: 443, protocol: 'TCP', endpoints }]);
}

const hookConfiguration = (caPem: string, extra: Record<string, unknown> = {}) => ({
  metadata: { name: 'hooks' },
  webhooks: [
    {
      name: 'pods.hook.io',
      clientConfig: {
        service: { name: 'hook', namespace: 'sample', path: '/inject' },
        caBundle: Buffer.from(caPem).toString('base64'),
      },
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'sample' } },
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
      ...extra,
    },
  ],
});

const caOf = (world: ApiWorld) =>
  createRootCa({
    commonName: 'hook CA',
    notBeforeMs: world.world.clock.now() - 86_400_000,
    notAfterMs: world.world.clock.now() + 86_400_000,
  });
const pod = (extra: Record<string, unknown> = {}) => ({
  metadata: { generateName: 'p-', ...extra },
  spec: { containers: [{ name: 'c', image: 'x' }] },
});

t.test('a mutating webhook changes what is created, over one kept connection', async t => {
  await using world = await apiWorld();
  const authority = await caOf(world);
  const hook = await startHook(world, {
    authority,
    answer: () => ({
      allowed: true,
      patchType: 'JSONPatch',
      patch: Buffer.from(
        JSON.stringify([
          { op: 'add', path: '/spec/containers/-', value: { name: 'istio-proxy', image: 'proxy' } },
          { op: 'add', path: '/metadata/labels', value: { injected: 'yes' } },
        ]),
      ).toString('base64'),
    }),
  });
  await world.admin.create(configurations('mutating'), hookConfiguration(authority.rootPem));
  const created = await world.admin.create(pods, pod());
  t.equal(created.metadata.labels?.['injected'], 'yes');
  t.match(
    created['spec'],
    { containers: [{ name: 'c' }, { name: 'istio-proxy', imagePullPolicy: 'Always' }] },
    'defaults apply to what was added',
  );
  await world.admin.create(pods, pod());
  t.equal(hook.connections(), 1);
  t.match(hook.reviews[0]?.request, {
    operation: 'CREATE',
    namespace: 'sample',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { resource: 'pods' },
    userInfo: { username: 'kubernetes-admin' },
    object: { apiVersion: 'v1', kind: 'Pod', metadata: { generateName: 'p-', namespace: 'sample' } },
  });
  t.equal(hook.reviews[0]?.request.object.metadata.name, undefined, 'the name is generated later');
  await world.admin.create({ ...pods, namespace: 'default' }, pod());
  t.equal(hook.reviews.length, 2, 'other namespaces are not selected');
});

t.test('what a webhook has added is kept as if a client had written it', async t => {
  await using world = await apiWorld();
  const authority = await caOf(world);
  const sidecar = {
    name: 'istio-proxy',
    image: 'proxy',
    noSuchField: 1,
    resources: { limits: { cpu: '2000m', memory: '1024Mi' } },
    env: [{ name: 'CPUS', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1000m' } } }],
  };
  const added: Record<string, unknown>[] = [sidecar];
  await startHook(world, {
    authority,
    answer: () => ({
      allowed: true,
      patchType: 'JSONPatch',
      patch: Buffer.from(
        JSON.stringify(added.map(value => ({ op: 'add', path: '/spec/containers/-', value }))),
      ).toString('base64'),
    }),
  });
  await world.admin.create(configurations('mutating'), hookConfiguration(authority.rootPem));
  const created = await world.admin.create(pods, pod());
  const containers = (created['spec'] as { containers: unknown }).containers;
  t.match(containers, [
    {},
    {
      resources: { limits: { cpu: '2', memory: '1Gi' } },
      env: [{ valueFrom: { resourceFieldRef: { divisor: '1' } } }],
    },
  ]);
  t.notMatch(JSON.stringify(containers), 'noSuchField');
  const { name = '' } = created.metadata;
  const labelled = await world.admin.patch({ ...pods, name }, 'merge', {
    metadata: { labels: { app: 'x' } },
  });
  t.equal(labelled.metadata.labels?.['app'], 'x', 'its labels can be changed later');
  added[0] = { name: 'istio-proxy', image: 7 };
  t.match(
    await refusalOf(world.admin.create(pods, pod())),
    /^500 InternalError: Internal error occurred: json: cannot unmarshal number into Go struct field /,
  );
});

t.test('a pod that a controller creates goes through webhooks too', async t => {
  await using world = await apiWorld();
  const authority = await caOf(world);
  const hook = await startHook(world, {
    authority,
    answer: () => ({ allowed: false, status: { message: 'no pods today' } }),
  });
  await world.admin.create(configurations('mutating'), hookConfiguration(authority.rootPem));
  const { client } = world.api.machinery;
  await t.rejects(client.createThroughAdmission('pods', pod({ namespace: 'sample' })), {
    message: 'admission webhook "pods.hook.io" denied the request: no pods today',
  });
  t.equal(hook.reviews.length, 1);
});

t.test('a failing webhook is told in the words of Go', async t => {
  await using world = await apiWorld();
  const authority = await caOf(world);
  const post = (cause: string) =>
    `500 InternalError: Internal error occurred: failed calling webhook "pods.hook.io": failed to call webhook: Post "https://hook.sample.svc:443/inject?timeout=10s": ${cause}`;
  const attempt = async () =>
    (await refusalOf(world.admin.create(pods, pod()))).replace(/\d+\.\d+\.\d+\.\d+:443/, 'IP:443');
  await world.admin.create(configurations('mutating'), hookConfiguration(authority.rootPem));
  t.equal(await attempt(), post('service "hook" not found'));
  let silent = false;
  await startHook(world, { authority, answer: () => (silent ? undefined : { allowed: true }) });
  const service = await world.admin.get({ ...services, name: 'hook' });
  t.equal(await attempt(), 'none');
  silent = true;
  const before = world.world.clock.now();
  t.equal(await attempt(), post('context deadline exceeded'));
  t.equal(world.world.clock.now() - before, 10_000, 'after its ten seconds, of virtual time');
  const stranger = await caOf(world);
  await world.admin.patch(
    { ...configurations('mutating'), name: 'hooks' },
    'merge',
    hookConfiguration(stranger.rootPem),
  );
  t.equal(
    await attempt(),
    post('tls: failed to verify certificate: x509: certificate signed by unknown authority'),
  );
  await world.admin.patch({ ...configurations('mutating'), name: 'hooks' }, 'merge', hookConfiguration(''));
  t.equal(
    await attempt(),
    post('tls: failed to verify certificate: x509: certificate signed by unknown authority'),
  );
  route(world.world, service, []);
  t.equal(await attempt(), post('dial tcp IP:443: connect: connection refused'));
  const closing = world.world.clusters.east.addPod('closing', 'east-node');
  closing.listen(8443, socket => socket.destroy());
  route(world.world, service, [{ address: closing.address, port: 8443 }]);
  t.equal(await attempt(), post('EOF'));
  await world.admin.patch(
    { ...configurations('mutating'), name: 'hooks' },
    'merge',
    hookConfiguration('', { failurePolicy: 'Ignore' }),
  );
  t.equal(await attempt(), 'none', 'unless its failure is to be ignored');
});

t.test('a certificate for another name is refused', async t => {
  await using world = await apiWorld();
  const authority = await caOf(world);
  await startHook(world, { authority, name: 'other.sample.svc' });
  await world.admin.create(configurations('mutating'), hookConfiguration(authority.rootPem));
  t.match(
    await refusalOf(world.admin.create(pods, pod())),
    /x509: certificate is valid for other\.sample\.svc, not hook\.sample\.svc$/,
  );
});

t.test('a validating webhook refuses with its own code, and sees the final name', async t => {
  await using world = await apiWorld();
  const authority = await caOf(world);
  const hook = await startHook(world, {
    authority,
    answer: () => ({
      allowed: false,
      warnings: ['careful'],
      status: { code: 403, reason: 'Forbidden', message: 'not you' },
    }),
  });
  await world.admin.create(configurations('validating'), hookConfiguration(authority.rootPem));
  t.equal(
    await refusalOf(world.admin.create(pods, pod())),
    '403 Forbidden: admission webhook "pods.hook.io" denied the request: not you',
  );
  t.match(hook.reviews[0]?.request['name'], /^p-/);
});

t.test('a webhook is spared what its conditions exclude', async t => {
  const conditions = (...expressions: readonly string[]) => ({
    matchConditions: expressions.map((expression, index) => ({ name: `c${index}`, expression })),
  });
  const rows: readonly {
    readonly name: string;
    readonly webhook: Record<string, unknown>;
    readonly asked: boolean;
    readonly refusal?: RegExp;
  }[] = [
    {
      name: 'one that holds',
      webhook: conditions("request.operation == 'CREATE'", 'object.spec.containers.size() == 1'),
      asked: true,
    },
    {
      name: 'one that does not',
      webhook: conditions('true', "request.userInfo.username.startsWith('system:')"),
      asked: false,
    },
    {
      name: 'one that does not, beside one that fails',
      webhook: conditions('object.nope == 1', 'false'),
      asked: false,
    },
    {
      name: 'one that fails, where failures count',
      webhook: { ...conditions('object.nope == 1'), failurePolicy: 'Fail' },
      asked: false,
      refusal: /is forbidden: expression 'object.nope == 1' resulted in error: no such key: nope$/,
    },
    {
      name: 'one that fails, where failures are ignored',
      webhook: { ...conditions('object.nope == 1'), failurePolicy: 'Ignore' },
      asked: false,
    },
    { name: 'an old object that is not there', webhook: conditions('oldObject == null'), asked: true },
    {
      name: 'what the user may do',
      webhook: conditions("authorizer.group('').resource('pods').namespace('x').check('get').allowed()"),
      asked: true,
    },
    {
      name: 'what another one may not do',
      webhook: conditions(
        "authorizer.serviceAccount('default', 'default').group('').resource('nodes').check('get').allowed()",
      ),
      asked: false,
    },
  ];
  for (const { name, webhook, asked, refusal } of rows) {
    await using world = await apiWorld();
    const authority = await caOf(world);
    const hook = await startHook(world, { authority });
    await world.admin.create(configurations('validating'), hookConfiguration(authority.rootPem, webhook));
    t.match(await refusalOf(world.admin.create(pods, pod())), refusal ?? /^none$/, name);
    t.equal(hook.reviews.length, asked ? 1 : 0, `${name}: ${asked ? 'it is asked' : 'it is not'}`);
  }
});
