/** Faults of an installed mesh that one of the extended checks is there to find, and its words for them. */
import type { KubernetesClient } from '../../harness/base/kubernetes-client.ts';
import { networkName } from '../../harness/model/names.ts';
import { isMultiNetwork, primariesOf, type Topology } from '../../harness/model/topology.ts';
import type { InstalledMesh } from './installed-mesh.ts';

/** A fault, and what is found of it. */
export interface CheckFault {
  readonly what: string;
  readonly check: string;
  /** The golden text of what people read of it. */
  readonly text?: string;
  /** How the finding ends, as `stable` writes it. */
  readonly found: string;
  /** Meshes that can have it. */
  readonly fits: (topology: Topology) => boolean;
  /** The editions that can have it; both by default. */
  readonly edition?: string;
  /** Another topology than that of the mesh: what somebody takes it for. */
  readonly takenFor?: (topology: Topology) => Topology;
  /** Breaks the mesh. @returns how it is mended */
  readonly breakIt?: (mesh: InstalledMesh) => Promise<() => Promise<unknown>>;
}

const always = () => true;
const severalPrimaries = (topology: Topology) => primariesOf(topology).length > 1;
const onOneNetwork = (topology: Topology) => !isMultiNetwork(topology);

const DEPLOYMENTS = { apiVersion: 'apps/v1', plural: 'deployments' } as const;
const POLICY = {
  apiVersion: 'security.istio.io/v1beta1',
  plural: 'peerauthentications',
  namespace: 'sample',
  name: 'by-the-test',
} as const;
const SERVICE = { apiVersion: 'v1', plural: 'services', namespace: 'sample', name: 'helloworld' } as const;
const SLICE = {
  apiVersion: 'discovery.k8s.io/v1',
  plural: 'endpointslices',
  namespace: 'sample',
  name: 'by-the-test',
} as const;

async function scaleIstiod(client: KubernetesClient, replicas: number): Promise<void> {
  const path = { ...DEPLOYMENTS, namespace: 'istio-system', name: 'istiod' };
  await client.patch(path, 'merge', { spec: { replicas } });
}

/** Waits until the istiod of a cluster has as many ready pods. */
async function istiods(mesh: InstalledMesh, cluster: string, replicas: number): Promise<void> {
  const client = mesh.client(cluster);
  await scaleIstiod(client, replicas);
  const path = { ...DEPLOYMENTS, namespace: 'istio-system', name: 'istiod' };
  for (let tries = 0; tries < 100; tries++) {
    const { status } = await client.get(path);
    const { readyReplicas = 0 } = (status ?? {}) as { readyReplicas?: number };
    if (readyReplicas === replicas) break;
    await mesh.pass(500);
  }
  await mesh.pass(2_000);
}

/** Creates an object. @returns what deletes it, and waits until that is spread */
async function make(
  mesh: InstalledMesh,
  cluster: string,
  path: typeof POLICY | typeof SLICE,
  body: Record<string, unknown>,
): Promise<() => Promise<void>> {
  const { name, ...collection } = path;
  const client = mesh.client(cluster);
  await client.create(collection, { apiVersion: path.apiVersion, metadata: { name }, ...body });
  await mesh.pass(2_000);
  return async () => {
    await client.delete(path);
    await mesh.pass(2_000);
  };
}

const strict = (mode: string) => ({
  kind: 'PeerAuthentication',
  spec: { selector: { matchLabels: { app: 'helloworld' } }, mtls: { mode } },
});

const slice = (address: string) => ({
  kind: 'EndpointSlice',
  metadata: { name: SLICE.name, labels: { 'kubernetes.io/service-name': 'helloworld' } },
  addressType: 'IPv4',
  ports: [{ name: 'http', port: 5000, protocol: 'TCP' }],
  endpoints: [{ addresses: [address], conditions: { ready: true } }],
});

/** Takes the second cluster for one on a network of its own. */
const secondApart = (topology: Topology): Topology => ({
  ...topology,
  networks: [...topology.networks, { name: networkName('network2'), range: '172.99.0.0/16' }],
  clusters: topology.clusters.map((cluster, index) =>
    index === 1 ? { ...cluster, network: networkName('network2') } : cluster,
  ),
});

