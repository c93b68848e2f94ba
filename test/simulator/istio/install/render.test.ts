import t from 'tap';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import { InstallError } from '../../../../harness/simulator/istio/install/install-error.ts';
import { renderInstall } from '../../../../harness/simulator/istio/install/render.ts';

const PRIMARY = `
apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
spec:
  values:
    global:
      meshID: mesh1
      multiCluster:
        clusterName: cluster1
      network: network1
      meshNetworks:
        network1:
          endpoints:
          - fromRegistry: cluster1
          gateways:
          - registryServiceName: istio-eastwestgateway.istio-system.svc.cluster.local
            port: 15443
`;

const remote = (address: string, profile = 'default') => `
apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
spec:
  profile: ${profile}
  values:
    istiodRemote:
      injectionPath: /inject/cluster/cluster2/net/network2
    global:
      network: network2
      remotePilotAddress: ${address}
`;

const EASTWEST = `
apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata:
  name: eastwest
spec:
  revision: ""
  profile: empty
  components:
    ingressGateways:
      - name: istio-eastwestgateway
        label:
          istio: eastwestgateway
          app: istio-eastwestgateway
          topology.istio.io/network: network1
        enabled: true
        k8s:
          env:
            - name: ISTIO_META_ROUTER_MODE
              value: "sni-dnat"
            - name: ISTIO_META_REQUESTED_NETWORK_VIEW
              value: network1
          service:
            ports:
              - name: mtls
                port: 15443
                targetPort: 15443
  values:
    gateways:
      istio-ingressgateway:
        injectionTemplate: gateway
    global:
      meshID: mesh1
      network: network1
      multiCluster:
        clusterName: cluster1
`;

const names = (objects: readonly KubernetesObject[]) =>
  objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
const all = (documents: string[], version: string) =>
  renderInstall(documents, { version }).components.flatMap(({ objects }) => objects);
const find = (objects: readonly KubernetesObject[], kind: string, name: string) =>
  objects.find(object => object.kind === kind && object.metadata.name === name);
/** Reads a path like `spec.template.spec.containers.0.image`. */
const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], value);

t.test('a primary of 1.8 has the three components in order, each with what it waits for', async t => {
  const plan = renderInstall([PRIMARY], { version: '1.8.0' });
  t.strictSame(
    plan.components.map(({ name }) => name),
    ['Istio core', 'Istiod', 'Ingress gateways'],
  );
  t.strictSame(plan.components[1]?.waitsFor, [
    { kind: 'Deployment', name: 'istiod', namespace: 'istio-system' },
  ]);
  t.match(plan.components[0]?.waitsFor.length, 12);
  t.strictSame(plan.namespace.metadata.labels, { 'istio-injection': 'disabled' });
  t.equal(plan.stateName, 'installed-state');
  t.equal(plan.state?.kind, 'IstioOperator');
});

t.test('istiod knows its cluster, and proxies their network', async t => {
  const objects = all([PRIMARY], '1.8.0');
  const istiod = find(objects, 'Deployment', 'istiod');
  const env = at(istiod, 'spec.template.spec.containers.0.env') as { name: string; value?: string }[];
  t.equal(env.find(({ name }) => name === 'CLUSTER_ID')?.value, 'cluster1');
  t.equal(at(istiod, 'spec.template.spec.containers.0.image'), 'docker.io/istio/pilot:1.8.0');
  const gateway = find(objects, 'Deployment', 'istio-ingressgateway');
  const gatewayEnv = at(gateway, 'spec.template.spec.containers.0.env') as { name: string; value?: string }[];
  t.equal(gatewayEnv.find(({ name }) => name === 'ISTIO_META_NETWORK')?.value, 'network1');
  t.equal(gatewayEnv.find(({ name }) => name === 'ISTIO_META_CLUSTER_ID')?.value, 'cluster1');
  t.match(
    at(find(objects, 'ConfigMap', 'istio'), 'data.meshNetworks'),
    /registryServiceName: istio-eastwestgateway/,
  );
  t.match(
    at(find(objects, 'ConfigMap', 'istio'), 'data.mesh'),
    /discoveryAddress: istiod\.istio-system\.svc:15012/,
  );
});

