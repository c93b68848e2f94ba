/** What is seen in the clusters of a small mesh, for reports that are built without one. */
import type { ClusterSpec, Topology } from '../../harness/model/topology.ts';
import { controlPlaneOf, isRemote } from '../../harness/model/topology.ts';
import type { SeenCluster, SeenSecret } from '../../harness/verify/seen/seen.ts';

const UP = { state: 'present', pods: 1, ready: 1 } as const;

/** The address of a cluster's gateway. */
export const gatewayOf = ({ clusters }: Topology, name: string): string =>
  `172.30.${clusters.findIndex(cluster => cluster.name === name) + 1}.1`;

const secretFor = (cluster: string): SeenSecret => ({
  state: 'present',
  secret: `istio-system/istio-remote-secret-${cluster}`,
  cluster,
  id: cluster,
  hasLabel: true,
  istiodSays: 'synced',
});

/** Returns a mesh as the guide leaves it, every link in order. */
export const healthyClusters = (topology: Topology): readonly SeenCluster[] =>
  topology.clusters.map(spec => healthy(topology, spec));

function healthy(topology: Topology, spec: ClusterSpec): SeenCluster {
  const { name, helloWorld } = spec;
  const [remote, primary] = [isRemote(spec), controlPlaneOf(spec)];
  const others = topology.clusters.filter(other => other.name !== name);
  const workloads = ['sleep', ...helloWorld.map(version => `helloworld-${version}`), 'istio-eastwestgateway'];
  return {
    cluster: name,
    apiServer: { state: 'present' },
    kubernetes: 'v1.32.4',
    istiod: remote ? { state: 'absent', pods: 0, ready: 0 } : { ...UP, version: '1.8.0' },
    istiodService: remote
      ? {
          state: 'present',
          name: 'istiod-remote',
          leadsTo: [{ address: gatewayOf(topology, primary), owner: { kind: 'gateway', cluster: primary } }],
        }
      : { state: 'absent', leadsTo: [] },
    gateway: { ...UP, addresses: [gatewayOf(topology, name)] },
    remoteSecrets: remote
      ? { state: 'absent', secrets: [] }
      : { state: 'present', secrets: others.map(other => secretFor(other.name)) },
    helloWorld: helloWorld.map(version => ({ ...UP, version })),
    client: { ...UP, name: 'sleep' },
    proxies: workloads.map(workload => ({
      state: 'present',
      workload,
      pods: [`${workload}-0`],
      istiods: [primary],
    })),
    endpoints: {
      state: 'present',
      endpoints: topology.clusters.map(other => ({
        address: other.name === name ? '10.0.0.5:5000' : `${gatewayOf(topology, other.name)}:15443`,
        owner: { kind: other.name === name ? 'pod' : 'gateway', cluster: other.name },
      })),
    },
  };
}
