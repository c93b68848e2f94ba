/** Two clusters as the guide leaves them, on API servers for tests: a good mesh which a test then breaks. */
import type { ExecOutcome, KubernetesObject } from '../../harness/base/kubernetes-client.ts';
import { type ClusterName, clusterName, networkName } from '../../harness/model/names.ts';
import type { ClusterSpec, Topology } from '../../harness/model/topology.ts';
import type { CheckContext } from '../../harness/verify/check.ts';
import { CONVERGENCE_DEADLINE_MS } from '../../harness/verify/convergence.ts';
import { expectedShares } from '../../harness/verify/groups.ts';
import { planSample } from '../../harness/verify/sample-plan.ts';
import { TakenSamples } from '../../harness/verify/taken-samples.ts';
import { togetherIn } from '../../harness/verify/together.ts';
import { impatientClock, type SmallApi, smallApi } from './small-api.ts';

const CLUSTER1 = clusterName('cluster1');
const CLUSTER2 = clusterName('cluster2');

/** A cluster with HelloWorld in one version and a client. */
export function clusterSpec(index: number, network: number, more: Partial<ClusterSpec> = {}): ClusterSpec {
  return {
    name: clusterName(`cluster${index}`),
    network: networkName(`network${network}`),
    role: { kind: 'primary' },
    podRange: `10.${index}0.0.0/16`,
    serviceRange: `10.255.${index}0.0/24`,
    nodes: 1,
    helloWorld: [`v${index}`],
    client: true,
    ...more,
  };
}

/** Two primaries, on one network or on two. */
export function twoClusters(networks: 1 | 2 = 1, more: readonly Partial<ClusterSpec>[] = []): Topology {
  return {
    name: 'two-clusters',
    description: 'Two clusters for tests.',
    meshId: 'mesh1',
    networks: Array.from({ length: networks }, (_, index) => ({
      name: networkName(`network${index + 1}`),
      range: `172.1${index + 8}.0.0/16`,
    })),
    clusters: [clusterSpec(1, 1, more[0]), clusterSpec(2, networks, more[1])],
  };
}

/** A primary for each number, which is that of its network; HelloWorld v1 and v2 by turns. */
export function meshOf(networks: readonly number[], more: readonly Partial<ClusterSpec>[] = []): Topology {
  return {
    name: 'several-clusters',
    description: 'Clusters for tests.',
    meshId: 'mesh1',
    networks: [...new Set(networks)].map(number => ({
      name: networkName(`network${number}`),
      range: `172.${17 + number}.0.0/16`,
    })),
    clusters: networks.map((network, index) =>
      clusterSpec(index + 1, network, { helloWorld: [index % 2 === 0 ? 'v1' : 'v2'], ...more[index] }),
    ),
  };
}

export interface PodOptions {
  readonly app: string;
  readonly version?: string;
  readonly address?: string;
  /** `2/2` by default. */
  readonly ready?: string;
  readonly status?: object;
  readonly sidecar?: boolean;
}

/** A pod with the containers that its column READY tells of. */
export function pod(
  name: string,
  { app, version, address, ready = '2/2', status, sidecar }: PodOptions,
): KubernetesObject {
  const [isReady = 0, total = 0] = ready.split('/').map(Number);
  const hasSidecar = sidecar ?? total > 1;
  const names = [app, ...Array.from({ length: total - 1 }, () => (hasSidecar ? 'istio-proxy' : 'other'))];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'sample', labels: { app, ...(version !== undefined && { version }) } },
    spec: { containers: names.map(container => ({ name: container })) },
    status: {
      phase: 'Running',
      podIP: address,
      containerStatuses: names.map((container, index) => ({
        name: container,
        ready: index < isReady,
        state: { running: {} },
      })),
      ...status,
    },
  };
}

export interface SmallMesh extends AsyncDisposable {
  readonly apis: ReadonlyMap<ClusterName, SmallApi>;
  readonly context: CheckContext;
  /** The pods of HelloWorld by cluster, as answers name them. */
  readonly instances: Readonly<Record<string, string>>;
  api(cluster: string): SmallApi;
}