t.test('a remote of 1.8 is a primary whose proxies ask another istiod', async t => {
  const objects = all([remote('172.18.255.1')], '1.8.0');
  t.ok(find(objects, 'Deployment', 'istiod'));
  t.match(find(objects, 'Endpoints', 'istiod-remote'), {
    subsets: [{ addresses: [{ ip: '172.18.255.1' }] }],
  });
  t.equal(at(find(objects, 'Service', 'istiod-remote'), 'spec.clusterIP'), 'None');
  t.match(
    at(find(objects, 'ConfigMap', 'istio'), 'data.mesh'),
    /discoveryAddress: istiod-remote\.istio-system\.svc:15012/,
  );
  t.notOk(
    find(all([remote('')], '1.8.0'), 'Service', 'istiod-remote'),
    'an empty address makes an independent primary',
  );
});

t.test('a remote of today has no control plane of its own', async t => {
  const plan = renderInstall([remote('172.18.255.1', 'remote')], { version: '1.30.3' });
  const objects = plan.components.flatMap(component => component.objects);
  t.notOk(find(objects, 'Deployment', 'istiod'));
  t.match(find(objects, 'EndpointSlice', 'istiod'), {
    endpoints: [{ addresses: ['172.18.255.1'] }],
    metadata: { labels: { 'kubernetes.io/service-name': 'istiod' } },
  });
  t.match(find(plan.tags, 'MutatingWebhookConfiguration', 'istio-revision-tag-default'), {
    webhooks: [{ clientConfig: { service: { path: '/inject/cluster/cluster2/net/network2' } } }],
  });
  t.equal(find(objects, 'Service', 'istiod')?.kind, 'Service');
  t.strictSame(
    plan.components.flatMap(({ waitsFor }) => waitsFor.filter(({ kind }) => kind === 'Deployment')),
    [],
    'nothing to wait for',
  );
  t.notOk(
    find(all([remote('', 'remote')], '1.30.3'), 'Service', 'istiod'),
    'an empty address renders no Service',
  );
});

t.test('the east-west gateway', async t => {
  const old = all([EASTWEST], '1.8.0');
  t.strictSame(names(old), [
    'ServiceAccount/istio-eastwestgateway-service-account',
    'Role/istio-eastwestgateway-sds',
    'RoleBinding/istio-eastwestgateway-sds',
    'Service/istio-eastwestgateway',
    'Deployment/istio-eastwestgateway',
    'HorizontalPodAutoscaler/istio-eastwestgateway',
    'PodDisruptionBudget/istio-eastwestgateway',
  ]);
  const service = find(old, 'Service', 'istio-eastwestgateway');
  t.match(service?.metadata.labels, { 'topology.istio.io/network': 'network1', istio: 'eastwestgateway' });
  t.match(service, { spec: { type: 'LoadBalancer', ports: [{ name: 'mtls', port: 15443 }] } });
  const env = at(find(old, 'Deployment', 'istio-eastwestgateway'), 'spec.template.spec.containers.0.env') as {
    name: string;
  }[];
  t.equal(
    env.filter(({ name }) => name === 'ISTIO_META_ROUTER_MODE').length,
    1,
    'the file wins over the chart',
  );
  const today = find(all([EASTWEST], '1.30.3'), 'Deployment', 'istio-eastwestgateway');
  t.equal(at(today, 'spec.template.spec.containers.0.image'), 'auto');
  t.match(at(today, 'spec.template.metadata.annotations'), { 'inject.istio.io/templates': 'gateway' });
});

t.test('what istioctl refuses', async t => {
  const cases: readonly [string, string, RegExp][] = [
    [
      'an undefined variable in place of a key',
      'apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec:\n  values:\n    global:\n      meshID: m\n      multiCluster:\n        clusterName: c\n      network: n\n      meshNetworks:\n        :\n          endpoints:\n',
      /error converting YAML to JSON: yaml: line 10: did not find expected key/,
    ],
    ['an unknown field', PRIMARY.replace('meshID', 'meshld'), /unknown field "meshld" in values\.global/],
    ['another kind', 'apiVersion: v1\nkind: Secret\n', /unknown apiVersion or kind/],
    ['a sentence', 'The MESH must be set', /cannot unmarshal string/],
  ];
  for (const [name, text, message] of cases) {
    t.throws(() => renderInstall([text], { version: '1.8.0' }), { name: 'InstallError', message }, name);
  }
  t.ok(new InstallError('x') instanceof Error);
});

