/** Which connections a fault meets: by who opens them, where they arrive, and at which port. */
import type { FaultFlow, FaultFlowEnd, FlowMatcher } from '../platform/fault-points.ts';

/** One end of a connection: everything that is told has to fit. */
export interface FaultEnd {
  readonly cluster?: string;
  readonly network?: string;
  /** What a pod's name begins with, such as its Deployment's: `helloworld-v1`. */
  readonly pod?: string;
}

/** The connections that a fault meets, by who opens them; all by default. */
export interface FaultTarget {
  readonly from?: FaultEnd;
  /** Where it arrives, after all Services and gateways' addresses. */
  readonly to?: FaultEnd;
  /** The port at which it arrives: 15443 is the east-west gateways', 15012 istiod's, 6443 API servers'. */
  readonly port?: number;
  readonly protocol?: 'TCP' | 'UDP';
}

/** Makes the matcher of a target. */
export const flowsOf =
  ({ from, to, port, protocol }: FaultTarget): FlowMatcher =>
  flow =>
    fits(flow.from, from) &&
    fits(flow.to, to) &&
    (port === undefined || flow.port === port) &&
    (protocol === undefined || flow.protocol === protocol);

const fits = (end: FaultFlowEnd, { cluster, network, pod }: FaultEnd = {}): boolean =>
  (cluster === undefined || end.cluster === cluster) &&
  (network === undefined || end.network === network) &&
  (pod === undefined || (end.kind === 'pod' && end.name.startsWith(pod)));

/** Makes the matcher of everything between two networks, whoever begins. */
export const betweenNetworks =
  (one: string, other: string): FlowMatcher =>
  ({ from, to }) =>
    (from.network === one && to.network === other) || (from.network === other && to.network === one);

/** Makes the matcher of everything between a cluster and others, whoever begins. */
export const betweenClusters =
  (one: string, others: readonly string[]): FlowMatcher =>
  ({ from, to }) =>
    (from.cluster === one && others.includes(to.cluster ?? '')) ||
    (to.cluster === one && others.includes(from.cluster ?? ''));

/** Wraps a matcher, to count the flows that it has met. */
export function counted(matches: FlowMatcher): { readonly matches: FlowMatcher; readonly met: () => number } {
  const met = new WeakSet<FaultFlow>();
  let count = 0;
  return {
    met: () => count,
    matches: flow => {
      if (!matches(flow)) return false;
      if (!met.has(flow)) count += 1;
      met.add(flow);
      return true;
    },
  };
}
