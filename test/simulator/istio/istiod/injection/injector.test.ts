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
  return { config: readInjectorConfig(behaviourOf(version), data('istio-sidecar-injector')), mesh: readMeshConfig(data('istio')) };
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
