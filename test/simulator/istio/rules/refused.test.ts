/** Security objects that are not executed whole are refused; what others have of Istio's is told at the write. */
import t from 'tap';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import { RuledMesh } from '../../../support/ruled-mesh.ts';

const mesh = await RuledMesh.install('multi-primary');
t.teardown(async () => await mesh[Symbol.asyncDispose]());
const client = mesh.mesh.client('cluster1');

const PLURALS: Readonly<Record<string, string>> = {
  AuthorizationPolicy: 'authorizationpolicies',
  PeerAuthentication: 'peerauthentications',
  RequestAuthentication: 'requestauthentications',
};

const policy = (kind: string, spec: object): KubernetesObject => ({
  apiVersion: 'security.istio.io/v1',
  kind,
  metadata: { name: 'x', namespace: 'sample' },
  spec,
});

/** Creates it. @returns what the server said against it and what it warned of */
async function write(object: KubernetesObject, plural = PLURALS[object.kind ?? ''] ?? '') {
  const { apiVersion = '', metadata } = object;
  const { namespace } = metadata;
  const path = { apiVersion, plural, ...(namespace !== undefined && { namespace }) };
  const warnings: string[] = [];
  const telling = client.telling(text => void warnings.push(text));
  try {
    await telling.create(path, object);
    await client.delete({ ...path, name: metadata.name ?? '' });
    return { refusal: '', warnings };
  } catch (error) {
    return { refusal: error instanceof Error ? error.message : String(error), warnings };
  }
}

const REFUSED: readonly [kind: string, spec: object, field: string][] = [
  ['RequestAuthentication', {}, 'RequestAuthentication sample/x is not simulated'],
  [
    'RequestAuthentication',
    { jwtRules: [{ issuer: 'a' }] },
    'RequestAuthentication sample/x is not simulated',
  ],
  ['AuthorizationPolicy', { action: 'CUSTOM', provider: { name: 'a' }, rules: [{}] }, 'spec.action: CUSTOM'],
  ['AuthorizationPolicy', { action: 'AUDIT', rules: [{}] }, 'spec.action: AUDIT'],
  [
    'AuthorizationPolicy',
    { rules: [{ from: [{ source: { requestPrincipals: ['*'] } }] }] },
    'spec.rules[0].from[0].source.requestPrincipals',
  ],
  [
    'AuthorizationPolicy',
    { action: 'DENY', rules: [{ when: [{ key: 'request.auth.principal', values: ['*'] }] }] },
    'spec.rules[0].when[0].key: request.auth.principal',
  ],
  [
    'AuthorizationPolicy',
    { rules: [{ when: [{ key: 'request.auth.claims[iss]', values: ['a'] }] }] },
    'spec.rules[0].when[0].key: request.auth.claims[iss]',
  ],
  [
    'AuthorizationPolicy',
    { action: 'DENY', rules: [{ from: [{ source: { notRequestPrincipals: ['*'] } }] }] },
    'spec.rules[0].from[0].source.notRequestPrincipals',
  ],
  ['AuthorizationPolicy', { targetRefs: [{ kind: 'Gateway', name: 'a' }], rules: [{}] }, 'spec.targetRefs'],
];
for (const [kind, spec, field] of REFUSED)
  t.test(`${kind} ${JSON.stringify(spec)} is refused`, async t => {
    const { refusal } = await write(policy(kind, spec));
    t.match(refusal, /^admission webhook "[a-z.]*validation\.istio\.io" denied the request: /);
    t.match(refusal, field);
    t.match(refusal, 'start mesh-harness with --allow-not-simulated');
  });

t.test('what Istio has not is dropped, and the rest is reviewed', async t => {
  const spec = { rules: [{ to: [{ operation: { path: ['/'] } }] }] };
  const { refusal, warnings } = await write(policy('AuthorizationPolicy', spec));
  t.match(refusal, '`to.operation` must not be empty, found at rule 0');
  t.same(warnings, ['unknown field "spec.rules[0].to[0].operation.path"']);
});

