import jsonPatch from 'fast-json-patch';
import t from 'tap';
import { renderInstall } from '../../../../../harness/simulator/istio/install/render.ts';
import { isInjectionWanted } from '../../../../../harness/simulator/istio/istiod/injection/decision.ts';
import { reviewInjection } from '../../../../../harness/simulator/istio/istiod/injection/injector.ts';
import { readInjectorConfig } from '../../../../../harness/simulator/istio/istiod/injection/injector-config.ts';
import { readMeshConfig } from '../../../../../harness/simulator/istio/istiod/model/mesh-config.ts';
import { behaviourOf } from '../../../../../harness/simulator/istio/releases.ts';

const OPERATOR = `
apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
spec:
  values:
    global:
      meshID: mesh1
      multiCluster:
        clusterName: cluster1
      network: network1
`;

function configMaps(version: string) {
  const objects = renderInstall([OPERATOR], { version }).components.flatMap(component => component.objects);
  const data = (name: string) =>
    objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name)?.['data'] as Record<
      string,
      string
    >;
  return {
    config: readInjectorConfig(behaviourOf(version), data('istio-sidecar-injector')),
    mesh: readMeshConfig(data('istio')),
  };
}

const HELLO = {
  metadata: {
    name: 'helloworld-v1-86f77cd7bd-cpxhv',
    labels: { app: 'helloworld', version: 'v1', 'pod-template-hash': '86f77cd7bd' },
    ownerReferences: [
      {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        name: 'helloworld-v1-86f77cd7bd',
        uid: 'u',
        controller: true,
      },
    ],
  },
  spec: {
    containers: [
      {
        name: 'helloworld',
        image: 'docker.io/istio/examples-helloworld-v1',
        ports: [{ containerPort: 5000 }],
      },
    ],
    volumes: [{ name: 'kube-api-access-x', projected: {} }],
  },
};

const GATEWAY = {
  metadata: {
    labels: {
      app: 'istio-eastwestgateway',
      'sidecar.istio.io/inject': 'true',
      'topology.istio.io/network': 'network2',
    },
    annotations: { 'inject.istio.io/templates': 'gateway' },
  },
  spec: {
    containers: [
      {
        name: 'istio-proxy',
        image: 'auto',
        env: [{ name: 'ISTIO_META_REQUESTED_NETWORK_VIEW', value: 'network2' }],
      },
    ],
  },
};

interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: string[];
  readonly env?: { name: string; value?: string }[];
}
interface Pod {
  readonly metadata: { labels: Record<string, string>; annotations: Record<string, string> };
  readonly spec: { containers: Container[]; initContainers?: Container[]; volumes: { name: string }[] };
}

function inject(version: string, pod: object, path = '/inject', kubelet33 = false): Pod {
  const review = {
    apiVersion: 'admission.k8s.io/v1',
    request: { uid: 'r', namespace: 'sample', object: pod },
  };
  const result = reviewInjection({
    behaviour: behaviourOf(version),
    ...configMaps(version),
    path,
    review,
    revision: 'default',
    hasNativeSidecars: () => kubelet33,
  })['response'] as { allowed: boolean; patch?: string };
  const copy = structuredClone(pod);
  if (result.patch)
    jsonPatch.applyPatch(copy, JSON.parse(Buffer.from(result.patch, 'base64').toString()), true, true);
  return copy as Pod; // after the patch
}

const env = (container: Container | undefined) =>
  Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value]));

t.test('a sidecar of 1.8', async t => {
  const pod = inject('1.8.0', HELLO);
  t.strictSame(
    pod.spec.containers.map(({ name }) => name),
    ['helloworld', 'istio-proxy'],
  );
  t.strictSame(
    pod.spec.initContainers?.map(({ name }) => name),
    ['istio-init'],
  );
  t.strictSame(pod.spec.initContainers?.[0]?.args?.slice(0, 7), [
    'istio-iptables',
    '-p',
    '15001',
    '-z',
    '15006',
    '-u',
    '1337',
  ]);
  const proxy = pod.spec.containers[1];
  t.equal(proxy?.image, 'docker.io/istio/proxyv2:1.8.0');
  t.match(env(proxy), {
    ISTIO_META_CLUSTER_ID: 'cluster1',
    ISTIO_META_NETWORK: 'network1',
    ISTIO_META_WORKLOAD_NAME: 'helloworld-v1',
    ISTIO_META_OWNER: 'kubernetes://apis/apps/v1/namespaces/sample/deployments/helloworld-v1',
    CA_ADDR: 'istiod.istio-system.svc:15012',
  });
  t.match(JSON.parse(env(proxy)['PROXY_CONFIG'] ?? ''), {
    discoveryAddress: 'istiod.istio-system.svc:15012',
  });
  t.match(pod.metadata.labels, {
    app: 'helloworld',
    'security.istio.io/tlsMode': 'istio',
    'service.istio.io/canonical-name': 'helloworld',
    'service.istio.io/canonical-revision': 'v1',
    'istio.io/rev': 'default',
    'topology.istio.io/network': 'network1',
  });
  t.match(JSON.parse(pod.metadata.annotations['sidecar.istio.io/status'] ?? ''), {
    containers: ['istio-proxy'],
  });
  t.ok(
    pod.spec.volumes.some(({ name }) => name === 'kube-api-access-x'),
    'its own volumes stay',
  );
});

