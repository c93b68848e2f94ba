/** Gateways that are known by host names, and nodes that are gateways. */
import t from 'tap';
import { type Called, RuledMesh } from '../../../support/ruled-mesh.ts';

const mesh = await RuledMesh.install('multi-primary-multi-network');
t.teardown(async () => await mesh[Symbol.asyncDispose]());

const seen = (calls: readonly Called[]): string =>
  [...new Set(calls.map(({ status, body }) => /version: (v\d)/.exec(body)?.[1] ?? String(status)))]
    .sort()
    .join(' ');
const near = mesh.mesh.client('cluster1');
const far = mesh.mesh.client('cluster2');
const EAST_WEST = {
  apiVersion: 'v1',
  plural: 'services',
  namespace: 'istio-system',
  name: 'istio-eastwestgateway',
};
const NAME = 'gateway2.istio-system.svc.cluster.local';

/** Who answers within a second: what goes to a pod of another network gets no answer. */
const near1 = async (): Promise<string> => seen(await mesh.calls(12, '--max-time', '1')).replace('0 ', '');

/** Names the gateway of network2 in istiod's configuration of cluster1, in place of its Service's label. */
async function nameGateway(): Promise<string> {
  const service = await far.get(EAST_WEST);
  const { ingress } = (service['status'] as { loadBalancer: { ingress: readonly { ip: string }[] } })
    .loadBalancer;
  const labels = { 'topology.istio.io/network': null };
  await far.patch(EAST_WEST, 'merge', { metadata: { labels } });
  const network2 = {
    endpoints: [{ fromRegistry: 'cluster2' }],
    gateways: [{ address: NAME, port: 15443 }],
  };
  const path = { apiVersion: 'v1', plural: 'configmaps', namespace: 'istio-system', name: 'istio' };
  await near.patch(path, 'merge', { data: { meshNetworks: JSON.stringify({ networks: { network2 } }) } });
  await mesh.mesh.pass(60_000);
  return ingress[0]?.ip ?? '';
}

t.test('nodes are gateways of a Service of type NodePort that selects them', async t => {
  const spec = (await far.get(EAST_WEST))['spec'];
  const selectNodes = async (selector: object | null): Promise<void> => {
    const annotations = {
      'traffic.istio.io/nodeSelector': selector && JSON.stringify(selector),
    };
    await far.patch(EAST_WEST, 'merge', { metadata: { annotations }, spec: { type: 'NodePort' } });
    await mesh.mesh.pass(60_000);
  };
  const nodes = { apiVersion: 'v1', plural: 'nodes' };
  const [node] = (await far.list(nodes, {})).items;
  const name = node?.metadata.name ?? '';
  type Addresses = readonly { readonly type: string; readonly address: string }[];
  const { addresses = [] } = (node?.['status'] ?? {}) as { readonly addresses?: Addresses };
  const address = addresses.find(({ type }) => type === 'InternalIP')?.address ?? '';
  const outer = { type: 'ExternalIP', address };
  await selectNodes({});
  t.equal(await near1(), 'v1', 'a node without an address for others is no gateway');
  await far.patch({ ...nodes, name, subresource: 'status' }, 'merge', {
    status: { addresses: [...addresses, outer] },
  });
  await mesh.mesh.pass(60_000);
  t.equal(await near1(), 'v1 v2');
  await selectNodes({ 'kubernetes.io/hostname': 'another' });
  t.equal(await near1(), 'v1', 'no such node');
  await selectNodes({ 'kubernetes.io/hostname': name });
  t.equal(await near1(), 'v1 v2');
  await selectNodes(null);
  t.equal(await near1(), 'v1', 'without the annotation');
  await far.patch(EAST_WEST, 'merge', { spec: { type: (spec as { type: string }).type } });
  await mesh.mesh.pass(60_000);
});

t.test('a name that leads nowhere is told, and one that comes to lead somewhere is used', async t => {
  const address = await nameGateway();
  t.match(await mesh.istiodLog(), /could not resolve hostname "gateway2\.istio-system[^"]*" for 1 gateways/);
  t.equal(seen(await mesh.calls(6, '--max-time', '5')).replace('0 ', ''), 'v1', 'packets to pods vanish');

  const metadata = { name: 'gateway2', namespace: 'istio-system' };
  const ports = [{ name: 'tls', port: 15443, protocol: 'TCP' }];
  const services = { apiVersion: 'v1', plural: 'services', namespace: 'istio-system' };
  await near.create(services, { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports } });
  await near.create(
    { apiVersion: 'discovery.k8s.io/v1', plural: 'endpointslices', namespace: 'istio-system' },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': 'gateway2' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [address] }],
      ports,
    } as never,
  );
  await mesh.mesh.pass(60_000);
  t.equal(seen(await mesh.calls(12)), 'v1 v2', 'it is looked up again within 30 s');
});