const TAKEN: readonly [kind: string, spec: object][] = [
  ['AuthorizationPolicy', {}],
  [
    'AuthorizationPolicy',
    { action: 'DENY', rules: [{ to: [{ operation: { paths: ['/a'], ports: ['80'] } }] }] },
  ],
  ['PeerAuthentication', { mtls: { mode: 'STRICT' } }],
];
for (const [kind, spec] of TAKEN)
  t.test(`${kind} ${JSON.stringify(spec)} is taken without a word`, async t => {
    t.same(await write(policy(kind, spec)), { refusal: '', warnings: [] });
  });

t.test('resources of others that Istio heeds are told, and their definitions', async t => {
  const group = 'gateway.networking.k8s.io';
  const names = { kind: 'HTTPRoute', plural: 'httproutes', singular: 'httproute', listKind: 'HTTPRouteList' };
  const schema = {
    openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  };
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `httproutes.${group}`,
      annotations: { 'api-approved.kubernetes.io': 'unapproved, for a test' },
    },
    spec: {
      group,
      names,
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  };
  const warnings: string[] = [];
  const telling = client.telling(text => void warnings.push(text));
  await telling.create(
    { apiVersion: 'apiextensions.k8s.io/v1', plural: 'customresourcedefinitions' },
    definition,
  );
  await mesh.mesh.pass(2000);
  const metadata = { name: 'a', namespace: 'sample' };
  await telling.create(
    { apiVersion: `${group}/v1`, plural: 'httproutes', namespace: 'sample' },
    { apiVersion: `${group}/v1`, kind: 'HTTPRoute', metadata, spec: {} },
  );
  t.same(warnings, [
    `CustomResourceDefinition httproutes.${group}: its resources are not simulated by mesh-harness and have no effect`,
    'HTTPRoute sample/a is not simulated by mesh-harness and has no effect',
  ]);
});

t.test('one that comes while no webhook answers is told at the write and in the log', async t => {
  const webhooks = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    plural: 'validatingwebhookconfigurations',
  };
  const { items } = await client.list(webhooks);
  for (const { metadata } of items) await client.delete({ ...webhooks, name: metadata.name ?? '' });
  const said = 'RequestAuthentication sample/x is not simulated by mesh-harness and has no effect';
  const path = { apiVersion: 'security.istio.io/v1', plural: 'requestauthentications', namespace: 'sample' };
  t.same(await write(policy('RequestAuthentication', {})), { refusal: '', warnings: [said] });
  await client.create(path, policy('RequestAuthentication', {}));
  await mesh.mesh.pass(1000);
  t.match(await mesh.istiodLog(), said);
});

const END = ' is not simulated by mesh-harness and has no effect';
const MARKED: readonly [object: KubernetesObject, plural: string, warning: string][] = [
  [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'mesh', labels: { 'istio.io/dataplane-mode': 'ambient' } },
    },
    'namespaces',
    `Namespace mesh: label istio.io/dataplane-mode: ambient${END}`,
  ],
  [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'a', namespace: 'sample', labels: { 'istio.io/use-waypoint': 'waypoint' } },
      spec: { ports: [{ port: 80 }] },
    },
    'services',
    `Service sample/a: label istio.io/use-waypoint${END}`,
  ],
  [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'a', namespace: 'sample' },
      spec: { ports: [{ port: 80 }], trafficDistribution: 'PreferClose' },
    },
    'services',
    `Service sample/a: spec.trafficDistribution${END}`,
  ],
  [
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a', namespace: 'sample', annotations: { 'sidecar.istio.io/proxyImage': 'a' } },
      spec: { containers: [{ name: 'a', image: 'pause' }] },
    },
    'pods',
    `Pod sample/a: annotation sidecar.istio.io/proxyImage${END}`,
  ],
  [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'a', namespace: 'sample' },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: 'a' } },
        template: {
          metadata: {
            labels: { app: 'a' },
            annotations: { 'proxy.istio.io/config': 'proxyMetadata:\n  XDS_ROOT_CA: a\ntracing: {}\n' },
          },
          spec: { containers: [{ name: 'a', image: 'pause' }] },
        },
      },
    },
    'deployments',
    `Deployment sample/a: proxy.istio.io/config.tracing${END}`,
  ],
];
for (const [object, plural, warning] of MARKED)
  t.test(warning, async t => {
    const { refusal, warnings } = await write(object, plural);
    t.equal(refusal, '');
    t.ok(warnings.includes(warning), warnings.join('\n'));
  });