t.test('the path of the webhook names cluster and network, in current only', async t => {
  const path = '/inject/cluster/cluster2/net/network2';
  t.match(env(inject('1.30.3', HELLO, path).spec.containers[1]), {
    ISTIO_META_CLUSTER_ID: 'cluster2',
    ISTIO_META_NETWORK: 'network2',
  });
  t.match(env(inject('1.8.0', HELLO, path).spec.containers[1]), { ISTIO_META_CLUSTER_ID: 'cluster1' });
});

t.test("native sidecars by the kubelet's version", async t => {
  const native = inject('1.30.3', HELLO, '/inject', true);
  t.strictSame(
    native.spec.containers.map(({ name }) => name),
    ['helloworld'],
  );
  t.match(native.spec.initContainers?.[1], { name: 'istio-proxy', restartPolicy: 'Always' });
  t.strictSame(
    inject('1.30.3', HELLO).spec.containers.map(({ name }) => name),
    ['helloworld', 'istio-proxy'],
  );
});

t.test('a gateway of current is filled in, and keeps what it says of itself', async t => {
  const pod = inject('1.30.3', GATEWAY, '/inject/cluster/cluster2/net/network2');
  t.equal(pod.spec.containers.length, 1);
  const [proxy] = pod.spec.containers;
  t.equal(proxy?.image, 'registry.istio.io/release/proxyv2:1.30.3');
  t.strictSame(proxy?.args?.slice(0, 2), ['proxy', 'router']);
  t.match(env(proxy), {
    ISTIO_META_REQUESTED_NETWORK_VIEW: 'network2',
    ISTIO_META_NETWORK: 'network2',
    ISTIO_META_CLUSTER_ID: 'cluster2',
  });
  t.notOk(pod.metadata.labels['security.istio.io/tlsMode']);
});

t.test('who gets no sidecar', async t => {
  const [old, current] = [behaviourOf('1.8.0'), behaviourOf('1.30.3')];
  const pod = (metadata: object, hostNetwork = false) => ({ metadata, hostNetwork });
  t.ok(isInjectionWanted(old, 'enabled', 'sample', pod({})));
  t.notOk(isInjectionWanted(old, 'disabled', 'sample', pod({})));
  t.notOk(isInjectionWanted(old, 'enabled', 'kube-system', pod({})));
  t.notOk(isInjectionWanted(old, 'enabled', 'sample', pod({}, true)));
  t.notOk(
    isInjectionWanted(old, 'enabled', 'sample', pod({ annotations: { 'sidecar.istio.io/inject': 'false' } })),
  );
  t.ok(
    isInjectionWanted(old, 'enabled', 'sample', pod({ labels: { 'sidecar.istio.io/inject': 'false' } })),
    '1.8 looks at the annotation only',
  );
  t.notOk(
    isInjectionWanted(current, 'enabled', 'sample', pod({ labels: { 'sidecar.istio.io/inject': 'false' } })),
  );
});

t.test("a real ConfigMap has Go templates: the release's own stand in, filled from its values", async t => {
  const behaviour = behaviourOf('1.30.3');
  const config = readInjectorConfig(behaviour, {
    config: `
defaultTemplates: [sidecar]
template: "{{ Template_Version_And_Istio_Version_Mismatched_Check_Installation }}"
templates:
  sidecar: |
    {{- $containers := list }}
    metadata: { labels: { a: "{{ .Values.global.network }}" } }
  gateway: "{{ if .Values.global.network }}x{{ end }}"
  custom: "metadata: {labels: {network: '{{ network }}'}}"
`,
    values: JSON.stringify({ global: { hub: 'example.org', tag: '1.30.3', network: 'network7' } }),
  });
  t.strictSame(config.replaced, ['sidecar', 'gateway']);
  t.strictSame(Object.keys(config.templates).sort(), ['custom', 'gateway', 'sidecar']);
  const { mesh } = configMaps('1.30.3');
  const answer = reviewInjection({
    behaviour,
    config,
    mesh,
    path: '/inject',
    review: { request: { uid: 'u', namespace: 'sample', object: HELLO } },
    revision: 'default',
    hasNativeSidecars: () => false,
  }) as { response: { allowed: boolean; patch: string } };
  t.equal(answer.response.allowed, true);
  const patch = Buffer.from(answer.response.patch, 'base64').toString();
  t.match(patch, '"image":"example.org/proxyv2:1.30.3"');
  t.match(patch, '{"name":"ISTIO_META_NETWORK","value":"network7"}');
});

