/**
 * Makes the probe's objects in a cluster: a namespace of its own with two pods and, where the mesh will have
 * an east-west gateway, a load balancer.
 */
import type { KubernetesClient, KubernetesObject } from '../../base/kubernetes-client.ts';
import { waitUntil } from '../../base/wait.ts';
import { type ClusterSpec, isMultiNetwork, remotesOf, type Topology } from '../../model/topology.ts';
import { managerOf, namespacesOfRuns, probeNamespaceOf } from './ownership.ts';
import { describePods, isReady } from './pod-readiness.ts';
import { DEADLINES, POLL_MS, type ProbedCluster, type ProbeOptions } from './probe-options.ts';

/** Where the HelloWorld sample answers HTTP. */
export const PORT = 5000;

/** Tells whether a cluster gets an east-west gateway: others reach it through a load balancer then. */
const needsLoadBalancer = (topology: Topology, { name }: ClusterSpec): boolean =>
  isMultiNetwork(topology) || remotesOf(topology, name).length > 0;

/** Addresses at which a cluster answers the others; without a gateway it needs no balancer. */
export interface Listener {
  readonly pod: string;
  readonly balancer?: string;
}

/**
 * Creates the namespace and what is in it.
 * @throws Error if another run works on the cluster too
 */
export async function createPods({ name, client }: ProbedCluster, options: ProbeOptions): Promise<void> {
  const { topology, images, runId, clock, signal, deadlines = DEADLINES } = options;
  const namespace = probeNamespaceOf(runId);
  const query = { fieldManager: managerOf(runId) };
  const spec = topology.clusters.find(cluster => cluster.name === name);
  await client.create(
    { apiVersion: 'v1', plural: 'namespaces' },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    query,
    signal,
  );
  // Two runs that begin at once both find the cluster free; one of them at least sees the first write of
  // the other.
  const others = await namespacesOfRuns(client, signal, runId);
  if (others.length > 0)
    throw new Error(`Another run works on ${name}: it has made ${others.join(', ')} meanwhile.`);
  const pods = { apiVersion: 'v1', plural: 'pods', namespace };
  const pod = (role: 'client' | 'server', more: object) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: role, labels: { app: role } },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      containers: [{ name: role, image: images[role], ...more }],
    },
  });
  // A new namespace takes no pods until its service account has been made.
  for (const body of [pod('client', { command: ['/bin/sleep', '3650d'] }), pod('server', {})]) {
    await waitUntil(
      `${name} to accept a pod`,
      () => client.create(pods, body, query, signal),
      () => true,
      { timeoutMs: deadlines.podsMs, intervalMs: POLL_MS, clock, signal },
    );
  }
  if (spec && needsLoadBalancer(topology, spec)) {
    await client.create(
      { apiVersion: 'v1', plural: 'services', namespace },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'server' },
        spec: { type: 'LoadBalancer', selector: { app: 'server' }, ports: [{ name: 'http', port: PORT }] },
      },
      query,
      signal,
    );
  }
}

/** Removes what the probe has made, but not its namespace. */
export async function removeProbe(
  client: KubernetesClient,
  runId: string,
  signal: AbortSignal,
): Promise<void> {
  const namespace = probeNamespaceOf(runId);
  for (const plural of ['services', 'pods']) {
    const { items } = await client.list({ apiVersion: 'v1', plural, namespace }, {}, signal);
    await Promise.all(
      items.map(({ metadata: { name = '' } }) =>
        client.delete({ apiVersion: 'v1', plural, namespace, name }, undefined, signal),
      ),
    );
  }
}

/**
 * Waits until the pods are ready and the load balancer, if the cluster needs one, has an address.
 * @throws Error if that takes too long, or the load balancer has a name instead
 */
export async function findListener(
  { name, client }: ProbedCluster,
  options: ProbeOptions,
): Promise<Listener> {
  const { topology, runId, clock, signal, deadlines = DEADLINES } = options;
  const namespace = probeNamespaceOf(runId);
  const wait = { intervalMs: POLL_MS, clock, signal };
  const pods = await waitUntil(
    `the pods of a probe in ${name} to be ready`,
    async () => (await client.list({ apiVersion: 'v1', plural: 'pods', namespace }, {}, signal)).items,
    items => items.length === 2 && items.every(isReady),
    {
      ...wait,
      timeoutMs: deadlines.podsMs,
      describe: items => describePods(items as readonly KubernetesObject[]),
    },
  );
  const server = pods.find(({ metadata }) => metadata.name === 'server');
  const { podIP: pod = '' } = (server?.['status'] ?? {}) as { readonly podIP?: string }; // a PodStatus
  const spec = topology.clusters.find(cluster => cluster.name === name);
  if (!spec || !needsLoadBalancer(topology, spec)) return { pod };
  const ingress = await waitUntil(
    `a load balancer in ${name} to have an address`,
    async () =>
      ingressOf(
        await client.get({ apiVersion: 'v1', plural: 'services', namespace, name: 'server' }, signal),
      ),
    found => found !== undefined,
    {
      ...wait,
      timeoutMs: deadlines.addressMs,
      describe: () => 'none: does anything serve load balancers there?',
    },
  );
  if (ingress?.ip === undefined) {
    throw new Error(
      `Load balancers of ${name} are given by a name (${ingress?.hostname}), and the guide's commands need an address.`,
    );
  }
  return { pod, balancer: ingress.ip };
}

/** Reads the first address that a load balancer has been given. */
function ingressOf(
  service: KubernetesObject,
): { readonly ip?: string; readonly hostname?: string } | undefined {
  // A ServiceStatus.
  const { loadBalancer } = (service['status'] ?? {}) as {
    readonly loadBalancer?: {
      readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[];
    };
  };
  return loadBalancer?.ingress?.[0];
}
