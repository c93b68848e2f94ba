/**
 * The proof, before Istio is installed, that pods reach what they should and nothing else. It asks from
 * within a pod of each cluster.
 */
import type { ClusterName } from '../../model/names.ts';
import { CONNECTED } from '../curl.ts';
import type { Engine } from './engine/engine.ts';
import { addressForOthers, type KindNode } from './nodes.ts';

const API_PORT = 6443;
/** How long an open way may take to answer. */
const SECONDS = 3;
/**
 * How long a closed one is waited at, at least; and how many times longer than at the slowest of the open
 * ones.
 */
const LEAST_SECONDS = 1;
const TIMES_LONGER = 20;
/** Where container runtimes put the network namespaces of pods. */
const NAMESPACES = '/var/run/netns';

/** Something in a pod that answers HTTP: the name server's own readiness port. */
export interface Listener {
  readonly address: string;
  readonly port: number;
}

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

export interface ProbeContext {
  readonly engine: Engine;
  readonly nodes: readonly KindNode[];
  readonly listeners: ReadonlyMap<ClusterName, Listener>;
  /** An address of the slice for load balancers that the cluster's control plane has for the time being. */
  readonly balancers?: ReadonlyMap<ClusterName, string>;
}

/**
 * A way that is open takes about as long as others that are; what stays silent for so much longer is closed.
 * @param open - seconds
 */
export const patienceFor = (open: readonly number[]): number =>
  Math.min(SECONDS, Math.max(LEAST_SECONDS, TIMES_LONGER * Math.max(0, ...open)));

type Probe = Omit<ProbeResult, 'found' | 'seconds'> & {
  readonly container: string;
  /** What is put before the command: the way into a pod. */
  readonly prefix: readonly string[];
};

/**
 * Every ordered pair of clusters. A listener that its own node does not reach would make "cut off" mean
 * nothing: that is the positive control.
 * @throws Error if a cluster has no pod to ask from
 */
export async function probeIsolation({
  engine,
  nodes,
  listeners,
  balancers = new Map(),
}: ProbeContext): Promise<readonly ProbeResult[]> {
  const heads = nodes.filter(({ isControlPlane }) => isControlPlane);
  const namespaces = new Map(
    await Promise.all(
      heads.map(async ({ cluster }) => [cluster, await findPod(engine, cluster, nodes)] as const),
    ),
  );
  const probes: readonly Probe[] = [
    ...heads.map((head): Probe => {
      const { container, cluster } = head;
      const url = urlOf(listeners.get(cluster));
      return {
        container,
        prefix: [],
        from: cluster,
        to: cluster,
        what: 'node → own pod',
        url,
        expected: 'reached',
      };
    }),
    ...heads.flatMap(one =>
      heads
        .filter(other => other !== one)
        .flatMap((other): readonly Probe[] => {
          const pod = namespaces.get(one.cluster);
          if (!pod) return [];
          const fromPod = {
            container: pod.container,
            prefix: ['nsenter', `--net=${NAMESPACES}/${pod.namespace}`],
          };
          const pair = { from: one.cluster, to: other.cluster };
          const crosses = one.network !== other.network;
          const balancer = balancers.get(other.cluster);
          return [
            {
              ...fromPod,
              ...pair,
              what: 'pod → pod',
              url: urlOf(listeners.get(other.cluster)),
              expected: crosses ? 'cut off' : 'reached',
            },
            {
              ...fromPod,
              ...pair,
              what: 'pod → API server',
              url: `https://${addressForOthers(other)}:${API_PORT}/readyz`,
              expected: 'reached',
            },
            // A remote's API server calls its webhook through the primary's gateway, and it is its node that
            // sends.
            ...(balancer === undefined
              ? []
              : [
                  {
                    container: one.container,
                    prefix: [],
                    ...pair,
                    what: 'node → load balancer',
                    url: `https://${balancer}:${API_PORT}/readyz`,
                    expected: 'reached' as const,
                  },
                ]),
            ...(crosses
              ? [
                  {
                    ...fromPod,
                    ...pair,
                    what: 'pod → node on its own network',
                    url: `https://${other.address}:${API_PORT}/readyz`,
                    expected: 'cut off' as const,
                  },
                ]
              : []),
          ];
        }),
    ),
  ];
  const askAll = (asked: readonly Probe[], seconds: number) =>
    Promise.all(asked.map(probe => ask(engine, probe, seconds)));
  const isOpen = ({ expected }: Probe) => expected === 'reached';
  const open = await askAll(probes.filter(isOpen), SECONDS);
  const toBeClosed = probes.filter(probe => !isOpen(probe));
  const patience = patienceFor(open.map(({ seconds }) => seconds));
  const closed = await askAll(toBeClosed, patience);
  // Docker writes its packet filter anew while other networks of the machine come and go; a way that is open
  // stays open.
  const suspects = toBeClosed.filter((_, index) => closed[index]?.found === 'reached');
  const again = await askAll(suspects, patience);
  return [...open, ...closed.filter(({ found }) => found === 'cut off'), ...again];
}

async function ask(
  engine: Engine,
  { container, prefix, ...probe }: Probe,
  seconds: number,
): Promise<ProbeResult> {
  // -k: that something answers is the question, not who.
  const curl = ['curl', '-sk', '-o', '/dev/null', '-w', '%{time_total}', '-m', String(seconds), probe.url];
  const { exitCode, output } = await engine.exec(container, [...prefix, ...curl]);
  const took = Number(/[\d.]+$/.exec(output.trim())?.[0] ?? seconds);
  return { ...probe, found: CONNECTED.has(exitCode) ? 'reached' : 'cut off', seconds: took };
}

/** One sentence for each probe that came out otherwise; none if all is as it should be. */
export function isolationFaults(results: readonly ProbeResult[]): readonly string[] {
  return results
    .filter(({ expected, found }) => expected !== found)
    .map(
      ({ from, to, what, url, expected, found }) =>
        `${from} to ${to}, ${what} (${url}): expected ${expected}, found ${found}`,
    );
}

async function findPod(
  engine: Engine,
  cluster: ClusterName,
  nodes: readonly KindNode[],
): Promise<{ readonly container: string; readonly namespace: string }> {
  for (const { container } of nodes.filter(node => node.cluster === cluster)) {
    const { exitCode, output } = await engine.exec(container, ['ls', NAMESPACES]);
    const namespace = exitCode === 0 ? output.split(/\s+/).find(name => name !== '') : undefined;
    if (namespace !== undefined) return { container, namespace };
  }
  throw new Error(`No node of ${cluster} has a pod with a network namespace of its own in ${NAMESPACES}.`);
}

const urlOf = (listener: Listener | undefined): string =>
  listener ? `http://${listener.address}:${listener.port}/ready` : 'http://0.0.0.0:1/';