t.test('a sidecar of today has the volumes, variables and capabilities of the real template', async t => {
  const { config, mesh } = configMaps('1.30.3');
  const answer = reviewInjection({
    behaviour: behaviourOf('1.30.3'),
    config,
    mesh,
    path: '/inject',
    review: { request: { uid: 'u', namespace: 'sample', object: HELLO } },
    revision: 'default',
    hasNativeSidecars: () => false,
  }) as { response: { patch: string } };
  const patch = Buffer.from(answer.response.patch, 'base64').toString();
  for (const text of [
    '{"name":"workload-socket","mountPath":"/var/run/secrets/workload-spiffe-uds"}',
    '{"name":"istio-ca-crl","configMap":{"name":"istio-ca-crl","optional":true}}',
    '{"name":"GOMEMLIMIT","valueFrom":{"resourceFieldRef":{"resource":"limits.memory","divisor":"1"}}}',
    '"capabilities":{"drop":["ALL"]}},"volumeMounts"',
    '"15090,15021,15020","--log_output_level=default:info"',
  ])
    t.match(patch, text);
  t.notMatch(patch, 'JWT_POLICY');
});

t.test('settings of the pod lie over those of the mesh', async t => {
  const settings = 'concurrency: 1\nproxyMetadata: { SECRET_TTL: 60s }';
  const annotations = { 'proxy.istio.io/config': settings };
  for (const version of ['1.8.0', '1.30.3']) {
    const read = (pod: object) => {
      const injected = inject(version, pod).spec;
      const proxy = [...injected.containers, ...(injected.initContainers ?? [])].find(
        ({ name }) => name === 'istio-proxy',
      );
      return JSON.parse(env(proxy)['PROXY_CONFIG'] ?? '{}') as Record<string, unknown>;
    };
    const own = read({ ...HELLO, metadata: { ...HELLO.metadata, annotations } });
    t.same(own, { ...read(HELLO), concurrency: 1, proxyMetadata: { SECRET_TTL: '60s' } }, version);
  }
});

t.test('the pull policy: a container of the pod keeps what the API server gave it', async t => {
  const policies = (version: string, operator: string, pod: typeof HELLO | typeof GATEWAY) => {
    const documents =
      operator === '' ? [OPERATOR] : [OPERATOR.replace('global:', `global:\n      ${operator}`)];
    const objects = renderInstall(documents, { version }).components.flatMap(component => component.objects);
    const found = objects.find(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'istio-sidecar-injector',
    );
    const data = found?.['data'] as Record<string, string>;
    const review = reviewInjection({
      behaviour: behaviourOf(version),
      config: readInjectorConfig(behaviourOf(version), data),
      mesh: configMaps(version).mesh,
      path: '/inject',
      revision: 'default',
      hasNativeSidecars: () => false,
      review: { request: { uid: 'u', namespace: 'sample', object: pod } },
    });
    const { patch = '' } = review['response'] as { patch?: string };
    const operations = JSON.parse(Buffer.from(patch, 'base64').toString());
    const { newDocument } = jsonPatch.applyPatch(structuredClone(pod) as never, operations) as {
      newDocument: { spec: { containers: { name: string; imagePullPolicy?: string }[] } };
    };
    return newDocument.spec.containers.find(({ name }) => name === 'istio-proxy')?.imagePullPolicy;
  };
  // Image auto, no tag: the API server has taken it for latest before the webhook is asked.
  const [shell] = GATEWAY.spec.containers;
  const defaulted = {
    ...GATEWAY,
    spec: { containers: [{ ...(shell as object), imagePullPolicy: 'Always' }] },
  } as unknown as typeof GATEWAY;
  const asked = 'imagePullPolicy: IfNotPresent';
  t.equal(policies('1.30.3', '', defaulted), 'Always', 'real-kind-2026-11 D1');
  t.equal(policies('1.30.3', asked, defaulted), 'Always', 'the chart sets it in the deployment, not here');
  t.equal(policies('1.30.3', asked, HELLO), 'IfNotPresent');
  t.equal(policies('1.30.3', '', HELLO), undefined, 'by its tag');
  t.equal(policies('1.8.0', '', HELLO), 'Always', 'injection-template.yaml @1.8.0');
  t.equal(policies('1.8.0', asked, HELLO), 'IfNotPresent');
});