/** Webhooks of the cluster refuse for that time: only pods of the other one can be made. */
async function secondIstiodAway(mesh: InstalledMesh): Promise<() => Promise<unknown>> {
  await istiods(mesh, 'cluster2', 0);
  return () => istiods(mesh, 'cluster2', 1);
}

/** Every fault; each is mended before the next. */
export const CHECK_FAULTS: readonly CheckFault[] = [
  {
    what: 'istiod was restarted',
    check: 'cluster1-control-plane-healthy',
    text: 'control-plane-healthy',
    found: 'istiod was restarted 2 times',
    fits: always,
    breakIt: async mesh => {
      const client = mesh.client('cluster1');
      const pods = { apiVersion: 'v1', plural: 'pods', namespace: 'istio-system' };
      const { items } = await client.list(pods, { labelSelector: 'app=istiod' });
      const name = items[0]?.metadata.name ?? '';
      const count = async (restartCount: number) => {
        const pod = await client.get({ ...pods, name });
        const { containerStatuses = [] } = pod['status'] as { containerStatuses?: object[] };
        const statuses = containerStatuses.map(each => ({ ...each, restartCount }));
        const body = { status: { containerStatuses: statuses } };
        await client.patch({ ...pods, name, subresource: 'status' }, 'merge', body);
      };
      await count(2);
      return () => count(0);
    },
  },
  {
    what: 'istiod is away',
    check: 'cluster1-control-plane-healthy',
    found: 'nothing runs in istio-system of cluster1',
    fits: topology => onOneNetwork(topology) && severalPrimaries(topology),
    breakIt: async mesh => {
      await istiods(mesh, 'cluster1', 0);
      return () => istiods(mesh, 'cluster1', 1);
    },
  },
  {
    what: 'the Service is missing in a cluster',
    check: 'cluster2-resolves-helloworld',
    text: 'resolves-helloworld',
    found: 'cluster2 has no Service helloworld; curl: (6) Could not resolve host: helloworld.sample',
    fits: always,
    breakIt: async mesh => {
      const client = mesh.client('cluster2');
      const service = await client.get(SERVICE);
      await client.delete(SERVICE);
      await mesh.pass(2_000);
      const { name: _, ...collection } = SERVICE;
      const { uid: __, resourceVersion: ___, ...metadata } = service.metadata;
      return async () => {
        await client.create(collection, { ...service, metadata });
        await mesh.pass(3_000);
      };
    },
  },
  {
    what: 'an address that is no pod is an endpoint',
    check: 'cluster2-endpoints-as-told',
    found: 'the client in cluster2 has IP:5000, which it should not have',
    fits: onOneNetwork,
    edition: 'current',
    breakIt: mesh => make(mesh, 'cluster2', SLICE, slice('192.0.2.9')),
  },
  {
    what: 'a control plane does not know another cluster',
    check: 'cluster2-endpoints-as-told',
    text: 'endpoints-as-told',
    found: 'the client in cluster2 lacks IP:5000, pod of cluster1',
    fits: topology => onOneNetwork(topology) && severalPrimaries(topology),
    breakIt: async mesh => {
      const path = { apiVersion: 'v1', plural: 'secrets', namespace: 'istio-system' };
      const secret = { ...path, name: 'istio-remote-secret-cluster1' };
      const label = (value: string | null) =>
        mesh.client('cluster2').patch(secret, 'merge', {
          metadata: { labels: { 'istio/multiCluster': value } },
        });
      await label(null);
      await mesh.pass(2_000);
      return async () => {
        await label('true');
        await mesh.pass(2_000);
      };
    },
  },
  {
    what: 'pods reach each other across networks',
    check: 'cluster1-pod-to-pod',
    found: 'helloworld-v2 of cluster2 is reached directly, from network1 to network2',
    fits: onOneNetwork,
    takenFor: secondApart,
  },
  {
    what: 'pods do not reach each other on one network',
    check: 'cluster1-pod-to-pod',
    text: 'pod-to-pod',
    found:
      'helloworld-v2 of cluster2 is not reached on network1: curl: (28) Connection timed out after some milliseconds',
    fits: onOneNetwork,
    breakIt: async mesh => {
      const undo = mesh.world.network.faults.drop(
        ({ from, to }) => from.cluster === 'cluster1' && to.cluster === 'cluster2',
      );
      return async () => undo();
    },
  },
  {
    what: 'calls cross between networks without a gateway',
    check: 'cluster1-path-counted',
    text: 'path-counted',
    found:
      'N calls were answered from cluster2, and 0 were sent to the gateways of network2: the others took another way',
    fits: onOneNetwork,
    takenFor: secondApart,
  },
  {
    what: 'the sidecars are not told that mTLS is strict',
    check: 'cluster1-plain-text',
    text: 'plain-text',
    found: 'helloworld-v1 answers plain text, though mTLS is strict (PeerAuthentication sample/by-the-test)',
    fits: severalPrimaries,
    breakIt: async mesh => {
      // istiod's name is that of its pod.
      const undo = mesh.world.network.faults.drop(
        ({ from, to }) =>
          [from, to].some(({ name }) => name.includes('helloworld-v1')) &&
          [from, to].some(({ name }) => name.includes('istiod')),
      );
      const mend = await make(mesh, 'cluster1', POLICY, strict('STRICT'));
      return async () => {
        undo();
        await mend();
      };
    },
  },
  {
    what: 'an older policy lets plain text in',
    check: 'foreign-clients-refused',
    text: 'foreign-clients-refused',
    found: 'of cluster1 does not refuse strangers in plain text: answered (from cluster1 and cluster2)',
    fits: topology => onOneNetwork(topology) && severalPrimaries(topology),
    breakIt: mesh => make(mesh, 'cluster1', POLICY, strict('PERMISSIVE')),
  },
  {
    what: 'a cluster knows a pod of the other one without a remote secret',
    check: 'negative-control',
    text: 'negative-control',
    found: 'without remote secrets, cluster1 got 10 calls: N from cluster1, N from cluster2',
    fits: topology => onOneNetwork(topology) && severalPrimaries(topology),
    edition: 'current',
    breakIt: async mesh => {
      const pods = { apiVersion: 'v1', plural: 'pods', namespace: 'sample' };
      const { items } = await mesh.client('cluster2').list(pods, { labelSelector: 'app=helloworld' });
      const { podIP = '' } = (items[0]?.['status'] ?? {}) as { podIP?: string };
      return await make(mesh, 'cluster1', SLICE, slice(podIP));
    },
  },
  {
    what: 'a control plane is away while a version goes and comes',
    check: 'failover-v1',
    text: 'failover',
    found: 'with v1 put back, cluster2 got 10 calls: 0 from cluster1, N from cluster2',
    edition: 'current',
    fits: topology => onOneNetwork(topology) && severalPrimaries(topology),
    breakIt: secondIstiodAway,
  },
  {
    what: 'a control plane is away while a version goes and comes',
    check: 'failover-v1',
    found:
      'with v1 put back, cluster2 got 10 calls: 0 from cluster1, N from cluster2, N × 503 upstream connect error or disconnect/reset before headers. reset reason: local reset',
    fits: topology => onOneNetwork(topology) && severalPrimaries(topology),
    edition: '1.8',
    breakIt: secondIstiodAway,
  },
];

/** Tells whether a mesh can have a fault. */
export const faultIn =
  (topology: Topology, edition: string) =>
  ({ fits, edition: only = edition }: CheckFault): boolean =>
    fits(topology) && only === edition;

/** Takes out of a finding what differs from run to run, or from edition to edition. */
export const stable = (found: string): string =>
  found
    .replace(/, \d+ took a second or more \(up to [\d.]+ s\)/g, '')
    .replace(/-[a-f0-9]{8,10}-[a-z0-9]{5}\b/g, '')
    .replace(/\b\d+\.\d+\.\d+\.\d+\b/g, 'IP')
    .replace(/\b[1-9]\d*(?= calls were| from| ×)/g, 'N');
