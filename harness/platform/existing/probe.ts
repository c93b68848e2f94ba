/**
 * The proof, before Istio is installed, that clusters of a user reach each other where a mesh needs it: two
 * pods and a load balancer in a namespace of their own, which goes away again. The images are those of the
 * guide's samples, which the run needs anyway.
 */
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { KubernetesClient, KubernetesObject } from '../../base/kubernetes-client.ts';
import { waitUntil } from '../../base/wait.ts';
import type { ClusterName } from '../../model/names.ts';
import { type ClusterSpec, isMultiNetwork, remotesOf, type Topology } from '../../model/topology.ts';
import type { Finding } from '../platform.ts';
import { managerOf, namespacesOfRuns, probeNamespaceOf } from './ownership.ts';

export interface ProbedCluster {
  readonly name: ClusterName;
  readonly client: KubernetesClient;
  /** `https://…`, as the other clusters are told. */
  readonly server: string;
}

export interface ProbeOptions {
  readonly topology: Topology;
  readonly clusters: readonly ProbedCluster[];
  readonly images: ProbeImages;
  readonly runId: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly deadlines?: ProbeDeadlines;
}

/** Of the samples: a pod to ask from, and one that answers HTTP at 5000. */
export interface ProbeImages {
  readonly client: string;
  readonly server: string;
}

/** Milliseconds. */
export interface ProbeDeadlines {
  /** Until pods are ready, pulling their images. */
  readonly podsMs: number;
  /** Until a load balancer has an address; clouds take a minute or two. */
  readonly addressMs: number;
  /** Until something is reached; a new load balancer takes its time. */
  readonly reachMs: number;
}

const DEADLINES: ProbeDeadlines = { podsMs: 180_000, addressMs: 180_000, reachMs: 60_000 };
const POLL_MS = 250;
const SECONDS = 3;
const PORT = 5000;
/**
 * curl's exit codes once a connection stands: success, or trouble with TLS or HTTP, which is not asked about
 * (`man curl`, EXIT CODES).
 */
const CONNECTED: ReadonlySet<number> = new Set([0, 22, 35, 52, 56, 60]);

/** Clusters that get an east-west gateway: others reach them through a load balancer. */
export const needsLoadBalancer = (topology: Topology, { name }: ClusterSpec): boolean =>
  isMultiNetwork(topology) || remotesOf(topology, name).length > 0;

interface Listener {
  readonly pod: string;
  readonly balancer?: string;
}

/**
 * Leaves its namespaces behind: they carry the run's mark, keep other runs away, and are removed with what
 * the run makes.
 * @returns a finding for each thing that was asked; one that is not ok stops a run
 * @throws the signal's reason
 */
export async function probeReachability(options: ProbeOptions): Promise<readonly Finding[]> {
  const { topology, clusters, signal } = options;
  const findings: Finding[] = [];
  const listeners = new Map<ClusterName, Listener>();
  await Promise.all(
    clusters.map(async cluster => {
      try {
        await createPods(cluster, options);
        listeners.set(cluster.name, await findListener(cluster, options));
      } catch (error) {
        signal.throwIfAborted();
        findings.push({
          subject: cluster.name,
          ok: false,
          found: messageOf(error),
          fix: `kubectl get events -A in ${cluster.name} tells why; a mesh needs pods that start and load balancers with addresses.`,
        });
      }
    }),
  );
  if (findings.length > 0) return findings;
  const questions = topology.clusters.flatMap(from => questionsOf(from, topology, clusters, listeners));
  return await Promise.all(questions.map(question => ask(question, options)));
}

interface Question {
  readonly from: ClusterName;
  readonly what: string;
  readonly url: string;
  readonly fix: string;
}

