/** Where a platform can be made to fail beyond what its API servers offer, and how one looks on meanwhile. */
import type { ExecOutcome } from '../base/api-client.ts';

/** One end of a flow as faults see it. */
export interface FaultFlowEnd {
  /** A pod's or node's name; empty for an address that nobody has. */
  readonly name: string;
  readonly address: string;
  readonly kind: 'pod' | 'node' | 'machine' | 'nobody';
  readonly cluster: string | undefined;
  readonly network: string | undefined;
}

/** A connection, or a datagram's way, that a fault may meet. */
export interface FaultFlow {
  readonly protocol: 'TCP' | 'UDP';
  readonly from: FaultFlowEnd;
  /** Where it arrives, after all Services and gateways' addresses. */
  readonly to: FaultFlowEnd;
  /** The port at which it arrives. */
  readonly port: number;
}

/** Tells whether a fault meets a flow. */
export type FlowMatcher = (flow: FaultFlow) => boolean;

/** Takes a fault away again; a second call does nothing. */
export type Undo = () => void;

/** Faults of the network: packets that match vanish, take longer, or are refused. */
export interface NetworkFaultPoints {
  /** Packets vanish, both ways, of connections that exist too. */
  drop(matches: FlowMatcher): Undo;
  /** Packets take so many milliseconds longer, each way. */
  delay(matches: FlowMatcher, ms: number): Undo;
  /** New connections are refused. */
  refuse(matches: FlowMatcher): Undo;
}

/** What a platform lets fail. */
export interface FaultPoints {
  readonly network: NetworkFaultPoints;
  /**
   * Ends the API server of a cluster, with its connections; its store stays.
   * @returns what starts it again
   */
  stopApiServer(cluster: string): Undo;
  /**
   * Runs a program in a container as its node's runtime does: past the API server, which may be what failed.
   * @param app - the label of the pod; a ready one, else the first that runs
   * @returns undefined if there is no such pod, or its container does not run
   */
  execOnNode(
    cluster: string,
    at: { readonly namespace: string; readonly app: string; readonly container: string },
    argv: readonly string[],
    signal: AbortSignal,
  ): Promise<ExecOutcome | undefined>;
}