t.test('--set wins over the file', async t => {
  const plan = renderInstall([PRIMARY], {
    version: '1.8.0',
    settings: ['values.global.network=network9', 'hub=example.org/x'],
  });
  const objects = plan.components.flatMap(component => component.objects);
  const istiod = find(objects, 'Deployment', 'istiod');
  t.equal(at(istiod, 'spec.template.spec.containers.0.image'), 'example.org/x/pilot:1.8.0');
});

t.test('a primary of today, beside the real charts', async t => {
  const plan = renderInstall([PRIMARY], { version: '1.30.3' });
  const objects = plan.components.flatMap(component => component.objects);
  const gateway = find(objects, 'Deployment', 'istio-ingressgateway');
  const pod = 'spec.template';
  t.equal(at(gateway, `${pod}.spec.containers.0.image`), 'registry.istio.io/release/proxyv2:1.30.3');
  t.match(at(gateway, `${pod}.spec.containers.0.readinessProbe`), { periodSeconds: 2, failureThreshold: 30 });
  t.match(at(gateway, `${pod}.metadata`), {
    labels: { 'sidecar.istio.io/inject': 'false', 'istio.io/dataplane-mode': 'none' },
    annotations: { 'sidecar.istio.io/inject': 'false', 'prometheus.io/path': '/stats/prometheus' },
  });
  const istiod = find(objects, 'Deployment', 'istiod');
  t.strictSame(at(istiod, 'spec.selector.matchLabels'), { istio: 'pilot' });
  const container = at(istiod, `${pod}.spec.containers.0`);
  t.strictSame(
    (at(container, 'ports') as { name: string }[]).map(({ name }) => name),
    ['http-debug', 'grpc-xds', 'tls-xds', 'https-webhooks', 'http-monitoring'],
  );
  const env = (at(container, 'env') as { name: string }[]).map(({ name }) => name);
  for (const name of ['CA_TRUSTED_NODE_ACCOUNTS', 'GOMAXPROCS', 'PLATFORM']) t.ok(env.includes(name), name);
  for (const name of ['JWT_POLICY', 'ISTIOD_ADDR', 'EXTERNAL_ISTIOD']) t.notOk(env.includes(name), name);
  t.match(istiod?.metadata.labels, {
    'helm.sh/chart': 'istiod-1.30.3',
    'app.kubernetes.io/name': 'istiod',
    'install.operator.istio.io/owning-resource': 'unknown',
  });
  const eastwest = renderInstall([EASTWEST], { version: '1.30.3' });
  t.equal(eastwest.stateName, 'eastwest');
  t.strictSame(eastwest.tags, [], 'a gateway alone tags no revision');
  t.match(find(objects, 'ConfigMap', 'values'), { data: { 'original-values': /"meshID": "mesh1"/ } });
  t.match(at(find(objects, 'ConfigMap', 'istio'), 'data.mesh'), /metrics:\n\s+- prometheus/);
  t.match(find(objects, 'ClusterRole', 'istiod-clusterrole-istio-system'), {
    rules: [{}, {}, {}, {}, {}, { resources: ['ingresses', 'ingressclasses'] }],
  });
});

t.test('the tag of a primary of today is beside its charts', async t => {
  const { components, tags } = renderInstall([PRIMARY], { version: '1.30.3' });
  const objects = components.flatMap(component => component.objects);
  t.match(find(objects, 'MutatingWebhookConfiguration', 'istio-sidecar-injector'), {
    webhooks: [
      { namespaceSelector: { matchExpressions: [{ key: 'istio.io/rev' }] }, admissionReviewVersions: ['v1'] },
    ],
  });
  t.match(find(objects, 'ValidatingWebhookConfiguration', 'istio-validator-istio-system'), {
    webhooks: [
      {
        objectSelector: { matchExpressions: [{ key: 'istio.io/rev', operator: 'In', values: ['default'] }] },
        rules: [{ apiGroups: [/security/, /networking/, /telemetry/, /extensions/] }],
      },
    ],
  });
  t.strictSame(names(tags), [
    'MutatingWebhookConfiguration/istio-sidecar-injector',
    'MutatingWebhookConfiguration/istio-revision-tag-default',
    'ValidatingWebhookConfiguration/istiod-default-validator',
    'Service/istiod-revision-tag-default',
  ]);
  t.match(tags[0], {
    webhooks: [{ namespaceSelector: { matchLabels: { 'istio.io/deactivated': 'never-match' } } }],
  });
});