function questionsOf(
  from: ClusterSpec,
  topology: Topology,
  clusters: readonly ProbedCluster[],
  listeners: ReadonlyMap<ClusterName, Listener>,
): readonly Question[] {
  const { name } = from;
  const own = listeners.get(name)?.pod;
  return [
    // Without it, a pod that is not reached from elsewhere would say nothing about the way there.
    {
      from: name,
      what: 'its own pod',
      url: `http://${own}:${PORT}/hello`,
      fix: 'Its pods do not reach each other.',
    },
    ...topology.clusters
      .filter(other => other !== from)
      .flatMap((other): readonly Question[] => {
        const server = clusters.find(cluster => cluster.name === other.name)?.server ?? '';
        const { pod, balancer } = listeners.get(other.name) ?? {};
        return [
          {
            from: name,
            what: `the API server of ${other.name}`,
            url: `${server}/readyz`,
            fix: `istiod in ${name} has to reach it; --api-server ${other.name}=https://… names another address.`,
          },
          ...(balancer === undefined
            ? []
            : [
                {
                  from: name,
                  what: `a load balancer of ${other.name}`,
                  url: `http://${balancer}:${PORT}/hello`,
                  fix: `Traffic to ${other.name} goes through such an address: open the way to it.`,
                },
              ]),
          ...(from.network === other.network
            ? [
                {
                  from: name,
                  what: `a pod of ${other.name}`,
                  url: `http://${pod}:${PORT}/hello`,
                  fix: `Both are on ${from.network}: join their pod networks, or use a scenario with a network for each.`,
                },
              ]
            : []),
        ];
      }),
  ];
}

async function ask({ from, what, url, fix }: Question, options: ProbeOptions): Promise<Finding> {
  const { clusters, runId, clock, signal, deadlines = DEADLINES } = options;
  const client = clusters.find(({ name }) => name === from)?.client;
  if (!client) throw new Error(`${from} has no connection.`);
  // -k: that something answers is the question, not who.
  const argv = ['curl', '-sk', '-o', '/dev/null', '--max-time', String(SECONDS), url];
  const timeoutMs = 2 * SECONDS * 1000;
  try {
    await waitUntil(
      `a pod of ${from} to reach ${what} at ${url}`,
      () => client.exec(probeNamespaceOf(runId), 'client', 'client', argv, { signal, clock, timeoutMs }),
      ({ exitCode }) => CONNECTED.has(exitCode),
      {
        timeoutMs: deadlines.reachMs,
        intervalMs: POLL_MS,
        clock,
        signal,
        describe: outcome =>
          `curl ended with exit code ${(outcome as { readonly exitCode: number }).exitCode}`, // of exec
      },
    );
    return { subject: from, ok: true, found: `reaches ${what}` };
  } catch (error) {
    signal.throwIfAborted();
    return { subject: from, ok: false, found: messageOf(error), fix };
  }
}

async function createPods({ name, client }: ProbedCluster, options: ProbeOptions): Promise<void> {
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
  // Two that begin at once both find the cluster free; of their first writes at least one is seen by the
  // other.
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

/** What a probe has made, save its namespace. */
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

async function findListener({ name, client }: ProbedCluster, options: ProbeOptions): Promise<Listener> {
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

interface PodStatus {
  readonly phase?: string;
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly message?: string;
  }[];
  readonly containerStatuses?: readonly {
    readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } };
  }[];
}

// As the API has it.
const statusOf = (pod: KubernetesObject): PodStatus => (pod['status'] ?? {}) as PodStatus;
const isReady = (pod: KubernetesObject): boolean =>
  statusOf(pod).conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;

const describePods = (pods: readonly KubernetesObject[]): string =>
  pods
    .filter(pod => !isReady(pod))
    .map(pod => {
      const { phase = 'unknown', conditions = [], containerStatuses = [] } = statusOf(pod);
      const waiting = containerStatuses[0]?.state?.waiting;
      const why =
        waiting?.message ??
        waiting?.reason ??
        conditions.find(({ message }) => message !== undefined)?.message;
      return `pod ${pod.metadata.name} is ${phase}${why === undefined ? '' : `: ${why}`}`;
    })
    .join('; ');
