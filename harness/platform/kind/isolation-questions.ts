/** The questions of the proof of isolation for each pair of clusters, and the right answers. */
import type { ClusterName } from '../../model/names.ts';
import type { Engine } from './engine/engine.ts';
import { addressForOthers, type KindNode } from './nodes.ts';

const API_PORT = 6443;

/** Where container runtimes put the network namespaces of pods. */
const NAMESPACES = '/var/run/netns';

/** Something in a pod that answers HTTP: the name server's own readiness port. */
export interface Listener {
  readonly address: string;
  readonly port: number;
}

/** A question with its answer. */
export interface ProbeResult {
  readonly from: ClusterName;
  readonly to: ClusterName;
  /** `pod → pod` and so on. */
  readonly what: string;
  readonly url: string;
  readonly expected: 'reached' | 'cut off';
  readonly found: 'reached' | 'cut off';
  /** Of curl's own clock. */
  readonly seconds: number;
}

/** The clusters that are asked about each other. */
export interface ProbeContext {
  readonly engine: Engine;
  readonly nodes: readonly KindNode[];
  readonly listeners: ReadonlyMap<ClusterName, Listener>;
  /** An address of the slice for load balancers that the cluster's control plane has for the time being. */
  readonly balancers?: ReadonlyMap<ClusterName, string>;
}

/** A question, and from where it is asked. */
export type Probe = Omit<ProbeResult, 'found' | 'seconds'> & {
  readonly container: string;
  /** What is put before the command: the way into a pod. */
  readonly prefix: readonly string[];
};

/**
 * Lists the questions for every ordered pair of clusters. "Cut off" means nothing if the listener answers
 * nobody: the node of each is asked for it too, as the positive control.
 * @throws Error if a cluster has no pod to ask from
 */
export async function questionsOf(context: ProbeContext): Promise<readonly Probe[]> {
  const { engine, nodes, listeners } = context;
  const heads = nodes.filter(({ isControlPlane }) => isControlPlane);
  const pods = new Map(
    await Promise.all(
      heads.map(async ({ cluster }) => [cluster, await findPod(engine, cluster, nodes)] as const),
    ),
  );
  return [
    ...heads.map(head => toOwnPod(head, listeners.get(head.cluster))),
    ...heads.flatMap(one =>
      heads
        .filter(other => other !== one)
        .flatMap(other => {
          const pod = pods.get(one.cluster);
          return pod ? betweenClusters(one, other, pod, context) : [];
        }),
    ),
  ];
}

/** The positive control. */
const toOwnPod = ({ container, cluster }: KindNode, listener: Listener | undefined): Probe => ({
  container,
  prefix: [],
  from: cluster,
  to: cluster,
  what: 'node → own pod',
  url: urlOf(listener),
  expected: 'reached',
});

/**
 * Lists what one cluster is asked about another.
 * @param pod - a pod of the cluster that asks
 */
function betweenClusters(
  one: KindNode,
  other: KindNode,
  pod: PodNamespace,
  { listeners, balancers }: ProbeContext,
): readonly Probe[] {
  const fromPod = {
    from: one.cluster,
    to: other.cluster,
    container: pod.container,
    prefix: ['nsenter', `--net=${NAMESPACES}/${pod.namespace}`],
  };
  const crosses = one.network !== other.network;
  const balancer = balancers?.get(other.cluster);
  return [
    {
      ...fromPod,
      what: 'pod → pod',
      url: urlOf(listeners.get(other.cluster)),
      expected: crosses ? 'cut off' : 'reached',
    },
    {
      ...fromPod,
      what: 'pod → API server',
      url: `https://${addressForOthers(other)}:${API_PORT}/readyz`,
      expected: 'reached',
    },
    ...(balancer === undefined ? [] : [toBalancer(one, other, balancer)]),
    ...(crosses ? [toHiddenNode(fromPod, other)] : []),
  ];
}

/** A remote's API server calls its webhook through the primary's gateway, and it is its node that sends. */
const toBalancer = (one: KindNode, other: KindNode, balancer: string): Probe => ({
  from: one.cluster,
  to: other.cluster,
  container: one.container,
  prefix: [],
  what: 'node → load balancer',
  url: `https://${balancer}:${API_PORT}/readyz`,
  expected: 'reached',
});

/** Nodes of several networks meet on the transit network alone: their own addresses stay cut off. */
const toHiddenNode = (
  fromPod: Pick<Probe, 'from' | 'to' | 'container' | 'prefix'>,
  { address }: KindNode,
): Probe => ({
  ...fromPod,
  what: 'pod → node on its own network',
  url: `https://${address}:${API_PORT}/readyz`,
  expected: 'cut off',
});

/** The network namespace of a pod, and the node that it is on. */
interface PodNamespace {
  readonly container: string;
  readonly namespace: string;
}

async function findPod(
  engine: Engine,
  cluster: ClusterName,
  nodes: readonly KindNode[],
): Promise<PodNamespace> {
  for (const { container } of nodes.filter(node => node.cluster === cluster)) {
    const { exitCode, output } = await engine.exec(container, ['ls', NAMESPACES]);
    const namespace = exitCode === 0 ? output.split(/\s+/).find(name => name !== '') : undefined;
    if (namespace !== undefined) return { container, namespace };
  }
  throw new Error(`No node of ${cluster} has a pod with a network namespace of its own in ${NAMESPACES}.`);
}

const urlOf = (listener: Listener | undefined): string =>
  listener ? `http://${listener.address}:${listener.port}/ready` : 'http://0.0.0.0:1/';
