/**
 * Makes the probe's objects in a cluster: a namespace of its own with two pods and, where the mesh will have
 * an east-west gateway, a load balancer.
 */
import type { KubernetesClient, KubernetesObject } from '../../base/kubernetes-client.ts';
import { waitUntil } from '../../base/wait.ts';
import { type ClusterSpec, isMultiNetwork, remotesOf, type Topology } from '../../model/topology.ts';
import { managerOf } from '../marks.ts';
import { namespacesOfRuns, probeNamespaceOf } from './ownership.ts';
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
 * @param token - what the server tells as its version: no one else answers with it
 * @throws Error if another run works on the cluster too
 */
export async function createPods(
  { name, client }: ProbedCluster,
  token: string,
  options: ProbeOptions,
): Promise<void> {
  const { topology, images, runId, clock, signal, deadlines = DEADLINES } = options;
  const namespace = probeNamespaceOf(runId);
  const query = { fieldManager: managerOf(runId) };
  const spec = topology.clusters.find(cluster => cluster.name === name);
  await claimNamespace({ name, client }, options);
  const pods = { apiVersion: 'v1', plural: 'pods', namespace };
  // A new namespace takes no pods until its service account has been made.
  for (const body of [
    podOf('client', images.client, { command: ['/bin/sleep', '3650d'] }),
    // istio/istio samples/helloworld/src/app.py @1.8.0, @1.30.3: `Hello version: …` is this variable.
    podOf('server', images.server, { env: [{ name: 'SERVICE_VERSION', value: token }] }),
  ]) {
    await waitUntil(
      `${name} to accept a pod`,
      () => client.create(pods, body, query, signal),
      () => true,
      { timeoutMs: deadlines.podsMs, intervalMs: POLL_MS, clock, signal },
    );
  }
  if (spec && needsLoadBalancer(topology, spec))
    await client.create({ apiVersion: 'v1', plural: 'services', namespace }, BALANCER, query, signal);
}

/**
 * Creates the namespace. Two runs that begin at once both find the cluster free; one of them at least sees
 * the first write of the other.
 */
async function claimNamespace(
  { name, client }: Pick<ProbedCluster, 'name' | 'client'>,
  { runId, signal }: ProbeOptions,
): Promise<void> {
  await client.create(
    { apiVersion: 'v1', plural: 'namespaces' },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: probeNamespaceOf(runId) } },
    { fieldManager: managerOf(runId) },
    signal,
  );
  const others = await namespacesOfRuns(client, signal, runId);
  if (others.length > 0)
    throw new Error(`Another run works on ${name}: it has made ${others.join(', ')} meanwhile.`);
}

const podOf = (role: 'client' | 'server', image: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: role, labels: { app: role } },
  spec: {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 0,
    containers: [{ name: role, image, ...more }],
  },
});

const BALANCER = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'server' },
  spec: { type: 'LoadBalancer', selector: { app: 'server' }, ports: [{ name: 'http', port: PORT }] },
};

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
  const pods = await waitUntil(
    `the pods of a probe in ${name} to be ready`,
    async () => (await client.list({ apiVersion: 'v1', plural: 'pods', namespace }, {}, signal)).items,
    items => items.length === 2 && items.every(isReady),
    {
      intervalMs: POLL_MS,
      clock,
      signal,
      timeoutMs: deadlines.podsMs,
      describe: items => describePods(items as readonly KubernetesObject[]),
    },
  );
  const server = pods.find(({ metadata }) => metadata.name === 'server');
  const { podIP: pod = '' } = (server?.['status'] ?? {}) as { readonly podIP?: string }; // a PodStatus
  const spec = topology.clusters.find(cluster => cluster.name === name);
  if (!spec || !needsLoadBalancer(topology, spec)) return { pod };
  return { pod, balancer: await findBalancer({ name, client }, options) };
}

/** Waits for the address of the load balancer. @throws Error if it has a name instead */
async function findBalancer(
  { name, client }: Pick<ProbedCluster, 'name' | 'client'>,
  { runId, clock, signal, deadlines = DEADLINES }: ProbeOptions,
): Promise<string> {
  const service = {
    apiVersion: 'v1',
    plural: 'services',
    namespace: probeNamespaceOf(runId),
    name: 'server',
  };
  const ingress = await waitUntil(
    `a load balancer in ${name} to have an address`,
    async () => ingressOf(await client.get(service, signal)),
    found => found !== undefined,
    {
      intervalMs: POLL_MS,
      clock,
      signal,
      timeoutMs: deadlines.addressMs,
      describe: () => 'none: does anything serve load balancers there?',
    },
  );
  if (ingress?.ip === undefined) {
    throw new Error(
      `Load balancers of ${name} are given by a name (${ingress?.hostname}), and the guide's commands need an address.`,
    );
  }
  return ingress.ip;
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
