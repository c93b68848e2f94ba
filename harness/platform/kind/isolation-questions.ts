/** The questions of the proof of isolation for each pair of clusters, and the right answers. */
import type { ClusterName } from '../../model/names.ts';
import type { Engine } from './engine/engine.ts';
import type { Answer, Question } from './isolation-answer.ts';
import { addressForOthers, type KindNode } from './nodes.ts';
import { inPod, type Witness, type Witnesses } from './witnesses.ts';

const API_PORT = 6443;

/** A question with its answer. */
export interface ProbeResult extends Question, Answer {
  readonly from: ClusterName;
  readonly to: ClusterName;
  /** `pod → pod` and so on. */
  readonly what: string;
  readonly expected: 'reached' | 'cut off';
}

/** The clusters that are asked about each other. */
export interface ProbeContext {
  readonly engine: Engine;
  readonly nodes: readonly KindNode[];
  readonly witnesses: Witnesses;
  /** An address of the slice for load balancers that the cluster's control plane has for the time being. */
  readonly balancers?: ReadonlyMap<ClusterName, string>;
}

/** A question, and from where it is asked. */
export type Probe = Omit<ProbeResult, keyof Answer> & {
  readonly container: string;
  /** What is put before the command: the way into a pod. */
  readonly prefix: readonly string[];
};

/**
 * Lists the questions for every ordered pair of clusters. "Cut off" means nothing if a pod answers nobody:
 * the node of each is asked for it too, as the positive control.
 */
export function questionsOf(context: ProbeContext): readonly Probe[] {
  const { nodes, witnesses } = context;
  const heads = nodes.filter(({ isControlPlane }) => isControlPlane);
  return [
    ...heads.flatMap(head => controlOf(head, witnesses)),
    ...heads.flatMap(one =>
      heads
        .filter(other => other !== one)
        .flatMap(other => {
          const [from, to] = [witnesses.pods.get(one.cluster), witnesses.pods.get(other.cluster)];
          return from && to ? betweenClusters(one, other, { from, to }, context) : [];
        }),
    ),
  ];
}

/** The positive control: a node asks the pod of its own cluster. */
function controlOf({ container, cluster }: KindNode, { pods }: Witnesses): readonly Probe[] {
  const pod = pods.get(cluster);
  if (!pod) return [];
  const whence = { container, prefix: [], from: cluster, to: cluster };
  return [{ ...whence, what: 'node → own pod', ...tokenOf(pod), expected: 'reached' }];
}

/** Returns how a pod is asked. */
const tokenOf = ({ url, token }: Witness): Question => ({ url, identity: { kind: 'token', token } });

/** Returns how the API server of a cluster is asked at an address. */
const apiServerAt = (address: string, cluster: ClusterName, { caFile }: Witnesses): Question => ({
  url: `https://${address}:${API_PORT}/readyz`,
  identity: { kind: 'api-server', caFile: caFile(cluster) },
});

/** Lists what one cluster is asked about another. */
function betweenClusters(
  one: KindNode,
  other: KindNode,
  pods: { readonly from: Witness; readonly to: Witness },
  { witnesses, balancers }: ProbeContext,
): readonly Probe[] {
  const fromPod = {
    from: one.cluster,
    to: other.cluster,
    container: pods.from.container,
    prefix: inPod(pods.from),
  };
  const at = (address: string) => apiServerAt(address, other.cluster, witnesses);
  const crosses = one.network !== other.network;
  const balancer = balancers?.get(other.cluster);
  return [
    { ...fromPod, what: 'pod → pod', ...tokenOf(pods.to), expected: crosses ? 'cut off' : 'reached' },
    { ...fromPod, what: 'pod → API server', ...at(addressForOthers(other)), expected: 'reached' },
    // A remote's API server calls its webhook through the primary's gateway, and it is its node that sends.
    ...(balancer === undefined
      ? []
      : [
          {
            ...{ from: one.cluster, to: other.cluster, container: one.container, prefix: [] },
            ...{ what: 'node → load balancer', ...at(balancer), expected: 'reached' as const },
          },
        ]),
    // Nodes of several networks meet on the transit network alone: their own addresses stay cut off.
    ...(crosses
      ? [
          {
            ...fromPod,
            ...{ what: 'pod → node on its own network', ...at(other.address), expected: 'cut off' as const },
          },
        ]
      : []),
  ];
}
