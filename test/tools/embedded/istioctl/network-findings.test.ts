/** R24: two spellings of one network. */
import t from 'tap';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import { networkFindings } from '../../../../harness/tools/embedded/istioctl/network-findings.ts';

const labelled = (name: string, network: string, namespace?: string): KubernetesObject => ({
  metadata: {
    name,
    ...(namespace !== undefined && { namespace }),
    labels: { 'topology.istio.io/network': network },
  },
});
const configMap = (name: string, data: object): KubernetesObject => ({
  metadata: { name, namespace: 'istio-system' },
  data,
});
const found = async (
  objects: Readonly<Record<string, readonly KubernetesObject[]>>,
  within: (object: KubernetesObject) => boolean = () => true,
) =>
  (await networkFindings(async (_version, plural) => objects[plural] ?? [], within)).map(
    ({ level, code, about, text }) => `${level} [${code}] (${about}) ${text}`,
  );
const twoOf = (first: string, second: string) => [
  `Warning [MESH0002] (Namespace istio-system) Network "${first}" is "${second}" in ` +
    'Service istio-system/gateway: for istiod they are two networks.',
  `Warning [MESH0002] (Service istio-system/gateway) Network "${second}" is "${first}" in ` +
    'Namespace istio-system: for istiod they are two networks.',
];

t.test('labels of a namespace and a Service', async t => {
  for (const [first, second] of [
    ['network1', 'network-1'],
    ['network1', 'Network1'],
    ['net_1', 'net.1'],
  ] as const) {
    const namespaces = [labelled('istio-system', first)];
    const services = [labelled('gateway', second, 'istio-system')];
    t.same(await found({ namespaces, services }), twoOf(first, second));
  }
  t.same(
    await found({
      namespaces: [labelled('istio-system', 'network1')],
      services: [labelled('gateway', 'network2', 'istio-system')],
    }),
    [],
    'two networks are two',
  );
});

t.test('values for sidecars, meshNetworks and pods', async t => {
  const values = configMap('istio-sidecar-injector', { values: '{"global":{"network":"network1"}}' });
  const mesh = configMap('istio', { meshNetworks: 'networks: { network-1: {} }' });
  const pods = [labelled('hello', 'network1', 'sample')];
  t.match(await found({ configmaps: [values, mesh], pods }), [
    /\(ConfigMap istio-system\/istio-sidecar-injector\) Network "network1" is "network-1" in ConfigMap/,
    /\(ConfigMap istio-system\/istio\) Network "network-1" is "network1" in/,
  ]);
  t.match(
    await found({ configmaps: [mesh], pods }, ({ metadata }) => metadata.namespace === 'sample'),
    [/^Warning \[MESH0002\] \(Pod sample\/hello\) Network "network1" is "network-1" in ConfigMap/],
    'of a namespace that is asked for, against all',
  );
  t.same(await found({ configmaps: [configMap('istio', { meshNetworks: ': no {' })], pods }), []);
});