export const NAMESPACES = '/api/v1/namespaces';
export const SAMPLE_PODS = '/api/v1/namespaces/sample/pods';

/** What curl prints for a list of answers: a body and a status each. */
export function curlOutput(
  answers: readonly (readonly [body: string, status: number, seconds?: number])[],
): ExecOutcome {
  const stdout = answers
    .map(([body, status, seconds = 0.004]) => `${body}\n<call ${status} ${seconds}>\n`)
    .join('');
  return { exitCode: 0, stdout, stderr: '' };
}

export const hello = (version: string, instance: string) =>
  `Hello version: ${version}, instance: ${instance}\n`;

/** How many calls an argument vector asks for. */
export const requestsOf = (argv: readonly string[]) => Number(/\[1-(\d+)\]$/.exec(argv.at(-1) ?? '')?.[1]);

/** A healthy mesh: clients get answers of both clusters in turn. */
export async function smallMesh(topology: Topology = twoClusters(), requests = 300): Promise<SmallMesh> {
  const apis = new Map<ClusterName, SmallApi>();
  const instances: Record<string, string> = {};
  for (const [index, { name, helloWorld, client }] of topology.clusters.entries()) {
    const api = await smallApi();
    apis.set(name, api);
    api.objects.set(NAMESPACES, [
      { metadata: { name: 'sample', labels: { 'istio-injection': 'enabled' } } },
      { metadata: { name: 'istio-system' } },
    ]);
    const pods = helloWorld.map((version, nth) => {
      const podName = `helloworld-${version}-${index + 1}`;
      instances[`${name}/${version}`] = podName;
      return pod(podName, { app: 'helloworld', version, address: `10.${index + 1}0.0.${nth + 5}` });
    });
    if (client) pods.push(pod(`sleep-${index + 1}`, { app: 'sleep', address: `10.${index + 1}0.0.9` }));
    api.objects.set(SAMPLE_PODS, pods);
    api.objects.set('/api/v1/namespaces/sample/services', [{ metadata: { name: 'helloworld' } }]);
    api.objects.set('/api/v1/namespaces/istio-system/pods', [
      pod('istiod-1', { app: 'istiod', ready: '1/1' }),
    ]);
    const others = topology.clusters.filter(other => other.name !== name);
    api.objects.set(
      '/api/v1/namespaces/istio-system/secrets',
      others.map(other => ({
        metadata: {
          name: `istio-remote-secret-${other.name}`,
          labels: { 'istio/multiCluster': 'true' },
          annotations: { 'networking.istio.io/cluster': other.name },
        },
      })),
    );
  }
  const everyone = topology.clusters.flatMap(({ name, helloWorld }) =>
    helloWorld.map(version => hello(version, instances[`${name}/${version}`] ?? '')),
  );
  for (const api of apis.values()) {
    api.run = argv => {
      if (argv[0] !== 'curl') return { exitCode: 1, stdout: '', stderr: '' };
      const count = requestsOf(argv);
      return curlOutput(
        Array.from({ length: count }, (_, n) => [everyone[n % everyone.length] ?? '', 200] as const),
      );
    };
  }
  const context: CheckContext = {
    topology,
    clusters: new Map(
      topology.clusters.flatMap(spec => {
        const api = apis.get(spec.name);
        return api ? [[spec.name, { spec, client: api.client }] as const] : [];
      }),
    ),
    capabilities: { realProxies: false, faults: true },
    clock: impatientClock(),
    signal: new AbortController().signal,
    client: 'sleep',
    sample: planSample(requests, {
      expectedShares: expectedShares(topology),
      together: togetherIn(topology),
    }),
    samples: new TakenSamples(),
    convergenceMs: CONVERGENCE_DEADLINE_MS,
    onProgress: () => {},
    putBack: () => {},
  };
  return {
    apis,
    context,
    instances,
    api: name => {
      const api = apis.get(clusterName(name));
      if (!api) throw new Error(`no cluster ${name}`);
      return api;
    },
    [Symbol.asyncDispose]: async () => {
      for (const api of apis.values()) await api[Symbol.asyncDispose]();
    },
  };
}

export { CLUSTER1, CLUSTER2 };
